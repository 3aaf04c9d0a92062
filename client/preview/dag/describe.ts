import type { PreviewNode } from '../../../server/src/services/preview/protocol.ts';
import { isMachine } from './machineCells.ts';

const KINDS: Readonly<Record<PreviewNode['kind'], string>> = {
  compute: 'computation',
  communication: 'communication',
  routing: 'routing',
  aggregation: 'aggregation',
  gate: 'gate selection',
  source: 'source',
  sink: 'sink',
  gpu: 'GPU',
  network: 'links',
};

export function kindName({ kind, opens }: PreviewNode): string {
  return opens === undefined ? KINDS[kind] : 'closed group';
}

/** Only equal groups in sequence are counted: GPUs and layers stand at the frames around a node. */
export function nodeName({ label, copies, opens }: PreviewNode): string {
  return opens !== undefined && copies > 1 ? `${label} ×${copies}` : label;
}

/** `GPU 3`, `GPUs 0..7`, or an empty text for the ends. */
export function gpusName(gpus: readonly number[]): string {
  if (gpus.length === 0) return '';
  return gpus.length === 1 ? `GPU ${gpus[0]}` : `GPUs ${ranges(gpus)}`;
}

/** `0..3, 8, 12..15`: ascending numbers with neighbours joined. Long lists are cut and followed by their count. */
export function ranges(values: readonly number[]): string {
  const parts: string[] = [];
  let start = 0;
  for (let index = 1; index <= values.length; index++) {
    const previous = values[index - 1] ?? 0;
    if (index < values.length && values[index] === previous + 1) continue;
    parts.push(start === index - 1 ? String(previous) : `${values[start] ?? 0}..${previous}`);
    start = index;
  }
  return parts.length > 8 ? `${parts.slice(0, 6).join(', ')} … ${parts.at(-1)} (${values.length})` : parts.join(', ');
}

/** A node in one sentence for a screen reader. */
export function spoken(node: PreviewNode): string {
  const facts = node.facts.map(([name, value]) => `${name} ${value}`).join(', ');
  if (isMachine(node)) return `${node.label}, ${facts}`;
  return [nodeName(node), kindName(node), gpusName(node.gpus), facts, node.critical ? 'on the critical path' : '']
    .filter((part) => part !== '')
    .join(', ');
}
