import { expertsOf } from '../../cost/parameters/parameters.ts';
import { type Degree, isWorkingDegree, largerDegrees } from '../../cost/rules/largerDegrees.ts';
import { dispatchBufferBytes } from '../../engines/deepep/kernels.ts';
import type { Remedy } from '../../engines/start.ts';
import type { Entity } from '../../language/entity.ts';
import { type Cluster, gpuOf } from '../../plan/cluster.ts';
import type { Pool } from '../../plan/deployment.ts';
import { divisors } from '../../plan/divisors.ts';
import { BYTES_PER_ELEMENT, type NumberType, type StatedTypes } from '../../plan/model.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { EngineSpec, ParallelSpec, PlanSpec, PoolSpec } from '../../plan/spec.ts';
import { childOf, childrenOf, targetOf } from '../../plan/values.ts';

/** Plans with more GPUs are not tried, because each trial makes a new layout. */
export const MOST_GPUS = 1_024;
const TIMES_NODES = [2, 3, 4, 8];

/** In the order of the trials: those that move least come first. */
const DEGREES: readonly Degree[] = ['ep', 'tp', 'etp', 'pp'];

/** One way to make room, in the form for a trial and in the form for the text. */
export interface Way {
  readonly degrees?: Readonly<Partial<Record<Degree, number>>>;
  readonly types?: StatedTypes;
  /** Smaller parts of a batch, or less of them kept. */
  readonly steps?: Pick<ParallelSpec, 'microBatches'> & Partial<Pick<ParallelSpec, 'recompute'>>;
  readonly engine?: Pick<
    EngineSpec,
    'stepTokens' | 'chunkTokens' | 'maxRequests' | 'maxContext' | 'memoryFraction' | 'dispatchTokens'
  >;
  /** Factor on the number of nodes. */
  readonly nodes?: number;
}

/**
 * Each degree with the values that divide what it splits, the smallest first, then two degrees together. Everything else
 * that is written stays.
 */
export function sameGpus(cluster: Cluster, pool: Pool): readonly Way[] {
  // Derived degrees make room for written ones, so values beyond the copies of a part are tried as well.
  const larger = (degree: Degree) =>
    divisors(pool.gpus.length).filter(
      (value) => value > pool.parallel[degree] && isWorkingDegree(cluster, pool, degree, value),
    );
  const [tp, ep] = [larger('tp').at(-1), larger('ep').at(-1)];
  return [
    ...DEGREES.flatMap((degree) => larger(degree).map((value): Way => ({ degrees: { [degree]: value } }))),
    ...(tp !== undefined && ep !== undefined ? [{ degrees: { tp, ep } }] : []),
  ];
}

/** More nodes alone, or with one degree that grows with them. Copies of the model would not need less memory each. */
export function moreNodes(pool: Pool, { spec, entity }: ResolvedDeployment): readonly Way[] {
  const isOpen = spec?.gpus === undefined && spec?.cluster.groups.length === 1;
  const cluster = targetOf(entity, 'cluster');
  // Groups say their own numbers of nodes: beside them `count` has no effect.
  if (cluster && childrenOf(cluster, 'group').length > 0) return [];
  if (!isOpen || spec.pools.some((poolSpec) => poolSpec.gpus || poolSpec.stages.some(({ gpus }) => gpus))) return [];
  const tp = largerDegrees(spec.cluster, pool, 'tp').at(-1);
  return TIMES_NODES.filter((nodes) => pool.gpus.length * nodes <= MOST_GPUS).flatMap((nodes): readonly Way[] => {
    const gpuCount = pool.gpus.length * nodes;
    return [
      { nodes },
      ...DEGREES.flatMap((degree): readonly Way[] => {
        const size = pool.parallel[degree] * nodes;
        return isWorkingDegree(spec.cluster, pool, degree, size) ? [{ nodes, degrees: { [degree]: size } }] : [];
      }),
      ...(tp !== undefined && isWorkingDegree(spec.cluster, pool, 'ep', gpuCount)
        ? [{ nodes, degrees: { tp, ep: gpuCount } }]
        : []),
    ];
  });
}

/** Types in which the GPUs compute, the widest first. This does not apply to training. */
export function narrower(pool: Pool, { spec, draft, entity }: ResolvedDeployment, holder: Entity): readonly Way[] {
  if (!spec || !draft || draft.workload.kind === 'training') return [];
  // A types block of the pool's own would replace everything that the deployment states about types.
  if (holder !== entity && !childOf(holder, 'types') && childOf(entity, 'types')) return [];
  const gpus = draft.cluster.groups.map(({ node }) => node.gpu);
  const types: readonly NumberType[] = [
    ...(gpus.every(({ peak }) => peak.fp8 !== undefined) ? (['fp8'] as const) : []),
    ...(gpus.every(({ peak }) => peak.fp4 !== undefined) ? (['nvfp4'] as const) : []),
    'int4',
  ];
  const isNarrower = (type: NumberType, than: NumberType) => BYTES_PER_ELEMENT[type] < 0.9 * BYTES_PER_ELEMENT[than];
  const kv: readonly Way[] = isNarrower('fp8', pool.model.types.kv) ? [{ types: { kv: 'fp8' } }] : [];
  const experts = expertsOf(pool.model);
  return [
    ...kv,
    ...types.flatMap((type): readonly Way[] => [
      ...(isNarrower(type, pool.model.types.weights) ? [{ types: { weights: type } }] : []),
      ...(experts && isNarrower(type, pool.model.types.experts) ? [{ types: { experts: type } }] : []),
    ]),
  ];
}

/** Smallest step that is worth having. */
const LEAST_STEP = 512;

/**
 * Smaller steps of the engine, the largest first. A step has room for each request that decodes, and an engine profiles as many
 * requests as it may run, so these are cut down first to what the workload has.
 */
export function lighter(
  { engine, parallel, replicas }: Pool,
  index: number,
  { draft, spec }: ResolvedDeployment,
): readonly Way[] {
  const { workload } = draft ?? {};
  if (workload?.kind === 'batch')
    return smallerParts(parallel.microBatches, workload.sequences / (parallel.dp * replicas));
  if (workload?.kind === 'training') return parallel.recompute.length > 0 ? [] : REPEATED;
  if (workload?.kind !== 'serving') return [];
  const { stepTokens, chunkTokens, maxRequests } = engine;
  const needed = Math.ceil((workload.concurrency ?? 1) / (parallel.dp * replicas));
  const requests = 2 ** Math.ceil(Math.log2(needed));
  const fewer = workload.concurrency !== undefined && maxRequests !== undefined && requests < maxRequests;
  const ways: Way[] = fewer ? [{ engine: { maxRequests: requests } }] : [];
  for (let tokens = stepTokens / 2; tokens >= Math.max(LEAST_STEP, needed); tokens /= 2)
    ways.push({ engine: { stepTokens: tokens } });
  // A chunk is counted as the plan counts it, which may be over several ranks.
  const chunk = spec?.pools[index]?.engine.chunkTokens ?? (parallel.dp === 1 ? chunkTokens : undefined);
  for (let tokens = (chunk ?? 0) / 2; tokens >= LEAST_STEP; tokens /= 2) ways.push({ engine: { chunkTokens: tokens } });
  return ways;
}

/** What an engine that refuses to start says of itself. */
export function remedyWay({ property, value }: Remedy): Way {
  switch (property) {
    case 'tp':
      return { degrees: { tp: value } };
    case 'max-context':
      return { engine: { maxContext: value } };
    case 'max-requests':
      return { engine: { maxRequests: value } };
    case 'memory-fraction':
      return { engine: { memoryFraction: value } };
  }
}

/** Tokens of a dispatch are changed in steps of so many. */
const DISPATCH_STEP = 64;

/** What leaves room for the buffers of a low-latency dispatch: a smaller share of the memory, or fewer tokens. */
export function roomForBuffers(pool: Pool, { draft }: ResolvedDeployment): readonly Way[] {
  const { engine, parallel, replicas, gpus } = pool;
  if (draft?.workload.kind !== 'serving') return [];
  const smallest = Math.min(...gpus.map((gpu) => gpuOf(draft.cluster, gpu).memoryBytes));
  const buffers = dispatchBufferBytes(pool);
  const share = Math.floor(100 * (1 - buffers / smallest)) / 100;
  const fitting = ((1 - engine.memoryFraction) * smallest * engine.dispatchTokens) / buffers;
  const tokens = Math.floor(fitting / DISPATCH_STEP) * DISPATCH_STEP;
  // Each request of a rank decodes in a step.
  const needed = Math.ceil((draft.workload.concurrency ?? 1) / (parallel.dp * replicas));
  return [
    ...(share > 0 ? [{ engine: { memoryFraction: share } }] : []),
    ...(tokens >= Math.max(1, needed) ? [{ engine: { dispatchTokens: tokens } }] : []),
  ];
}

/** Layers of which less is kept for the backward pass, the cheapest first. */
const REPEATED: readonly Way[] = [{ steps: { recompute: ['selective'] } }, { steps: { recompute: ['full'] } }];

/** Micro-batches of a batch of `sequences` on a rank, twice as many each time. */
function smallerParts(now: number, sequences: number): readonly Way[] {
  const ways: Way[] = [];
  for (let microBatches = 2 * now; microBatches <= sequences; microBatches *= 2) ways.push({ steps: { microBatches } });
  return ways;
}

/** The plan in which the pools change as a way says: types and engine of the first, degrees of all that share them. */
export function changed(
  spec: PlanSpec,
  { degrees, types, engine, steps, nodes = 1 }: Way,
  pools: readonly number[],
  first: number,
): PlanSpec {
  const { cluster } = spec;
  const change = (pool: PoolSpec, index: number): PoolSpec => ({
    ...pool,
    ...(pools.includes(index) && { parallel: { ...pool.parallel, ...degrees, ...steps } }),
    ...(index === first && types && { types: { ...pool.types, ...types } }),
    ...(index === first && engine && { engine: { ...pool.engine, ...engine } }),
  });
  return {
    ...spec,
    ...(nodes > 1 && { cluster: timesNodes(cluster, nodes) }),
    pools: spec.pools.map(change),
  };
}

function timesNodes(cluster: Cluster, nodes: number): Cluster {
  return {
    ...cluster,
    groups: cluster.groups.map((group) => ({ ...group, count: group.count * nodes })),
    gpuCount: cluster.gpuCount * nodes,
    nodeCount: cluster.nodeCount * nodes,
  };
}
