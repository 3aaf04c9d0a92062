import { engineProfile } from '../../engines/index.ts';
import type { EngineLaunch, PlanValue } from '../../engines/launch.ts';
import { type LaunchWriting, settingsOf } from '../../engines/launchWriting.ts';
import type { SettingName } from '../../engines/rule.ts';
import type { Deployment, Pool } from '../../plan/deployment.ts';
import type { PlanSpec, PoolSpec } from '../../plan/spec.ts';

/** A pool as its engine is started. */
export interface LaunchedPool {
  readonly pool: Pool;
  readonly launch: EngineLaunch;
  readonly title: string;
  readonly writing: LaunchWriting;
  /** Types of the checkpoint that the plan says itself: `weights nvfp4`. Empty where it is the model's own. */
  readonly stored: string;
  /** What the plan does not say and an engine must be told, in a sentence each. */
  readonly derived: readonly string[];
}

/** Longest contexts are multiples of this many tokens. */
const ROUND = 64;

/** How each pool of a plan is started. Undefined for an engine that nobody starts. */
export function launchedPools(deployment: Deployment, spec: PlanSpec): readonly LaunchedPool[] | undefined {
  const pools = deployment.pools.flatMap((pool, index) => {
    const { launch, title } = engineProfile(pool.engine.name);
    const said = spec.pools[index];
    if (!launch || !said) return [];
    const { settings, derived } = completed(deployment, pool, said, launch);
    const stored = ['weights', 'experts', 'attention', 'embedding']
      .flatMap((tensors) => {
        const type = settings.get(`types.${tensors}`);
        return type === undefined ? [] : [`${tensors} ${type}`];
      })
      .join(', ');
    return [{ pool, launch, title, stored, writing: launch.write({ pool, deployment, said, settings }), derived }];
  });
  return pools.length === deployment.pools.length ? pools : undefined;
}

/** What a plan says, with limits of requests and of their length, without which an engine may not start. */
function completed(deployment: Deployment, pool: Pool, said: PoolSpec, launch: EngineLaunch) {
  const settings = settingsOf(said);
  const derived: string[] = [];
  const { workload } = deployment;
  const add = (setting: SettingName, value: PlanValue, why: string) => {
    if (settings.has(setting)) return;
    settings.set(setting, value);
    derived.push(`${setting.slice(setting.indexOf('.') + 1)} = ${value}: ${why}`);
  };
  if (workload.kind === 'serving') {
    // Lengths are means: the longest request has to fit.
    const longest = (workload.input + workload.output) * (1 + (workload.lengthSpread ?? 0));
    add('engine.max-context', Math.ceil(longest / ROUND) * ROUND, 'input and output of the workload');
    const ranks = launch.ofServer.includes('engine.max-requests') ? 1 : pool.parallel.dp;
    if (workload.concurrency !== undefined) {
      const requests = Math.max(1, Math.ceil(workload.concurrency / (ranks * pool.replicas)));
      add('engine.max-requests', requests, `concurrency ${workload.concurrency} over what counts it`);
    }
  } else if (workload.kind === 'training') {
    add('workload.length', workload.length, 'of the workload');
    add('workload.global-batch', workload.globalBatch, 'of the workload');
    add('workload.micro-batch', workload.microBatch, 'of the workload');
  }
  return { settings, derived };
}
