import { Memo } from '../../language/memo.ts';
import { amountLabel, expertLabel, formatIndexes, formatShape, gpuLabel, timeLabel } from '../labels.ts';
import type { DagNode } from '../types.ts';
import { textWidth } from './textWidth.ts';

/** The name of a node. Only equal groups in sequence are counted: GPUs and layers stand at the frames around it. */
export function labelOf({ label, opens, copies }: DagNode): string {
  return opens !== undefined && copies > 1 ? `${label} x${copies}` : label;
}

/** Cached, because a layout measures a node's lines before drawing them. Nodes do not change. */
const linesOfNodes = new Memo<DagNode, readonly string[]>();

/** How long a node takes and what it computes, its output or the layers of a group, and where it differs from its neighbours. */
export function linesOf(node: DagNode): readonly string[] {
  const before = linesOfNodes.get(node);
  if (before) return before;
  const lines = makeLines(node);
  linesOfNodes.set(node, lines);
  return lines;
}

function makeLines(node: DagNode): readonly string[] {
  const { layers, opens, output, stages = '' } = node;
  const isGroup = opens !== undefined && node.block === '';
  const groups = joined(stages, layersText(layers));
  const what = isGroup ? groups : output.length > 0 ? formatShape(output) : '';
  const [time, amount, place] = [timeOf(node), amountLabel(node), placeOf(node)];
  // Three lines at most; what may be long stands in the middle, where every outline is widest.
  const lines = place === '' ? [time, what, amount] : [joined(time, amount), what, place];
  return lines.filter((line) => line !== '');
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

/** A box for several equal parts in sequence shows the time of one part, and says `each` so that it is not misread. */
function timeOf(node: DagNode): string {
  const time = timeLabel(node);
  return node.opens !== undefined && node.copies > 1 && time !== '' ? `${time} each` : time;
}

function placeOf(node: DagNode): string {
  if (node.gpus.length > 1) return node.isWhole ? '' : gpuLabel(node);
  return node.experts.length > 1 ? expertLabel(node.experts) : '';
}

function layersText(layers: readonly number[]): string {
  if (layers.length === 0) return '';
  return `layer${layers.length > 1 ? 's' : ''} ${formatIndexes(layers)}`;
}

/** The share of an ellipse's width that is left at the height of the first and the last of four lines. */
const ELLIPSE_AT_ENDS = 0.66;

/**
 * Room for the widest line. Parallelograms and ellipses lose a part of their width to their shape, and ellipses more of it
 * above and below their middle.
 */
export function nodeWidth(node: DagNode): number {
  const label = textWidth(labelOf(node), 12);
  const lines = linesOf(node).map((line) => textWidth(line, 10));
  const text = Math.max(label, ...lines);
  const lost = {
    communication: 40,
    routing: 30,
    aggregation: 30,
    source: 16,
    sink: 16,
    compute: 0,
    gate: 0,
    gpu: 0,
    network: 0,
  }[node.kind];
  // A closed group has a switch in its corner, and its text is read from a distance.
  const extra = node.opens === undefined ? 0 : 64;
  const atEnds = node.kind === 'communication' ? Math.max(label, lines.at(-1) ?? 0) / ELLIPSE_AT_ENDS : 0;
  return Math.ceil(Math.max(72, atEnds, text + 16 + lost + extra));
}
