import type { Evaluation } from '../../cost/evaluation.ts';
import { type OperationFigures, operationFigures } from '../../cost/figures/operation.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import { buildDag, defaultOptions } from '../../graph/build.ts';
import { Folding } from '../../graph/folding.ts';
import { formatShape } from '../../graph/labels.ts';
import { layoutDag } from '../../graph/layout/layout.ts';
import { addMachines } from '../../graph/machines.ts';
import type { Box, Dag, DagNode, Scene } from '../../graph/types.ts';
import { Memo } from '../../language/memo.ts';
import { type Fact, operationFacts } from '../operationFacts.ts';
import { digestOf } from './digest.ts';
import { heatOf } from './heat.ts';
import { heldFacts, poolsAtWork } from './machines.ts';
import type {
  FoldedPicture,
  Folds,
  PreviewNode,
  PreviewPicture,
  PreviewPositions,
  PreviewTopology,
} from './protocol.ts';

/** The detailed picture is the finest with at most this many nodes. Nobody would read more. */
const MOST_DRAWN = 800;
/** Most nodes of a picture with opened groups: it still moves smoothly, and the message stays small. */
const MOST_OPENED = 5_000;
/** Number of pictures with opened groups that are kept for an evaluation. */
const MOST_KEPT = 4;

/** A graph of the preview, whose node ids its messages carry. */
export interface DrawnPicture {
  readonly dag: Dag;
  readonly picture: PreviewPicture;
}

export interface DrawnPictures {
  readonly detailed: DrawnPicture;
  /** The picture with equal GPUs, layers and experts once each, when the detailed picture shows more. */
  readonly overview?: DrawnPicture;
}

interface Known extends DrawnPictures {
  /** Pictures with opened groups, the newest last. */
  readonly opened: Map<string, DrawnPicture>;
}

/** Drawn once per evaluation, so that an edit elsewhere, a click or a cursor movement finds it again. */
const picturesOfEvaluations = new Memo<Evaluation, Known>();

export function drawnOf(evaluation: Evaluation): DrawnPictures {
  return knownOf(evaluation);
}

/** Every picture that a reader may be looking at, the latest last. */
export function allDrawn(evaluation: Evaluation): readonly DrawnPicture[] {
  const { detailed, overview, opened } = knownOf(evaluation);
  return [detailed, ...(overview ? [overview] : []), ...opened.values()];
}

/** The folded picture with groups opened and closed. A picture that nobody could read is not laid out. */
export function openedPicture(evaluation: Evaluation, folds: Folds): FoldedPicture {
  const { opened } = knownOf(evaluation);
  const key = JSON.stringify([folds.opened.toSorted(), folds.closed.toSorted()]);
  const before = opened.get(key);
  if (before) return { picture: before.picture };
  const folding = new Folding(evaluation, folds);
  const dag = folding.dag();
  if (folding.isOfMachines) addMachines(dag, evaluation, poolsAtWork(evaluation));
  if (dag.order > MOST_OPENED)
    return {
      refused: `That would draw ${dag.order} nodes, more than the ${MOST_OPENED} that are drawn at once. Open a part of it, or one GPU.`,
    };
  const made = { dag, picture: pictureOf(evaluation, dag, folding) };
  opened.set(key, made);
  for (const old of opened.keys()) {
    if (opened.size <= MOST_KEPT) break;
    opened.delete(old);
  }
  return { picture: made.picture };
}

function knownOf(evaluation: Evaluation): Known {
  const before = picturesOfEvaluations.get(evaluation);
  if (before) return before;
  const folding = new Folding(evaluation, { opened: [], closed: [] });
  const folded = folding.dag();
  const overview = { dag: folded, picture: pictureOf(evaluation, folded, folding) };
  const whole = buildDag(evaluation, defaultOptions(evaluation, MOST_DRAWN));
  const made: Known = {
    ...(whole.order > folded.order
      ? { detailed: { dag: whole, picture: pictureOf(evaluation, whole) }, overview }
      : { detailed: overview }),
    opened: new Map(),
  };
  picturesOfEvaluations.set(evaluation, made);
  return made;
}

function pictureOf(evaluation: Evaluation, dag: Dag, folding?: Folding): PreviewPicture {
  const scene = layoutDag(dag, folding ? 'page' : 'fitting');
  return { topology: topologyOf(evaluation, dag, scene, folding), positions: positionsOf(scene) };
}

/** In a picture of machines the cells themselves say how full GPUs are. */
const NO_HEAT: PreviewNode['heat'] = { time: 0, bytes: 0, memory: 0 };

function topologyOf(evaluation: Evaluation, dag: Dag, scene: Scene, folding: Folding | undefined): PreviewTopology {
  const heat = folding?.isOfMachines ? () => NO_HEAT : heatOf(evaluation, dag);
  const nodes = scene.nodes.map(({ id, lines, filled }): PreviewNode => {
    const node = dag.getNodeAttributes(id);
    return { ...previewNode(id, node, heat(node), lines), ...(filled && { filled }) };
  });
  const edges = scene.edges.map(({ points: _, ...edge }) => edge);
  const groups = scene.groups.map((group) => {
    const { x: _x, y: _y, width: _width, height: _height, ...unplaced } = group;
    const switches = folding?.switchesOf(group) ?? [];
    return switches.length > 0 ? { ...unplaced, switches } : unplaced;
  });
  return { digest: digestOf([nodes, edges, groups]), nodes, edges, groups };
}

function previewNode(id: string, node: DagNode, heat: PreviewNode['heat'], lines: readonly string[]): PreviewNode {
  const facts = [...factsOf(node)];
  if (node.notPredicted !== undefined) facts.push(['Not predicted', node.notPredicted]);
  else if (node.kind === 'routing' && node.seconds === 0)
    facts.push([labelOf('timePerRun'), 'counted in routed experts']);
  return {
    id,
    label: node.label,
    kind: node.kind,
    gpus: node.gpus,
    copies: node.copies,
    ...(node.pool !== undefined && { pool: node.pool }),
    ...(node.stage !== undefined && { stage: node.stage }),
    layers: node.layers,
    experts: node.experts,
    input: formatShape(node.input),
    output: formatShape(node.output),
    lines,
    facts,
    heat,
    critical: node.critical,
    ...(node.opens !== undefined && { opens: node.opens }),
  };
}

function factsOf(node: DagNode): readonly Fact[] {
  if (node.held) return heldFacts(node);
  if (node.links) return node.links.facts;
  const figures = operationFigures(node);
  const { sends = false, bound, opens } = node;
  if (opens !== undefined) return groupFacts(figures);
  return operationFacts({ figures, isSent: sends, ...(bound && { bound }) });
}

/** What a closed group holds on all its GPUs, and how long a micro-batch takes through it. */
function groupFacts({ flop, bytes, time }: OperationFigures): readonly Fact[] {
  return [
    ...(flop.value > 0 ? [[labelOf('groupFlop'), formatFigure(flop)] as const] : []),
    ...(bytes.value > 0 ? [[labelOf('groupBytes'), formatFigure(bytes)] as const] : []),
    [labelOf('takes'), formatFigure(time)],
  ];
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
