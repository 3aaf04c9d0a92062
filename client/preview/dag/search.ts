import type { PreviewNode } from '../../../server/src/services/preview/protocol.ts';
import { kindName } from './describe.ts';

/**
 * `gpu:3 router` finds what has every word: `gpu:`, `layer:`, `expert:`, `stage:` and `kind:` compare one fact, any
 * other word is looked for in label, kind and stage. `critical` is a kind of its own.
 */
export function matcher(query: string): ((node: PreviewNode) => boolean) | undefined {
  const tests = query.toLowerCase().split(/\s+/).filter(Boolean).map(testOf);
  return tests.length === 0 ? undefined : (node) => tests.every((test) => test(node));
}

function testOf(word: string): (node: PreviewNode) => boolean {
  const [, name, value = ''] = /^(gpu|layer|expert|stage|kind):(.*)$/.exec(word) ?? [];
  switch (name) {
    case 'gpu':
      return ({ gpus }) => value === '' || gpus.includes(Number(value));
    case 'layer':
      return ({ layers }) => value === '' || layers.includes(Number(value));
    case 'expert':
      return ({ experts }) => value === '' || experts.includes(Number(value));
    case 'stage':
      return ({ stage }) => (stage ?? '').toLowerCase().includes(value);
    case 'kind':
      return (node) => kindText(node).includes(value);
    default:
      return (node) => `${node.label} ${node.stage ?? ''} ${kindText(node)}`.toLowerCase().includes(word);
  }
}

function kindText(node: PreviewNode): string {
  return `${node.kind} ${kindName(node)}${node.critical ? ' critical' : ''}`;
}
