import type { Deployment, Pool } from '../plan/deployment.ts';
import { derive } from '../plan/derive/derive.ts';
import { Layouts } from '../plan/derive/layouts.ts';
import type { PlanSpec } from '../plan/spec.ts';
import { estimate, type Predicted } from './estimate.ts';
import type { PoolMemory } from './evaluation.ts';
import { Passes } from './steps/pass.ts';
import { type PoolSetting, poolSetting } from './steps/stage.ts';

/** What is predicted of a plan, without the operations behind it: the numbers of `evaluate`, to the last digit. */
export interface Score {
  readonly predicted: Predicted;
  /** By pool, in the plan's order. */
  readonly memory: readonly PoolMemory[];
}

/** ... or why nothing can be computed of it, in a sentence. */
export type Scored = Score | { readonly invalid: string };

/**
 * Scores plans, many of which are alike: what-if, completion and search try one after another. Where the parts of a plan lie,
 * what passes through them take and what they hold is worked out once for all plans that share it, so that a score costs
 * what a change touches, and nothing that grows with GPUs or experts. Keeps what it worked out as long as it is kept itself.
 * Layers of a model and lists of GPUs, stages and placements are compared by identity: equal ones are best the same object.
 */
export class Scorer {
  private readonly layouts = new Layouts();
  private readonly settings = new Map<string, PoolSetting>();

  /** Throws a RangeError where `evaluate` does. */
  score(spec: PlanSpec): Scored {
    const { draft, invalid } = derive(spec, this.layouts);
    if (invalid !== undefined) return { invalid };
    const { predicted, memory } = estimate(
      draft,
      draft.pools.map((pool) => this.settingOf(draft, pool)),
    );
    return { predicted, memory };
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

/** All that the passes through a pool, and what its GPUs hold, take from its engine and from degrees that leave its layout alone. */
function timedBy({ engine, parallel }: Pool): string {
  const { name, allToAll, graphs, twoBatchOverlap, sharedOverlap, speculativeTokens } = engine;
  const { schedule, sequenceParallel, zero, shards } = parallel;
  return `${name},${allToAll},${graphs},${twoBatchOverlap},${sharedOverlap},${speculativeTokens},${schedule},${sequenceParallel},${zero},${shards}`;
}
