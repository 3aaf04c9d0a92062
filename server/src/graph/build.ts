import type { Evaluation } from '../cost/evaluation.ts';
import type { Shape } from '../cost/operation.ts';
import { Drawing, type Front, nodesOf } from './builder/drawing.ts';
import { drawPool } from './builder/pools.ts';
import { cacheKey, drawCacheTransfers } from './builder/transfers.ts';
import { markCriticalPath } from './critical.ts';
import { defaultOptions } from './options.ts';
import { firstShape, poolOrder } from './runs.ts';
import type { Dag, DagNode, DagOptions } from './types.ts';

export { defaultOptions, isDrawable, overviewOptions } from './options.ts';

/**
 * The DAG of the first step of each pool, from one source to one sink. Computation has a node per GPU, a collective has a
 * node per group. With folded options equal nodes become one with `copies`.
 */
export function buildDag(evaluation: Evaluation, options: Partial<DagOptions> = {}): Dag {
  const drawing = new Drawing(evaluation, { ...defaultOptions(evaluation), ...options });
  drawPools(drawing);
  markCriticalPath(drawing.dag);
  drawing.closeCircles();
  return drawing.dag;
}

/** Draws pools in the order of the dataflow between them, after the source and before the sink. */
function drawPools(drawing: Drawing): void {
  const { dag, evaluation } = drawing;
  const { prediction, deployment } = evaluation;
  const { poolEdges } = deployment;
  const order = poolOrder(prediction.pools.length, poolEdges);
  const isLast = (pool: number) =>
    !poolEdges.some(([from, to]) => from === pool && order.indexOf(to) > order.indexOf(pool));
  dag.addNode('source', endNode('source', 'Input', prediction.pools.flatMap(firstShape)[0] ?? []));
  const fronts = new Map<number, Front>();
  const last: Shape[] = [];
  for (const index of order) {
    const pool = prediction.pools[index];
    if (!pool) continue;
    const before = poolEdges.filter(([, to]) => to === index).map(([from]) => from);
    const entry = before.length === 0 ? ['source'] : drawCacheTransfers(drawing, index, before, fronts);
    const { front, shape } = drawPool(drawing, pool, entry);
    fronts.set(index, front);
    if (isLast(index)) last.push(shape);
  }
  dag.addNode('sink', endNode('sink', 'Output', last[0] ?? []));
  for (const [index, front] of fronts) if (isLast(index)) for (const node of nodesOf(front)) drawing.edge(node, 'sink');
  for (const [from, to] of poolEdges) {
    if (order.indexOf(from) < order.indexOf(to)) continue;
    for (const node of nodesOf(fronts.get(from))) drawing.back.push([node, cacheKey(drawing, from, to)]);
  }
}

function endNode(kind: 'source' | 'sink', label: string, shape: Shape): DagNode {
  return {
    label,
    kind,
    gpus: [],
    copies: 1,
    layers: [],
    block: '',
    experts: [],
    operation: kind,
    input: shape,
    output: shape,
    flop: 0,
    bytes: 0,
    seconds: 0,
    exposedSeconds: 0,
    formula: 'count',
    critical: true,
  };
}
