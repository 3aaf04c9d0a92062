import { hasCycle } from 'graphology-dag';
import { bfsFromNode } from 'graphology-traversal';
import type { Evaluation } from '../cost/evaluation.ts';
import type { Shape } from '../cost/operation.ts';
import type { ExpertMap } from '../plan/deployment.ts';
import { type Experts, layerClass } from '../plan/model.ts';
import { cycleOf, describeCycle } from './cycle.ts';
import { expertsOnGpu } from './instances.ts';
import { formatShape } from './labels.ts';
import type { Dag, DagNode, Validation } from './types.ts';

export interface GraphFacts {
  readonly nodes: number;
  readonly edges: number;
  readonly acyclic: boolean;
  readonly sources: number;
  readonly sinks: number;
  readonly connected: boolean;
}

export function graphFacts(dag: Dag): GraphFacts {
  return {
    nodes: dag.order,
    edges: dag.size,
    acyclic: !hasCycle(dag),
    sources: ends(dag, 'in').length,
    sinks: ends(dag, 'out').length,
    connected: reached(dag, 'mixed', dag.nodes()[0]).size === dag.order,
  };
}

/**
 * The six validation results of the analysis. Each is computed on the graph or the placement and comes with a
 * counterexample.
 */
export function validateDag(dag: Dag, evaluation: Evaluation): readonly Validation[] {
  const facts = graphFacts(dag);
  const sources = ends(dag, 'in');
  const sinks = ends(dag, 'out');
  const lonely = unreached(dag, 'mixed', dag.nodes()[0]);
  const incomplete = [...unreached(dag, 'out', sources[0]), ...unreached(dag, 'in', sinks[0])];
  const joints = new Joints(dag, evaluation);
  const badEdge = dag.findEdge((edge, { kind }, from, to) => kind === 'data' && !joints.holds(edge, from, to));
  const misplaced = misplacedExpert(evaluation);
  const cycle = facts.acyclic ? undefined : cycleOf(dag);
  const checked = dag.reduceEdges((count, _, { kind }) => count + (kind === 'data' ? 1 : 0), 0);
  return [
    {
      name: 'acyclic',
      title: 'No cycles',
      holds: facts.acyclic,
      detail: cycle
        ? `the flow runs in a circle: ${describeCycle(dag, cycle)}`
        : `${facts.nodes} nodes, ${facts.edges} edges`,
    },
    {
      name: 'one-source-one-sink',
      title: 'One source and one sink',
      holds: sources.length === 1 && sinks.length === 1,
      detail: `sources: ${some(sources)}; sinks: ${some(sinks)}`,
    },
    {
      name: 'connected',
      title: 'All nodes connected',
      holds: lonely.length === 0,
      detail: lonely.length === 0 ? `${facts.nodes} nodes reach one another` : `not connected: ${some(lonely)}`,
    },
    {
      name: 'experts-placed',
      title: 'Experts placed',
      holds: misplaced === undefined,
      detail: misplaced ?? placedDetail(evaluation),
    },
    {
      name: 'dimensions-preserved',
      title: 'Dimensions preserved',
      holds: badEdge === undefined,
      detail: badEdge === undefined ? `${checked} edges with data join equal shapes` : edgeDetail(dag, badEdge),
    },
    {
      name: 'paths-complete',
      title: 'Paths complete',
      holds: incomplete.length === 0,
      detail:
        incomplete.length === 0
          ? 'every node lies on a way from the source to the sink'
          : `on no such way: ${some(incomplete)}`,
    },
  ];
}

function ends(dag: Dag, side: 'in' | 'out'): readonly string[] {
  return dag.filterNodes((node) => (side === 'in' ? dag.inDegree(node) : dag.outDegree(node)) === 0);
}

function reached(dag: Dag, mode: 'in' | 'out' | 'mixed', start: string | undefined): ReadonlySet<string> {
  const seen = new Set<string>();
  if (start === undefined) return seen;
  if (mode !== 'mixed') {
    bfsFromNode(dag, start, (node): undefined => void seen.add(node), { mode });
    return seen;
  }
  // Follows edges in both directions. The library's search follows only one.
  const waiting = [start];
  seen.add(start);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    dag.forEachNeighbor(node, (next) => {
      if (seen.has(next)) return;
      seen.add(next);
      waiting.push(next);
    });
  }
  return seen;
}

function unreached(dag: Dag, mode: 'in' | 'out' | 'mixed', start: string | undefined): readonly string[] {
  const seen = reached(dag, mode, start);
  return dag.filterNodes((node) => !seen.has(node));
}

/**
 * Checks that a data edge carries what its source puts out and its target takes in. A dispatch is shared out among experts.
 */
class Joints {
  private readonly dag: Dag;
  private readonly evaluation: Evaluation;
  private readonly cache = new Map<string, ReadonlyMap<number, number>>();

  constructor(dag: Dag, evaluation: Evaluation) {
    this.dag = dag;
    this.evaluation = evaluation;
  }

  holds(edge: string, from: string, to: string): boolean {
    const { dag } = this;
    const source = dag.getNodeAttributes(from);
    const target = dag.getNodeAttributes(to);
    const { shape } = dag.getEdgeAttributes(edge);
    if (equal(source.output, target.input)) return equal(shape, target.input);
    // KV transfers and ends join phases of different lengths, so their input and output may differ.
    const isSplit = target.experts.length === 1 && equal(shape, target.input) && this.sharesOut(from, to, 'out');
    const isMerge = source.experts.length === 1 && equal(shape, source.output) && this.sharesOut(to, from, 'in');
    return isSplit || isMerge;
  }

  /**
   * Whether the expert nodes of one GPU together take (or give) every expert that it holds. Costs and shapes are those of
   * the GPU that holds the most; when experts do not divide evenly, others take fewer.
   */
  private sharesOut(shared: string, expert: string, side: 'in' | 'out'): boolean {
    const { dag } = this;
    const node = dag.getNodeAttributes(expert);
    const whole = side === 'out' ? dag.getNodeAttributes(shared).output : dag.getNodeAttributes(shared).input;
    const part = side === 'out' ? node.input : node.output;
    const [gpu = -1] = node.gpus;
    const held = this.held(node, gpu);
    return (
      equal(without(whole, 'experts'), without(part, 'experts')) &&
      this.expertsByGpu(shared, side).get(gpu) === held?.own &&
      sizeOf(whole, 'experts') === held?.most
    );
  }

  private expertsByGpu(shared: string, side: 'in' | 'out'): ReadonlyMap<number, number> {
    const key = `${side} ${shared}`;
    const cachedGroups = this.cache.get(key);
    if (cachedGroups) return cachedGroups;
    const { dag } = this;
    const taken = new Map<number, number>();
    for (const name of side === 'out' ? dag.outNeighbors(shared) : dag.inNeighbors(shared)) {
      const { experts, gpus, input, output } = dag.getNodeAttributes(name);
      const [gpu] = gpus;
      if (experts.length !== 1 || gpu === undefined) continue;
      taken.set(gpu, (taken.get(gpu) ?? 0) + sizeOf(side === 'out' ? input : output, 'experts'));
    }
    this.cache.set(key, taken);
    return taken;
  }

  /** Experts that a GPU holds in a node's layer, and those that the fullest GPU holds. */
  private held(
    { pool, stage, layers }: DagNode,
    gpu: number,
  ): { readonly own: number; readonly most: number } | undefined {
    const { pools } = this.evaluation.deployment;
    const holder = pools.find(({ name }) => name === pool) ?? pools[0];
    const part = holder?.stages.find(({ name }) => name === stage);
    const [layer = -1] = layers;
    if (!holder || !part) return undefined;
    const ranks = part.experts.get(layer)?.ranks ?? [];
    const most = ranks.reduce((largest, experts) => Math.max(largest, experts.length), 0);
    return { own: expertsOnGpu(holder, part, layer, gpu).length, most };
  }
}

function sizeOf(shape: Shape, name: string): number {
  return shape.find((axis) => axis.name === name)?.size ?? 0;
}

function without(shape: Shape, name: string): Shape {
  return shape.filter((axis) => axis.name !== name);
}

function equal(left: Shape, right: Shape): boolean {
  return (
    left.length === right.length &&
    left.every((axis, index) => axis.name === right[index]?.name && axis.size === right[index]?.size)
  );
}

function edgeDetail(dag: Dag, edge: string): string {
  const [from, to] = dag.extremities(edge);
  return `${from} puts out ${formatShape(dag.getNodeAttributes(from).output)}, ${to} takes ${formatShape(dag.getNodeAttributes(to).input)}`;
}

/** The first expert that no GPU holds, or that more GPUs hold than it has replicas. */
function misplacedExpert({ deployment }: Evaluation): string | undefined {
  for (const pool of deployment.pools) {
    const named = deployment.pools.length > 1 ? ` in pool ${pool.name}` : '';
    for (const stage of pool.stages) {
      // Layers of one class share their placement.
      const seen = new Map<Experts, ExpertMap | undefined>();
      for (const layer of stage.layers) {
        const { feedForward } = layerClass(pool.model, layer);
        if (feedForward.kind !== 'moe') continue;
        const map = stage.experts.get(layer);
        if (seen.has(feedForward) && seen.get(feedForward) === map) continue;
        seen.set(feedForward, map);
        const held = (map?.ranks ?? []).flat();
        const count = new Map<number, number>();
        for (const expert of held) count.set(expert, (count.get(expert) ?? 0) + 1);
        const missing = Array.from({ length: feedForward.count }, (_, expert) => expert).find(
          (expert) => !count.has(expert),
        );
        if (missing !== undefined) return `expert ${missing} of layer ${layer} is on no GPU${named}`;
        const unknown = held.find((expert) => expert >= feedForward.count);
        if (unknown !== undefined) return `expert ${unknown} of layer ${layer} does not exist${named}`;
      }
    }
  }
  return undefined;
}

function placedDetail({ deployment }: Evaluation): string {
  const counts = deployment.pools.map((pool) => {
    const layers = pool.stages.reduce((sum, stage) => sum + stage.experts.size, 0);
    const placed = pool.stages.reduce(
      (sum, stage) =>
        sum +
        [...stage.experts.values()].reduce(
          (expertsSum, map) => expertsSum + map.ranks.reduce((held, experts) => held + experts.length, 0),
          0,
        ),
      0,
    );
    const name = deployment.pools.length > 1 ? `${pool.name}: ` : '';
    return `${name}${placed} experts of ${layers} layers`;
  });
  return counts.join('; ');
}

function some(nodes: readonly string[]): string {
  if (nodes.length === 0) return 'none';
  return nodes.length > 3 ? `${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more` : nodes.join(', ');
}
