import { formatBytes, formatFlop, formatSeconds } from '../cost/format.ts';
import type { Axis, Shape } from '../cost/operation.ts';
import { stageTitle } from '../plan/stageTitle.ts';
import type { DagNode } from './types.ts';

/** `[batch=128, seq=10000, hidden=4096]`. */
export function formatShape(shape: Shape): string {
  const axis = ({ name, size }: Axis) => {
    if (size === 0) return name;
    return `${name}=${Number.isInteger(size) ? size : Number(size.toFixed(1))}`;
  };
  return `[${shape.map(axis).join(', ')}]`;
}

/** `0..7`, `3`, or `0, 2, 4 and 5 more`. */
export function formatIndexes(indexes: readonly number[]): string {
  const [first = 0] = indexes;
  const last = indexes.at(-1) ?? first;
  if (indexes.length === 1) return String(first);
  if (last - first === indexes.length - 1) return `${first}..${last}`;
  const shown = indexes.slice(0, 3).join(', ');
  return indexes.length > 3 ? `${shown} and ${indexes.length - 3} more` : shown;
}

/** `Stage front`, `stage-0`; a stage named `all`, as the only one of a pipeline is by itself, says what it holds. */
export function stageLabel(name: string): string {
  if (name === 'all') return 'All layers';
  const title = stageTitle(name);
  return title === name ? name : `S${title.slice(1)}`;
}

export function gpuLabel({ gpus }: Pick<DagNode, 'gpus'>): string {
  if (gpus.length === 0) return '';
  return gpus.length === 1 ? `GPU ${gpus[0]}` : `GPUs ${formatIndexes(gpus)}`;
}

/** What a node costs, in a few words: `1.61e13 FLOP` as `16.1 TFLOP`, bytes for communication, time. */
export function costLabel({ flop, bytes, seconds, kind, notPredicted }: DagNode): string {
  const parts: string[] = [];
  if (flop > 0) parts.push(formatFlop(flop));
  else if (bytes > 0 && kind !== 'source' && kind !== 'sink') parts.push(formatBytes(bytes));
  if (seconds > 0) parts.push(formatSeconds(seconds));
  // Tokens that are on their GPU already are picked by the experts' kernel itself.
  else if (kind === 'routing') parts.push('timed with experts');
  if (notPredicted !== undefined) parts.push(parts.length > 0 ? 'in part not predicted' : 'not predicted');
  return parts.join(', ');
}

export function expertLabel(experts: readonly number[]): string {
  if (experts.length === 0) return '';
  return experts.length === 1 ? `expert ${experts[0]}` : `experts ${formatIndexes(experts)}`;
}
