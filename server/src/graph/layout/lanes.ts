import type { Dag } from '../types.ts';
import type { PlacedBlock } from './blocks.ts';
import { LANE_GAP, NODE_HEIGHT, STACK_GAP } from './metrics.ts';

export interface Lane {
  readonly gpu: number;
  /** From the top of the stage's first lane. */
  readonly top: number;
  readonly height: number;
}

export interface StageLanes {
  readonly lanes: readonly Lane[];
  readonly height: number;
  /** Where a node stands and how tall it is: in its lane, or over the lanes of its GPUs. */
  spanOf(id: string): { readonly top: number; readonly height: number };
}

/**
 * A lane per GPU that has a node of its own; one lane for all where no node is a single GPU's. The experts of one GPU
 * are stacked in its lane, which is as tall as they need.
 */
export function lanesOf(dag: Dag, blocks: readonly PlacedBlock[]): ReadonlyMap<string, StageLanes> {
  const stages = new Map<string, string[]>();
  for (const { key, nodes } of blocks) stages.set(key, [...(stages.get(key) ?? []), ...nodes]);
  return new Map([...stages].map(([key, nodes]) => [key, lanesOfStage(dag, nodes)]));
}

function lanesOfStage(dag: Dag, nodes: readonly string[]): StageLanes {
  const stacked = new Map<string, number>();
  const depth = new Map<number, number>();
  const seen = new Map<string, number>();
  for (const id of nodes) {
    const { gpus, operation, block, kind } = dag.getNodeAttributes(id);
    const [gpu] = gpus;
    // A transfer from GPU to GPU stands in the lane of its sender.
    const isLane =
      gpu !== undefined && (gpus.length === 1 || (block === '' && kind === 'communication' && gpus.length === 2));
    if (!isLane) continue;
    const place = `${gpu}/${block}/${operation}`;
    const index = seen.get(place) ?? 0;
    seen.set(place, index + 1);
    stacked.set(id, index);
    depth.set(gpu, Math.max(depth.get(gpu) ?? 1, index + 1));
  }
  if (depth.size === 0)
    return {
      lanes: [{ gpu: -1, top: 0, height: NODE_HEIGHT }],
      height: NODE_HEIGHT,
      spanOf: () => ({ top: 0, height: NODE_HEIGHT }),
    };
  const lanes: Lane[] = [];
  let top = 0;
  for (const gpu of [...depth.keys()].sort((a, b) => a - b)) {
    const count = depth.get(gpu) ?? 1;
    const height = count * NODE_HEIGHT + (count - 1) * STACK_GAP;
    lanes.push({ gpu, top, height });
    top += height + LANE_GAP;
  }
  const byGpu = new Map(lanes.map((lane) => [lane.gpu, lane]));
  const stageHeight = top - LANE_GAP;
  const shifted = spreadOverlaps(dag, nodes, byGpu);
  return {
    lanes,
    height: stageHeight,
    spanOf(id) {
      const { gpus, operation, block } = dag.getNodeAttributes(id);
      const index = stacked.get(id);
      const lane = byGpu.get(gpus[0] ?? -1);
      if (index !== undefined && lane) {
        const count = seen.get(`${gpus[0]}/${block}/${operation}`) ?? 1;
        const used = count * NODE_HEIGHT + (count - 1) * STACK_GAP;
        return { top: lane.top + (lane.height - used) / 2 + index * (NODE_HEIGHT + STACK_GAP), height: NODE_HEIGHT };
      }
      const own = shifted.get(id);
      if (own) return own;
      return spanOfLanes(gpus, byGpu, stageHeight);
    },
  };
}

function spanOfLanes(
  gpus: readonly number[],
  byGpu: ReadonlyMap<number, Lane>,
  stageHeight: number,
): { top: number; height: number } {
  const own = gpus.flatMap((gpu) => byGpu.get(gpu) ?? []);
  const top = Math.min(...own.map((lane) => lane.top));
  const bottom = Math.max(...own.map((lane) => lane.top + lane.height));
  return own.length > 0 ? { top, height: bottom - top } : { top: 0, height: stageHeight };
}

/**
 * Groups of GPUs that lie between each other (data parallel ranks over tensor parallel groups) would cover one
 * another: their nodes share the column's height in equal parts instead.
 */
function spreadOverlaps(
  dag: Dag,
  nodes: readonly string[],
  byGpu: ReadonlyMap<number, Lane>,
): ReadonlyMap<string, { top: number; height: number }> {
  const columns = new Map<string, string[]>();
  for (const id of nodes) {
    const { gpus, block, operation } = dag.getNodeAttributes(id);
    if (gpus.length < 2) continue;
    const key = `${block}/${operation}`;
    columns.set(key, [...(columns.get(key) ?? []), id]);
  }
  const moved = new Map<string, { top: number; height: number }>();
  for (const ids of columns.values()) {
    const spans = ids
      .map((id) => ({ id, ...spanOfLanes(dag.getNodeAttributes(id).gpus, byGpu, 0) }))
      .sort((a, b) => a.top - b.top);
    const overlap = spans.some(
      (span, index) => index > 0 && span.top < (spans[index - 1]?.top ?? 0) + (spans[index - 1]?.height ?? 0),
    );
    if (!overlap) continue;
    const top = spans[0]?.top ?? 0;
    const bottom = Math.max(...spans.map((span) => span.top + span.height));
    const share = (bottom - top + STACK_GAP) / spans.length;
    for (const [index, { id }] of spans.entries())
      moved.set(id, { top: top + index * share, height: share - STACK_GAP });
  }
  return moved;
}
