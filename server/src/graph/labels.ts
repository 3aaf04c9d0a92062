import { operationFigures } from '../cost/figures/operation.ts';
import { formatFigure, formatTimes } from '../cost/format.ts';
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

/**
 * `0..7`, `3`, `0, 2, …, 54`, `0..4, 6..10, …, 54..58`, or `0, 2, 5 and 5 more`. Indexes are ascending, each written by its
 * name.
 */
export function formatIndexes(indexes: readonly number[], nameOf: (index: number) => string = String): string {
  const [first = 0] = indexes;
  const last = indexes.at(-1) ?? first;
  const nameRange = ([start, end]: Range) => (start === end ? nameOf(start) : `${nameOf(start)}..${nameOf(end)}`);
  if (last - first === indexes.length - 1) return nameRange([first, last]);
  const ranges = rangesOf(indexes);
  if (ranges.length > 3 && isEven(ranges)) {
    const [start, next] = ranges.slice(0, 2).map(nameRange);
    return `${start}, ${next}, …, ${nameRange(ranges.at(-1) ?? [last, last])}`;
  }
  const shown = indexes.slice(0, 3).map(nameOf).join(', ');
  return indexes.length > 3 ? `${shown} and ${indexes.length - 3} more` : shown;
}

type Range = readonly [first: number, last: number];

function rangesOf(indexes: readonly number[]): readonly Range[] {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const range = ranges.at(-1);
    if (range && range[1] + 1 === index) range[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}

/** Whether ranges are equally long and equally far apart. */
function isEven(ranges: readonly Range[]): boolean {
  const [[a = 0, b = 0] = [], [c = 0] = []] = ranges;
  return ranges.every(([first, last], index) => last - first === b - a && first === a + index * (c - a));
}

/** `Stage front`, `stage-0`. A stage named `all`, the default for the only stage of a pipeline, says what it holds. */
export function stageLabel(name: string): string {
  if (name === 'all') return 'All layers';
  const title = stageTitle(name);
  return title === name ? name : `S${title.slice(1)}`;
}

export function gpuLabel({ gpus }: Pick<DagNode, 'gpus'>): string {
  if (gpus.length === 0) return '';
  return gpus.length === 1 ? `GPU ${gpus[0]}` : `GPUs ${formatIndexes(gpus)}`;
}

/** The cost of a node in a few words: its time, then `1.61e13 FLOP` as `16.1 TFLOP`, or bytes for communication. */
export function costLabel(node: DagNode): string {
  return [timeLabel(node), amountLabel(node)].filter((part) => part !== '').join(', ');
}

/** How long a node takes, or why that is not said. */
export function timeLabel(node: DagNode): string {
  const { flop, bytes, seconds, kind, notPredicted } = node;
  const parts: string[] = [];
  if (seconds > 0) parts.push(formatTimes(operationFigures(node)));
  // The experts' kernel itself picks tokens that are already on their GPU.
  else if (kind === 'routing') parts.push('timed with experts');
  const isInPart = parts.length > 0 || flop > 0 || bytes > 0;
  if (notPredicted !== undefined) parts.push(isInPart ? 'in part not predicted' : 'not predicted');
  return parts.join(', ');
}

/** What a node computes, or the bytes that it sends: an operation on one GPU, and a closed group on all of its GPUs. */
export function amountLabel(node: DagNode): string {
  const { flop, bytes, kind, opens } = node;
  const figures = operationFigures(node);
  if (opens !== undefined) return flop > 0 ? `${formatFigure(figures.flop)} on all GPUs` : '';
  if (flop > 0) return formatFigure(figures.flop);
  return bytes > 0 && kind !== 'source' && kind !== 'sink' ? formatFigure(figures.bytes) : '';
}

export function expertLabel(experts: readonly number[]): string {
  if (experts.length === 0) return '';
  return experts.length === 1 ? `expert ${experts[0]}` : `experts ${formatIndexes(experts)}`;
}
