import { costLabel, expertLabel, formatIndexes, formatShape, gpuLabel } from '../labels.ts';
import type { DagNode } from '../types.ts';
import { textWidth } from './textWidth.ts';

export function labelOf(node: DagNode): string {
  return node.copies > 1 ? `${node.label} x${node.copies}` : node.label;
}

/** Cached, because a layout measures a node's lines before drawing them. Nodes do not change. */
const linesOfNodes = new WeakMap<DagNode, readonly string[]>();

/** The output of a node (or the layers of a closed group), its cost, and where it runs or which experts it holds. */
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
  return [
    isGroup ? [stages, layersText(layers)].filter((part) => part !== '').join(', ') : '',
    !isGroup && output.length > 0 ? formatShape(output) : '',
    costOf(node),
    node.gpus.length > 1 ? gpuLabel(node) : node.experts.length > 1 ? expertLabel(node.experts) : '',
  ].filter((line) => line !== '');
}

/** A box for several equal parts in sequence shows the cost of one part, and says `each` so that its time is not misread. */
function costOf(node: DagNode): string {
  const cost = costLabel(node);
  return node.opens !== undefined && node.copies > 1 && cost !== '' ? `${cost} each` : cost;
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
  const lost = { communication: 40, routing: 30, aggregation: 30, source: 16, sink: 16, compute: 0, gate: 0 }[
    node.kind
  ];
  // A closed group has a switch in its corner, and its text is read from a distance.
  const extra = node.opens === undefined ? 0 : 64;
  const atEnds = node.kind === 'communication' ? Math.max(label, lines.at(-1) ?? 0) / ELLIPSE_AT_ENDS : 0;
  return Math.ceil(Math.max(72, atEnds, text + 16 + lost + extra));
}
