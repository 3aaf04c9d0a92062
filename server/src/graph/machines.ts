import type { Evaluation, GpuMemory } from '../cost/evaluation.ts';
import { capacityFigure, memoryFigure } from '../cost/figures/memory.ts';
import { formatOf } from '../cost/format.ts';
import { gpuOf, placeOf } from '../plan/cluster.ts';
import type { Pool } from '../plan/deployment.ts';
import { costLabel, formatIndexes, gpuLabel } from './labels.ts';
import type { Dag, DagNode, PoolAtWork, PoolLinks } from './types.ts';

/** With more machines or GPUs than this, machines whose GPUs hold the same are drawn once. */
const MOST_MACHINES = 16;
const MOST_CELLS = 160;
/** With more kinds of machines in a pool than this, machines with equally many GPUs are drawn once, each GPU as the fullest. */
const MOST_KINDS = 12;

/** A machine of a pool, or several that are drawn once. */
interface Machine {
  readonly title: string;
  /** What is drawn in its frame: a GPU, or those that have its place in each of the machines. Ascending. */
  readonly cells: readonly (readonly number[])[];
}

/** GPUs of one machine that belong to one pool, ascending. */
interface Part {
  readonly node: number;
  readonly gpus: readonly number[];
}

/**
 * The graph of closed pools with the machines of each: a node for every GPU, or for equal ones, and one for the links of each
 * kind between them. They have no edges: they say where a pool's box runs. Boxes say what a step takes, and transfers what they
 * send. Changes the graph.
 */
export function addMachines(dag: Dag, evaluation: Evaluation, atWork: readonly PoolAtWork[]): void {
  dag.updateEachNodeAttributes((_, node) =>
    node.sends ? { ...node, label: `${node.label}: ${costLabel(node)} from each GPU` } : node,
  );
  const { pools } = evaluation.deployment;
  const parts = pools.map((pool) => partsOf(evaluation, pool));
  const isEach =
    parts.reduce((sum, { length }) => sum + length, 0) <= MOST_MACHINES &&
    pools.reduce((sum, { gpus }) => sum + gpus.length, 0) <= MOST_CELLS;
  for (const [index, pool] of pools.entries()) {
    const memoryOf = memoriesOf(evaluation, index);
    const poolParts = parts[index] ?? [];
    for (const machine of isEach ? poolParts.map(alone) : folded(poolParts, memoryOf))
      for (const gpus of machine.cells) addCell(dag, evaluation, pool, machine.title, fullest(gpus, memoryOf), gpus);
    const work = atWork.find((each) => each.pool === pool.name);
    for (const [at, links] of (work?.links ?? []).entries())
      dag.addNode(`links ${pool.name}/${at}`, linksNode(pool, links));
    if (work) dag.setNodeAttribute(`pool ${pool.name}`, 'label', work.step);
  }
}

function partsOf({ cluster }: Evaluation, { gpus }: Pool): readonly Part[] {
  const parts = new Map<number, number[]>();
  for (const gpu of gpus.toSorted((a, b) => a - b)) {
    const { node } = placeOf(cluster, gpu);
    const ofNode = parts.get(node);
    if (ofNode) ofNode.push(gpu);
    else parts.set(node, [gpu]);
  }
  return [...parts].map(([node, ofNode]) => ({ node, gpus: ofNode }));
}

type MemoryOf = (gpu: number) => GpuMemory | undefined;

function memoriesOf({ memory }: Evaluation, pool: number): MemoryOf {
  const ofGpus = new Map<number, GpuMemory>();
  for (const held of memory[pool]?.classes ?? []) for (const gpu of held.gpuClass.gpus) ofGpus.set(gpu, held);
  return (gpu) => ofGpus.get(gpu);
}

function alone({ node, gpus }: Part): Machine {
  return { title: `node ${node}`, cells: gpus.map((gpu) => [gpu]) };
}

/** Machines once whose GPUs hold the same in the same order. */
function folded(parts: readonly Part[], memoryOf: MemoryOf): readonly Machine[] {
  const numbers = new Map<GpuMemory | undefined, number>();
  const numberOf = (memory: GpuMemory | undefined) => {
    const known = numbers.get(memory) ?? numbers.size;
    numbers.set(memory, known);
    return known;
  };
  const kinds = grouped(parts, ({ gpus }) => gpus.map((gpu) => numberOf(memoryOf(gpu))).join());
  if (kinds.length <= MOST_KINDS) return kinds.map((kind) => together(kind, ''));
  return grouped(parts, ({ gpus }) => String(gpus.length)).map((kind) => together(kind, ', the fullest of each place'));
}

function grouped(parts: readonly Part[], keyOf: (part: Part) => string): readonly (readonly Part[])[] {
  const kinds = new Map<string, Part[]>();
  for (const part of parts) {
    const key = keyOf(part);
    const same = kinds.get(key);
    if (same) same.push(part);
    else kinds.set(key, [part]);
  }
  return [...kinds.values()];
}

function together(parts: readonly Part[], note: string): Machine {
  const [first] = parts;
  if (!first || parts.length === 1) return first ? alone(first) : { title: '', cells: [] };
  const nodes = formatIndexes(parts.map(({ node }) => node));
  return {
    title: `x${parts.length} nodes: ${nodes}${note}`,
    cells: first.gpus.map((_, place) => parts.flatMap(({ gpus }) => gpus[place] ?? [])),
  };
}

/** The memory of the GPU with the least room. */
function fullest(gpus: readonly number[], memoryOf: MemoryOf): GpuMemory | undefined {
  let least: GpuMemory | undefined;
  for (const gpu of gpus) {
    const memory = memoryOf(gpu);
    if (memory && (!least || memory.freeBytes < least.freeBytes)) least = memory;
  }
  return least;
}

/** `66.9 of 79.2 GiB`: what a GPU holds of what it can. */
export function heldText(memory: GpuMemory): string {
  const text = formatOf(memoryFigure(memory), capacityFigure(memory));
  return memory.freeBytes < 0 ? `${text}, does not fit` : text;
}

function addCell(
  dag: Dag,
  { cluster }: Evaluation,
  pool: Pool,
  machine: string,
  memory: GpuMemory | undefined,
  gpus: readonly number[],
): void {
  const [first] = gpus;
  if (first === undefined || !memory) return;
  dag.addNode(`machine ${pool.name}/gpu${first}`, {
    ...NOTHING_RUNS,
    label: gpuLabel({ gpus }),
    kind: 'gpu',
    gpus,
    copies: gpus.length,
    pool: pool.name,
    stage: memory.gpuClass.stage.name,
    operation: 'gpu',
    held: { memory, machine, type: gpuOf(cluster, first).name },
  });
}

function linksNode(pool: Pool, links: PoolLinks): DagNode {
  return {
    ...NOTHING_RUNS,
    label: `${links.label}: ${links.amount}`,
    kind: 'network',
    gpus: pool.gpus.toSorted((a, b) => a - b),
    pool: pool.name,
    operation: 'links',
    links,
  };
}

/** A part of a machine is no operation. */
const NOTHING_RUNS = {
  copies: 1,
  layers: [],
  block: '',
  experts: [],
  input: [],
  output: [],
  flop: 0,
  bytes: 0,
  seconds: 0,
  exposedSeconds: 0,
  formula: 'group',
  critical: false,
} as const;
