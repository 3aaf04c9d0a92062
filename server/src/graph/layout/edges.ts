import type { Dag, SceneEdge, SceneNode } from '../types.ts';
import { BLOCK_GAP, COLUMN_GAP, PAD } from './metrics.ts';

/** Neighbouring columns are never farther apart than this, and with a column between they always are. */
const NEXT_COLUMN = COLUMN_GAP + BLOCK_GAP + 3 * PAD;

/** Room above a lane in which edges pass over the nodes between their ends. */
const OVER = 9;

/**
 * Polylines from the right side of a node to the left side of the next. Ends on a tall collective lie at the height
 * of the other node, so that lanes run straight through it; edges that skip columns pass above what lies between.
 */
export function routeEdges(dag: Dag, nodes: ReadonlyMap<string, SceneNode>): SceneEdge[] {
  return dag.mapEdges((_, { kind }, from, to): SceneEdge => {
    const source = nodes.get(from);
    const target = nodes.get(to);
    const critical = dag.getNodeAttribute(from, 'critical') && dag.getNodeAttribute(to, 'critical');
    return { id: `${from}>${to}`, from, to, kind, critical, points: source && target ? route(source, target) : [] };
  });
}

function route(source: SceneNode, target: SceneNode): number[] {
  const x0 = source.x + source.width;
  const x1 = target.x;
  if (x1 < x0) return back(source, target);
  const [y0, y1] = ports(source, target);
  const skips = x1 - x0 > NEXT_COLUMN && overlapsVertically(source, target);
  if (skips) {
    const over = Math.min(source.y, target.y) - OVER;
    const turn = COLUMN_GAP / 3;
    return [x0, y0, x0 + turn, y0, x0 + turn, over, x1 - turn, over, x1 - turn, y1, x1, y1];
  }
  if (Math.abs(y0 - y1) < 0.5) return [x0, y0, x1, y1];
  const middle = x1 - COLUMN_GAP / 2;
  return [x0, y0, middle, y0, middle, y1, x1, y1];
}

/** To a stage below: down on the right, back to the left between the stages, and in from the left. */
function back(source: SceneNode, target: SceneNode): number[] {
  const x0 = source.x + source.width;
  const y0 = source.y + source.height / 2;
  const y1 = target.y + target.height / 2;
  const out = x0 + COLUMN_GAP / 2;
  const into = target.x - COLUMN_GAP;
  const level = (source.y + source.height + target.y) / 2;
  return [x0, y0, out, y0, out, level, into, level, into, y1, target.x, y1];
}

function ports(source: SceneNode, target: SceneNode): [number, number] {
  const a = source.y + source.height / 2;
  const b = target.y + target.height / 2;
  if (source.height > target.height) return [clamp(b, source), b];
  if (target.height > source.height) return [a, clamp(a, target)];
  return [a, b];
}

function clamp(y: number, { y: top, height }: SceneNode): number {
  return Math.max(top + 6, Math.min(top + height - 6, y));
}

function overlapsVertically(source: SceneNode, target: SceneNode): boolean {
  return source.y < target.y + target.height && target.y < source.y + source.height;
}
