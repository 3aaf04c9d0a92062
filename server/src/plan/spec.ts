import type { Cluster } from './cluster.ts';
import type { Engine, PoolRole, Workload } from './deployment.ts';
import type { Model, StatedTypes } from './model.ts';
import type { Parallel } from './parallel.ts';

/**
 * A plan as stated, as plain and partial data. What is left out is absent, and `derive` completes it. The text, a what-if
 * and a search all produce one, so trying a plan needs nothing of the language.
 */
export interface PlanSpec {
  readonly name: string;
  readonly model: Model;
  readonly cluster: Cluster;
  readonly workload: Workload;
  /** GPUs that the deployment may use. All of the cluster by default. */
  readonly gpus?: readonly number[];
  /** Axes of the ranks, fastest first: `tp`, `cp`, `dp`, `pp`. */
  readonly order?: readonly string[];
  /** At least one pool. */
  readonly pools: readonly PoolSpec[];
  /** Arrows between pools, by their places in `pools`. */
  readonly arrows: readonly Arrow[];
}

export type Arrow = readonly [from: number, to: number];

export interface PoolSpec {
  readonly name: string;
  /** `both`, unless this or the pool's name says otherwise. */
  readonly role?: PoolRole;
  /** By default an even share of the GPUs that no pool names. */
  readonly gpus?: readonly number[];
  readonly replicas?: number;
  readonly parallel: ParallelSpec;
  readonly engine: EngineSpec;
  /** Number types that override the model's. */
  readonly types?: StatedTypes;
  /** Stages in the order in which tokens flow through them. Empty when all stages are alike. */
  readonly stages: readonly StageSpec[];
  /** Arrows between stages, by their places in `stages`. */
  readonly arrows: readonly Arrow[];
  readonly balance: 'none' | 'eplb';
  readonly redundant: number;
  readonly placements: readonly PlacementLine[];
}

export type ParallelSpec = Partial<Omit<Parallel, 'recompute'>> & Pick<Parallel, 'recompute'>;

export type EngineSpec = Partial<Engine>;

export interface StageSpec {
  readonly name: string;
  readonly layers?: readonly number[];
  readonly gpus?: readonly number[];
  readonly placements: readonly PlacementLine[];
}

/** Experts that lie on GPUs, in all layers when none are named. Indexes are in the order written. */
export interface PlacementLine {
  readonly experts: readonly number[];
  readonly gpus: readonly number[];
  readonly layers?: readonly number[];
  /** Set when the deployment says it for several pools. It may then name GPUs of all of them. */
  readonly isCommon?: true;
}
