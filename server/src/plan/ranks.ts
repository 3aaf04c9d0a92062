import type { Pool, Stage } from './deployment.ts';

/**
 * Where one GPU of a stage stands in the two foldings of the same GPUs: attention `tp x cp x dp` and experts
 * `etp x ep x edp`, the first factor fastest (Megatron-Core "parallel folding", arXiv:2504.14960).
 */
export interface Rank {
  readonly gpu: number;
  readonly tp: number;
  readonly cp: number;
  readonly dp: number;
  readonly etp: number;
  readonly ep: number;
  readonly edp: number;
}

export type GroupKind = 'tp' | 'cp' | 'dp' | 'etp' | 'ep' | 'edp';

export function rankOf(pool: Pool, stage: Stage, position: number): Rank {
  const { tp, cp, etp, ep } = pool.parallel;
  const gpu = stage.gpus[position];
  if (gpu === undefined) throw new RangeError(`stage ${stage.name} has no rank ${position}`);
  return {
    gpu,
    tp: position % tp,
    cp: Math.floor(position / tp) % cp,
    dp: Math.floor(position / (tp * cp)),
    etp: position % etp,
    ep: Math.floor(position / etp) % ep,
    edp: Math.floor(position / (etp * ep)),
  };
}

/** The groups of a stage along one kind of parallelism: a partition of its GPUs, each group in rank order. */
export function groupsOf(pool: Pool, stage: Stage, kind: GroupKind): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  stage.gpus.forEach((gpu, position) => {
    const rank = rankOf(pool, stage, position);
    const attention = kind === 'tp' || kind === 'cp' || kind === 'dp';
    const key = (attention ? (['tp', 'cp', 'dp'] as const) : (['etp', 'ep', 'edp'] as const))
      .filter((axis) => axis !== kind)
      .map((axis) => rank[axis])
      .join('/');
    const group = groups.get(key);
    if (group) group.push(gpu);
    else groups.set(key, [gpu]);
  });
  return [...groups.values()];
}

/** GPUs of a stage that hold equal shards and do equal work. They cost the same, so they are computed once. */
export interface GpuClass {
  readonly stage: Stage;
  readonly gpus: readonly number[];
  /** The rank of one of them, as an example. */
  readonly rank: Rank;
  /** Routed experts (or parts of experts) held over all layers of the stage. */
  readonly experts: number;
}
