import type { Cluster } from './cluster.ts';
import type { Engine, PoolRole, Workload } from './deployment.ts';
import type { Model, TensorTypes } from './model.ts';
import type { Parallel } from './parallel.ts';

/**
 * A plan as it is said, as plain and partial data: what is left out is absent, and `derive` completes it. Text, a what-if and
 * a search all make one of these, so that nothing of the language is needed to try a plan.
 */
export interface PlanSpec {
  readonly name: string;
  readonly model: Model;
  readonly cluster: Cluster;
  readonly workload: Workload;
  /** GPUs that the deployment may use; all of the cluster where nothing is said. */
  readonly gpus?: readonly number[];
  /** Axes of the ranks, fastest first: `tp`, `cp`, `dp`, `pp`. */
  readonly order?: readonly string[];
  /** At least one. */
  readonly pools: readonly PoolSpec[];
  /** Between pools, by their places in `pools`. */
  readonly arrows: readonly Arrow[];
}

export type Arrow = readonly [from: number, to: number];

export interface PoolSpec {
  readonly name: string;
  /** `both` where neither it nor the name says more. */
  readonly role?: PoolRole;
  /** An even share of what no other pool names where nothing is said. */
  readonly gpus?: readonly number[];
  readonly replicas?: number;
  readonly parallel: ParallelSpec;
  readonly engine: EngineSpec;
  /** Over the model's. */
  readonly types?: Partial<TensorTypes>;
  /** In the order in which tokens flow through them; all alike where none is said. */
  readonly stages: readonly StageSpec[];
  /** Between stages, by their places in `stages`. */
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

/** Experts that lie on GPUs: all layers are meant where none are named. Indexes in the order written. */
export interface PlacementLine {
  readonly experts: readonly number[];
  readonly gpus: readonly number[];
  readonly layers?: readonly number[];
}
