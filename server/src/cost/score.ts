import type { Deployment, Pool } from '../plan/deployment.ts';
import { derive } from '../plan/derive/derive.ts';
import { Layouts } from '../plan/derive/layouts.ts';
import type { PlanSpec } from '../plan/spec.ts';
import { estimate, type Predicted } from './estimate.ts';
import type { PoolMemory } from './evaluation.ts';
import { Passes } from './steps/pass.ts';
import { type PoolSetting, poolSetting } from './steps/stage.ts';

/** The prediction of a plan without the operations behind it. Its numbers equal those of `evaluate` to the last digit. */
export interface Score {
  readonly predicted: Predicted;
  /** Memory of each pool, in the plan's order. */
  readonly memory: readonly PoolMemory[];
  /** Number of GPUs in use. */
  readonly gpus: number;
}

/** A score, or a sentence that says why nothing can be computed of the plan. */
export type Scored = Score | { readonly invalid: string };

/**
 * Scores plans, many of which are alike: what-if, completion and search try one after another. The layout of a plan, the
 * times of its passes and what its parts hold are worked out once for all plans that share them. A score therefore costs
 * only what a change affects, and nothing that grows with GPUs or experts. The results are kept as long as the scorer is.
 * Layers of a model and lists of GPUs, stages and placements are compared by identity, so equal ones should be the same
 * object.
 */
export class Scorer {
  private readonly layouts = new Layouts();
  private readonly settings = new Map<string, PoolSetting>();

  /** Throws a RangeError in the same cases as `evaluate`. */
  score(spec: PlanSpec): Scored {
    const { draft, invalid } = derive(spec, this.layouts);
    if (invalid !== undefined) return { invalid };
    const { predicted, memory } = estimate(draft, this.settingsOf(draft));
    return { predicted, memory, gpus: draft.gpus.length };
  }

  /** What a specification is completed to. Undefined where nothing can be computed of it. */
  deploymentOf(spec: PlanSpec): Deployment | undefined {
    const { draft, invalid } = derive(spec, this.layouts);
    return invalid === undefined ? draft : undefined;
  }

  /** What a specification is completed to where its memory can be computed, though it may lack one half of serving. */
  layoutOf(spec: PlanSpec): Deployment | { readonly invalid: string } {
    const { draft, invalid, isSized } = derive(spec, this.layouts);
    return isSized ? draft : { invalid: invalid ?? 'its memory cannot be computed' };
  }

  /** Why nothing can be computed of a specification, in a sentence. */
  invalidOf(spec: PlanSpec): string | undefined {
    return derive(spec, this.layouts).invalid;
  }

  /** The settings in which the pools of a deployment are timed. */
  settingsOf(deployment: Deployment): readonly PoolSetting[] {
    return deployment.pools.map((pool) => this.settingOf(deployment, pool));
  }

  private settingOf({ cluster, workload }: Deployment, pool: Pool): PoolSetting {
    const { engine, parallel } = pool;
    const key = `${this.layouts.idOf(pool.stages)},${this.layouts.idOf(pool.model)},${workload.kind},${timedBy(pool)}`;
    const cachedSetting = this.settings.get(key);
    if (!cachedSetting) {
      const setting = poolSetting(cluster, pool, new Passes({ isDrawn: false }));
      this.settings.set(key, setting);
      return setting;
    }
    return {
      ...cachedSetting,
      pool,
      stages: cachedSetting.stages.map((stage) => ({ ...stage, pool, engine, parallel })),
    };
  }
}

/**
 * The settings of the engine, and the degrees that leave the layout alone, on which the times of passes and the memory
 * depend.
 */
function timedBy({ engine, parallel }: Pool): string {
  const {
    name,
    version,
    allToAll,
    graphs,
    twoBatchOverlap,
    sharedOverlap,
    speculativeTokens,
    moeBackend,
    scalesLatent,
    dpHead,
    dpDense,
  } = engine;
  const { schedule, sequenceParallel, zero, shards, dcp } = parallel;
  return `${name},${version},${moeBackend},${scalesLatent},${dpHead},${dpDense},${allToAll},${graphs},${twoBatchOverlap},${sharedOverlap},${speculativeTokens},${schedule},${sequenceParallel},${zero},${shards},${dcp}`;
}
