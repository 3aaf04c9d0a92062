import type { Deployment, Pool } from '../plan/deployment.ts';
import type { EngineSpec, ParallelSpec } from '../plan/spec.ts';

/** A setting of a plan by the block that states it: `parallel.ep`, `engine.chunk`, `pool.balance`, `workload.global-batch`. */
export type SettingName = `${'parallel' | 'engine' | 'pool' | 'types' | 'workload'}.${string}`;

/** Changes with which the engine starts, all of them together. */
export type Remedy = readonly Change[];

/** A value for a setting, or the setting left out. */
export interface Change {
  readonly setting: SettingName;
  /** As a plan writes it: `8`, `64 tokens`, `gather`. Left out when absent. */
  readonly value?: string;
}

/** What is wrong of a pool for its engine. */
export interface Violation {
  /** Settings that contradict each other. The first that is written is marked. */
  readonly at: readonly SettingName[];
  /** Where, why and what to write instead. It names the engine's own flag. */
  readonly message: string;
  /** Where it differs from the rule's: a flag that plans do not say would mend it. */
  readonly severity?: EngineRule['severity'];
  /** Each by itself is enough. The smallest change comes first. */
  readonly remedies?: readonly Remedy[];
}

/** A pool, and what it says itself. */
export interface RuledPool {
  readonly pool: Pool;
  readonly deployment: Deployment;
  readonly said: {
    readonly parallel: ParallelSpec;
    readonly engine: EngineSpec;
    readonly balance: 'none' | 'eplb';
    readonly redundant: number;
  };
}

/**
 * Something that an engine refuses at start, rewrites or ignores. Its file holds the doc comment from which its page is made
 * (with the version of the engine for which it holds and the place in its source), this object and nothing else. Its tests
 * are data under test/fixtures/rules/engine/NAME.moeplan.
 */
export interface EngineRule {
  /** In kebab-case, which is also the name of its page in docs/diagnostics. */
  readonly name: string;
  readonly family: 'engine';
  /** `error` for what the engine refuses, `warning` for what it rewrites, `information` for what it ignores. */
  readonly severity: 'error' | 'warning' | 'information';
  readonly summary: string;
  /** Asked of pools with this engine whose degrees fit their GPUs. */
  readonly check: (ruled: RuledPool) => Violation | undefined;
}
