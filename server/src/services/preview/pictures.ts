import type { Evaluation } from '../../cost/evaluation.ts';
import { formatBytes, formatFlop, formatSeconds } from '../../cost/format.ts';
import { buildDag, defaultOptions, overviewOptions } from '../../graph/build.ts';
import { formatShape } from '../../graph/labels.ts';
import { layoutDag } from '../../graph/layout/layout.ts';
import type { Box, Dag, DagNode, Scene } from '../../graph/types.ts';
import { digestOf } from './digest.ts';
import type { PreviewNode, PreviewPicture, PreviewPositions, PreviewTopology } from './protocol.ts';

/** The detailed picture is the finest with at most so many nodes: more would not be read anyway. */
const MOST_DRAWN = 800;

/** A graph of the preview, whose node ids its messages carry. */
export interface Drawn {
  readonly dag: Dag;
  readonly picture: PreviewPicture;
}

export interface DrawnPictures {
  readonly detailed: Drawn;
  /** Equal GPUs, layers and experts once each, where the detailed picture shows more. */
  readonly overview?: Drawn;
}

/** Drawn once per evaluation: an edit elsewhere, a click and a movement of the cursor find it as it is. */
const known = new WeakMap<Evaluation, DrawnPictures>();

export function drawnOf(evaluation: Evaluation): DrawnPictures {
  const before = known.get(evaluation);
  if (before) return before;
  const overview = drawn(buildDag(evaluation, overviewOptions()));
  const detailed = drawn(buildDag(evaluation, defaultOptions(evaluation, MOST_DRAWN)));
  const made = detailed.dag.order > overview.dag.order ? { detailed, overview } : { detailed };
  known.set(evaluation, made);
  return made;
}

function drawn(dag: Dag): Drawn {
  return { dag, picture: pictureOf(dag) };
}

function pictureOf(dag: Dag): PreviewPicture {
  const scene = layoutDag(dag);
  return { topology: topologyOf(dag, scene), positions: positionsOf(scene) };
}

function topologyOf(dag: Dag, scene: Scene): PreviewTopology {
  const nodes = scene.nodes.map(
    ({ id, heat, lines }): PreviewNode => previewNode(id, dag.getNodeAttributes(id), heat, lines),
  );
  const edges = scene.edges.map(({ points: _, ...edge }) => edge);
  const groups = scene.groups.map(({ x: _x, y: _y, width: _width, height: _height, ...group }) => group);
  return { digest: digestOf([nodes, edges, groups]), nodes, edges, groups };
}

function previewNode(id: string, node: DagNode, heat: number, lines: readonly string[]): PreviewNode {
  const facts: (readonly [string, string])[] = [];
  if (node.flop > 0) facts.push(['FLOP', formatFlop(node.flop)]);
  if (node.bytes > 0) facts.push([node.kind === 'communication' ? 'Bytes sent' : 'Bytes', formatBytes(node.bytes)]);
  if (node.seconds > 0) facts.push(['Time', formatSeconds(node.seconds)]);
  if (node.bound && node.seconds > 0) facts.push(['Bound by', node.bound]);
  return {
    id,
    label: node.label,
    kind: node.kind,
    gpus: node.gpus,
    copies: node.copies,
    ...(node.stage !== undefined && { stage: node.stage }),
    layers: node.layers,
    experts: node.experts,
    input: formatShape(node.input),
    output: formatShape(node.output),
    lines,
    facts,
    heat,
    critical: node.critical,
  };
}

function positionsOf(scene: Scene): PreviewPositions {
  const box = ({ x, y, width, height }: Box) => [x, y, width, height];
  const parts = {
    width: scene.width,
    height: scene.height,
    nodes: scene.nodes.flatMap(box),
    groups: scene.groups.flatMap(box),
    edges: scene.edges.map((edge) => edge.points),
  };
  return { digest: digestOf(parts), ...parts };
}
