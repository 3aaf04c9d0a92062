import type { PoolPrediction } from '../../cost/evaluation.ts';
import type { Shape } from '../../cost/operation.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { lastShape } from '../runs.ts';
import { type Drawing, EVERY, type Front, heldAt, nodesOf } from './drawing.ts';
import { drawStage } from './stages.ts';
import { drawTransfer } from './transfers.ts';

/** The front that enters a stage and the one that leaves it. */
interface Reached {
  readonly starts: readonly string[];
  readonly front: Front;
}

/** Draws the stages of a pool after the nodes of `entry`. Returns what leaves the last stage and its shape. */
export function drawPool(
  drawing: Drawing,
  { pool, steps }: PoolPrediction,
  entry: readonly string[],
): { readonly front: Front; readonly shape: Shape } {
  let shape: Shape = [];
  let front: Front = new Map([[EVERY, entry]]);
  const reached = new Map<number, Reached>();
  for (const run of steps[0]?.stages ?? []) {
    const stage = pool.stages[run.stage];
    if (!stage) continue;
    const before = front;
    front = drawStage(drawing, pool, stage, run, front);
    reached.set(run.stage, { starts: startsOf(drawing, before, pool, stage), front });
    shape = lastShape(run) ?? shape;
    const next = pool.stages[run.stage + 1];
    if (run.transfer && next) front = drawTransfer(drawing, pool, [stage, next], run.transfer, front);
  }
  drawArrows(drawing, pool, reached);
  return { front, shape };
}

/** Draws written arrows that differ from the order of the stages, rank by rank as between successive stages. */
function drawArrows(drawing: Drawing, pool: Pool, reached: ReadonlyMap<number, Reached>): void {
  const { dag } = drawing;
  for (const [from, to] of pool.arrows ?? []) {
    if (to === from + 1) continue;
    const [left, entered] = [reached.get(from), reached.get(to)];
    const [leaving, stage] = [pool.stages[from]?.gpus ?? [], pool.stages[to]?.gpus ?? []];
    const positions = new Map(stage.map((gpu, position) => [gpu, position]));
    for (const start of entered?.starts ?? [])
      for (const gpu of drawing.holders(dag.getNodeAttributes(start)))
        for (const node of heldAt(left?.front, leaving[(positions.get(gpu) ?? 0) % leaving.length] ?? EVERY)) {
          if (from >= to) drawing.back.push([node, start]);
          else if (!dag.hasEdge(node, start)) drawing.edge(node, start);
        }
  }
}

/** The nodes that receive what flows into a stage. */
function startsOf({ dag }: Drawing, entry: Front, pool: Pool, stage: Stage): readonly string[] {
  const nodes = [...nodesOf(entry)].flatMap((node) => dag.outNeighbors(node));
  return [...new Set(nodes)].filter((node) => {
    const attributes = dag.getNodeAttributes(node);
    return attributes.stage === stage.name && (attributes.pool === undefined || attributes.pool === pool.name);
  });
}
