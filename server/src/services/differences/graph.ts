import { DirectedGraph } from 'graphology';
import type { Evaluation } from '../../cost/evaluation.ts';
import { operationFigures } from '../../cost/figures/operation.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import { digits } from '../../cost/numbers.ts';
import type { Shape } from '../../cost/operation.ts';
import { buildDag, overviewOptions } from '../../graph/build.ts';
import { formatIndexes, formatShape, gpuLabel } from '../../graph/labels.ts';
import { layoutDag } from '../../graph/layout/layout.ts';
import { toMarkedSvg } from '../../graph/svg.ts';
import type { Dag, DagEdge, DagNode, Scene } from '../../graph/types.ts';
import type { Mark, MarkedNode, MarkedPicture } from '../preview/differencesProtocol.ts';

/**
 * What differs between the graphs of two deployments in one picture, with equal GPUs and layers once each. Nodes that only one
 * side has, or that have other values, are marked, and drawn with the nodes next to them. Nodes are the same when their keys
 * are: stage, layers, operation.
 */
export function changedPart(before: Evaluation, after: Evaluation): MarkedPicture {
  return marked(before, after, isDrawnChange).picture;
}

/** Both graphs as a standalone file, with all that is the same. */
export function markedSvg(before: Evaluation, after: Evaluation, title: string): string {
  const { scene, picture } = marked(before, after, () => true);
  const nodes = picture.nodes.flatMap(({ id, mark }) => (mark === 'same' ? [] : [[id, mark] as const]));
  const edges = picture.edges.flatMap(({ from, to, mark }) =>
    mark === 'same' ? [] : [[`${from} ${to}`, mark] as const],
  );
  return toMarkedSvg(scene, { title, lines: [] }, { nodes: new Map(nodes), edges: new Map(edges) });
}

type Marks = ReadonlyMap<string, Pick<MarkedNode, 'mark' | 'changes' | 'place'>>;

/** Whether a node of both graphs is changed, or next to one that is. */
function isDrawnChange(both: Dag, marks: Marks, id: string): boolean {
  const isChanged = (node: string) => marks.get(node)?.mark !== 'same';
  return isChanged(id) || both.someNeighbor(id, isChanged);
}

function marked(
  before: Evaluation,
  after: Evaluation,
  isDrawn: (both: Dag, marks: Marks, id: string) => boolean,
): { readonly scene: Scene; readonly picture: MarkedPicture } {
  const [old, fresh] = [buildDag(before, overviewOptions()), buildDag(after, overviewOptions())];
  const both = union(old, fresh);
  const marks: Marks = new Map(
    both.mapNodes((id) => {
      const [was, is] = [old, fresh].map((dag) => (dag.hasNode(id) ? dag.getNodeAttributes(id) : undefined));
      const changes = was && is ? nodeChanges(was, is) : [];
      const mark: Mark = !was ? 'added' : !is ? 'removed' : changes.length > 0 ? 'changed' : 'same';
      return [id, { mark, changes, place: placeOf(is ?? was) }];
    }),
  );
  const drawn: Dag = both.copy();
  for (const id of both.nodes()) if (!isDrawn(both, marks, id)) drawn.dropNode(id);
  const scene = layoutDag(drawn);
  const nodes = scene.nodes.flatMap(({ id, label, kind, lines, x, y, width, height }): MarkedNode[] => {
    const own = marks.get(id);
    return own ? [{ id, label, kind, lines, ...own, x, y, width, height }] : [];
  });
  const edges = scene.edges.map(({ from, to, kind, points }) => {
    const mark = !old.hasEdge(from, to) ? 'added' : !fresh.hasEdge(from, to) ? 'removed' : 'same';
    return { from, to, kind, points, mark } as const;
  });
  const { width, height, groups } = scene;
  const same = [...marks.values()].filter(({ mark }) => mark === 'same').length;
  return { scene, picture: { width, height, groups, nodes, edges, same } };
}

/** All nodes and edges of both graphs. A node that both have is the later one. Removed nodes stay at their place. */
function union(before: Dag, after: Dag): Dag {
  const following = new Map<string | undefined, string[]>();
  let last: string | undefined;
  before.forEachNode((id) => {
    if (after.hasNode(id)) last = id;
    else following.set(last, [...(following.get(last) ?? []), id]);
  });
  const both: Dag = new DirectedGraph<DagNode, DagEdge>();
  const addRemoved = (behind: string | undefined) => {
    for (const id of following.get(behind) ?? []) both.addNode(id, before.getNodeAttributes(id));
  };
  addRemoved(undefined);
  after.forEachNode((id, node) => {
    both.addNode(id, node);
    addRemoved(id);
  });
  for (const dag of [after, before])
    dag.forEachEdge((_, edge, from, to) => {
      if (!both.hasEdge(from, to)) both.addEdge(from, to, edge);
    });
  return both;
}

/** Figures that are shown as equal count as equal. */
function nodeChanges(before: DagNode, after: DagNode): readonly string[] {
  const facts: readonly (readonly [name: string, of: (node: DagNode) => string])[] = [
    ['runs on', (node) => gpuLabel(node)],
    ['equal nodes', ({ copies }) => String(copies)],
    ['layers', ({ layers }) => layers.join(', ')],
    [labelOf('flop'), (node) => formatFigure(operationFigures(node).flop)],
    [labelOf('bytes'), (node) => formatFigure(operationFigures(node).bytes)],
    [labelOf('timePerRun'), (node) => formatFigure(operationFigures(node).time)],
    [labelOf('exposedPerRun'), (node) => formatFigure(operationFigures(node).exposed)],
    [labelOf('bound'), ({ bound, seconds }) => (seconds > 0 ? (bound ?? '') : '')],
    ['experts', ({ experts }) => experts.join(', ')],
  ];
  const changed = facts.flatMap(([name, factOf]) => {
    const [was, is] = [factOf(before), factOf(after)];
    return was === is ? [] : [`${name} ${was || 'nothing'} → ${is || 'nothing'}`];
  });
  return [
    ...shapeChanges('input', before.input, after.input),
    ...shapeChanges('output', before.output, after.output),
    ...changed,
  ];
}

/** Dimensions whose size differs, or the whole shape when its dimensions differ. */
function shapeChanges(what: string, before: Shape, after: Shape): readonly string[] {
  const names = (shape: Shape) => shape.map(({ name }) => name).join();
  if (names(before) !== names(after)) return [`${what} ${formatShape(before)} → ${formatShape(after)}`];
  return before.flatMap(({ name, size }, index) => {
    const is = after[index]?.size ?? size;
    return is === size ? [] : [`${what} ${name} ${digits(size)} → ${digits(is)}`];
  });
}

function placeOf(node: DagNode | undefined): string {
  if (!node || node.kind === 'source' || node.kind === 'sink') return '';
  const { pool, stage, layers } = node;
  return [
    pool !== undefined && `pool ${pool}`,
    stage !== undefined && `stage ${stage}`,
    layers.length > 0 && `${layers.length === 1 ? 'layer' : 'layers'} ${formatIndexes(layers)}`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}
