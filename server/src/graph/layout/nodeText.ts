import { costLabel, expertLabel, formatIndexes, formatShape, gpuLabel } from '../labels.ts';
import type { DagNode } from '../types.ts';
import { textWidth } from './textWidth.ts';

export function labelOf(node: DagNode): string {
  return node.copies > 1 ? `${node.label} x${node.copies}` : node.label;
}

/** A layout measures a node's lines and then draws them; nodes are not changed. */
const linesOfNodes = new WeakMap<DagNode, readonly string[]>();

/** What goes out (of a closed group: its layers), what it costs, and where it runs or which experts it holds. */
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

/** Of a box that stands for several equal parts one after the other, what one of them costs: its time is easily misread. */
function costOf(node: DagNode): string {
  const cost = costLabel(node);
  return node.opens !== undefined && node.copies > 1 && cost !== '' ? `${cost} each` : cost;
}

function layersText(layers: readonly number[]): string {
  if (layers.length === 0) return '';
  return `layer${layers.length > 1 ? 's' : ''} ${formatIndexes(layers)}`;
}

/** The part of an ellipse's width that it still has where the first and the last of four lines stand. */
const ELLIPSE_AT_ENDS = 0.66;

/**
 * Room for the widest line; parallelograms and ellipses lose a part of their width to their shape, ellipses more of it
 * above and below their middle.
 */
export function nodeWidth(node: DagNode): number {
  const label = textWidth(labelOf(node), 12);
  const lines = linesOf(node).map((line) => textWidth(line, 10));
  const text = Math.max(label, ...lines);
  const lost = { communication: 40, routing: 30, aggregation: 30, source: 16, sink: 16, compute: 0, gate: 0 }[
    node.kind
  ];
  // A closed group has a switch in its corner, and its text is read from afar.
  const extra = node.opens === undefined ? 0 : 64;
  const atEnds = node.kind === 'communication' ? Math.max(label, lines.at(-1) ?? 0) / ELLIPSE_AT_ENDS : 0;
  return Math.ceil(Math.max(72, atEnds, text + 16 + lost + extra));
}
