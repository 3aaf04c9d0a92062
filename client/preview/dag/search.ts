import type { PreviewNode } from '../../../server/src/services/preview/protocol.ts';
import { kindName } from './describe.ts';

/**
 * `gpu:3 router` finds nodes that match every word. `gpu:`, `layer:`, `expert:`, `stage:` and `kind:` compare one fact; any other
 * word is searched for in label, kind and stage. `critical` counts as a kind. Quotes hold words together, and make a stage or a
 * kind match exactly.
 */
export function matcher(query: string): ((node: PreviewNode) => boolean) | undefined {
  const tests = (query.toLowerCase().match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []).map(testOf);
  return tests.length === 0 ? undefined : (node) => tests.every((test) => test(node));
}

function testOf(word: string): (node: PreviewNode) => boolean {
  const [, name, written = ''] = /^(gpu|layer|expert|stage|kind):(.*)$/.exec(word) ?? [];
  const isExact = written.startsWith('"');
  const value = (name === undefined ? word : written).replaceAll('"', '');
  const agrees = (text: string) => (isExact ? text.toLowerCase() === value : text.toLowerCase().includes(value));
  switch (name) {
    case 'gpu':
      return ({ gpus }) => value === '' || gpus.includes(Number(value));
    case 'layer':
      return ({ layers }) => value === '' || layers.includes(Number(value));
    case 'expert':
      return ({ experts }) => value === '' || experts.includes(Number(value));
    case 'stage':
      return ({ stage }) => agrees(stage ?? '');
    case 'kind':
      return (node) => agrees(isExact ? kindName(node) : kindText(node));
    default:
      return (node) => `${node.label} ${node.stage ?? ''} ${kindText(node)}`.toLowerCase().includes(value);
  }
}

function kindText(node: PreviewNode): string {
  return `${node.kind} ${kindName(node)}${node.critical ? ' critical' : ''}`;
}
