import type { Dag } from '../types.ts';
import { gridColumns, isInLane, type PlacedBlock } from './blocks.ts';
import { LANE_GAP, NODE_HEIGHT, STACK_GAP } from './metrics.ts';

export interface Lane {
  /** GPUs that are drawn in it: one, or several that do the same. */
  readonly gpus: readonly number[];
  /** Distance from the top of the stage's first lane. */
  readonly top: number;
  readonly height: number;
}

/** Where a node is and how tall it is: in its lane, or over the lanes of its GPUs. */
export interface Span {
  readonly top: number;
  readonly height: number;
  /** Its column, from the left, in the grid of its lane's nodes of one operation. */
  readonly across: number;
}

export interface StageLanes {
  readonly lanes: readonly Lane[];
  readonly height: number;
  spanOf(id: string): Span;
}

/**
 * A lane per GPU, or per group of GPUs that are drawn once, or one lane for all when no node belongs to a lane. The experts
 * of one GPU are stacked in its lane, or form a grid when there are many, and the lane is as tall as they need.
 */
export function lanesOf(dag: Dag, blocks: readonly PlacedBlock[]): ReadonlyMap<string, StageLanes> {
  const stages = new Map<string, PlacedBlock[]>();
  for (const block of blocks) {
    const blocksOfStage = stages.get(block.key);
    if (blocksOfStage) blocksOfStage.push(block);
    else stages.set(block.key, [block]);
  }
  return new Map([...stages].map(([key, blocksOfStage]) => [key, lanesOfStage(dag, blocksOfStage)]));
}

/** The nodes of one operation in one lane. */
interface Stack {
  count: number;
}

function heightOf({ count }: Stack): number {
  return Math.ceil(count / gridColumns(count)) * (NODE_HEIGHT + STACK_GAP) - STACK_GAP;
}

/** The stacks of one block: by column and first GPU. */
type Stacks = Map<string, Map<number, Stack>>;

function stackIn(stacks: Stacks, column: string, gpu: number): Stack {
  const ofColumn = stacks.get(column) ?? new Map<number, Stack>();
  const stack = ofColumn.get(gpu) ?? { count: 0 };
  if (stack.count > 0) return stack;
  stacks.set(column, ofColumn);
  ofColumn.set(gpu, stack);
  return stack;
}

function lanesOfStage(dag: Dag, blocks: readonly PlacedBlock[]): StageLanes {
  const places = new Map<string, { readonly stack: Stack; readonly index: number; readonly gpu: number }>();
  const drafts = new Map<number, { readonly gpus: readonly number[]; readonly stacks: Stack[] }>();
  const wide: Wide[] = [];
  for (const { nodes } of blocks) {
    const stacks: Stacks = new Map();
    for (const id of nodes) {
      const { gpus, operation, column = operation, block, kind, lane, opens } = dag.getNodeAttributes(id);
      const gpu = gpus[0];
      if (!isInLane(gpus, lane)) wide.push({ id, gpus, column: `${block}/${operation}` });
      // A transfer from GPU to GPU is in the lane of its sender.
      const isTransfer = block === '' && kind === 'communication' && gpus.length === 2;
      if (gpu === undefined || opens !== undefined || !(isInLane(gpus, lane) || isTransfer)) continue;
      const stack = stackIn(stacks, column, gpu);
      places.set(id, { stack, index: stack.count, gpu });
      stack.count += 1;
      if (stack.count > 1) continue;
      const draft = drafts.get(gpu);
      if (draft) draft.stacks.push(stack);
      else drafts.set(gpu, { gpus, stacks: [stack] });
    }
  }
  if (drafts.size === 0) {
    const span = { top: 0, height: NODE_HEIGHT, across: 0 };
    return { lanes: [{ gpus: [], top: 0, height: NODE_HEIGHT }], height: NODE_HEIGHT, spanOf: () => span };
  }
  const lanes: Lane[] = [];
  let top = 0;
  for (const [, { gpus, stacks: ownStacks }] of [...drafts].sort(([a], [b]) => a - b)) {
    const height = ownStacks.reduce((most, stack) => Math.max(most, heightOf(stack)), 0);
    lanes.push({ gpus, top, height });
    top += height + LANE_GAP;
  }
  const laneOf = new Map(lanes.flatMap((lane) => lane.gpus.map((gpu) => [gpu, lane] as const)));
  const height = top - LANE_GAP;
  const shifted = spreadOverlaps(wide, laneOf);
  return {
    lanes,
    height,
    spanOf(id) {
      const place = places.get(id);
      const lane = place && laneOf.get(place.gpu);
      if (!lane) {
        // A closed group in a stage with one lane. Other operations that stand side by side may make the lane tall.
        if (lanes.length === 1) return { top: (height - NODE_HEIGHT) / 2, height: NODE_HEIGHT, across: 0 };
        const span = shifted.get(id) ?? spanOfLanes(dag.getNodeAttribute(id, 'gpus'), laneOf, height);
        return { ...span, across: 0 };
      }
      const columns = gridColumns(place.stack.count);
      const row = Math.floor(place.index / columns);
      return {
        top: lane.top + (lane.height - heightOf(place.stack)) / 2 + row * (NODE_HEIGHT + STACK_GAP),
        height: NODE_HEIGHT,
        across: place.index % columns,
      };
    },
  };
}

/** A node over several lanes. */
interface Wide {
  readonly id: string;
  readonly gpus: readonly number[];
  readonly column: string;
}

interface Vertical {
  readonly top: number;
  readonly height: number;
}

function spanOfLanes(gpus: readonly number[], laneOf: ReadonlyMap<number, Lane>, stageHeight: number): Vertical {
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const gpu of gpus) {
    const lane = laneOf.get(gpu);
    if (!lane) continue;
    top = Math.min(top, lane.top);
    bottom = Math.max(bottom, lane.top + lane.height);
  }
  return bottom > top ? { top, height: bottom - top } : { top: 0, height: stageHeight };
}

/**
 * Interleaved groups of GPUs (data-parallel ranks over tensor-parallel groups) would cover one another, so their nodes
 * share the column's height in equal parts instead.
 */
function spreadOverlaps(wide: readonly Wide[], laneOf: ReadonlyMap<number, Lane>): ReadonlyMap<string, Vertical> {
  const columns = new Map<string, Wide[]>();
  for (const node of wide) {
    const sameColumn = columns.get(node.column);
    if (sameColumn) sameColumn.push(node);
    else columns.set(node.column, [node]);
  }
  const moved = new Map<string, Vertical>();
  for (const nodes of columns.values()) {
    const spans = nodes.map(({ id, gpus }) => ({ id, ...spanOfLanes(gpus, laneOf, 0) })).sort((a, b) => a.top - b.top);
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
