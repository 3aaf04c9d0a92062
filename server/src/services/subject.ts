import type { Evaluation, GpuMemory, Sizes } from '../cost/evaluation.ts';
import type { BlockNode } from '../language/tree.ts';
import type { Deployment, Pool, Stage } from '../plan/deployment.ts';
import type { PoolSource, ResolvedDeployment } from '../plan/resolve/resolved.ts';
import type { Analysis } from './analysis.ts';
import type { Shared } from './variants.ts';

/** The deployment, pool and stage that nested blocks of the text refer to. */
export interface Subject {
  readonly resolved: ResolvedDeployment;
  readonly draft: Deployment;
  readonly evaluation?: Evaluation;
  /** Present even when the prediction lacks a value. */
  readonly sizes?: Sizes;
  /** Pools that the blocks concern: all pools of the deployment, or the one around. */
  readonly pools: readonly { readonly pool: Pool; readonly source: PoolSource; readonly index: number }[];
  readonly stage?: Stage;
}

export function subjectOf(analysis: Analysis, blocks: readonly BlockNode[]): Subject | undefined {
  const [outer] = blocks;
  const resolved = analysis.plan.deployments.find((candidate) => candidate.entity.node === outer);
  const draft = resolved?.draft;
  if (!resolved || !draft) return undefined;
  const poolBlock = blocks.find((block) => block.keyword.text === 'pool');
  const stageBlock = blocks.find((block) => block.keyword.text === 'stage');
  const pools = draft.pools.flatMap((pool, index) => {
    const source = resolved.sources[index];
    return source && (!poolBlock || source.holder.node === poolBlock) ? [{ pool, source, index }] : [];
  });
  const stage =
    stageBlock &&
    pools.flatMap(({ pool, source }) =>
      pool.stages.filter((poolStage) => source.stages[poolStage.index]?.entity?.node === stageBlock),
    )[0];
  const evaluation = analysis.evaluationOf(resolved);
  const sizes = analysis.sizesOf(resolved);
  return {
    resolved,
    draft,
    ...(evaluation && { evaluation }),
    ...(sizes && { sizes }),
    pools,
    ...(stage && { stage }),
  };
}

/** The pools of the deployment whose degrees a `parallel` block states. */
export function sharing({ resolved }: Subject, block: BlockNode): Shared {
  const pools = resolved.sources.flatMap(({ parallel }, index) => (parallel?.node === block ? [index] : []));
  return { resolved, pools };
}

/** Memory of the classes of equal GPUs that a subject concerns. */
export function memoryOf({ sizes, pools, stage }: Subject): readonly GpuMemory[] {
  if (!sizes) return [];
  return pools.flatMap(({ index }) => {
    const classes = sizes.memory[index]?.classes ?? [];
    return stage ? classes.filter(({ gpuClass }) => gpuClass.stage.index === stage.index) : classes;
  });
}
