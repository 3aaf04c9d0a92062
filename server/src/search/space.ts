import type { Cluster } from '../plan/cluster.ts';
import type { PlanSpec } from '../plan/spec.ts';
import type { MetricName } from './metrics.ts';

/** Degrees that lay a pool over its GPUs. */
export const DEGREE_AXES = ['replicas', 'pp', 'vpp', 'tp', 'cp', 'dp', 'etp', 'ep', 'edp'] as const;
export type DegreeAxis = (typeof DEGREE_AXES)[number];

/** Settings of a pool that leave its layout alone. */
export const SETTING_AXES = [
  'engine',
  'kv',
  'weights',
  'experts',
  'all-to-all',
  'two-batch-overlap',
  'chunk',
  'redundant-experts',
  'speculative-tokens',
  'schedule',
  'recompute',
  'zero',
] as const;
export type SettingName = (typeof SETTING_AXES)[number];

/** Values to try of one setting: the named ones, or all that the engine, the machines and the model allow. */
export type Tried<Value> = 'all' | readonly Value[];

export type Scalar = number | string | boolean;

/** What of one pool's degrees and settings is tried. What is absent stays as the base has it. */
export type PoolAxes = Readonly<
  Partial<Record<DegreeAxis | 'gpus', Tried<number>>> & Partial<Record<SettingName, Tried<Scalar>>>
>;

/** What of a whole plan is tried. */
export interface PlanAxes {
  /** Clusters with other machines, by the name of their node; the base's cluster when absent. */
  readonly clusters?: readonly NamedCluster[];
  readonly concurrency?: Tried<number>;
  /** Sequences of a micro-batch (training). */
  readonly 'micro-batch'?: Tried<number>;
}

export interface NamedCluster {
  readonly node: string;
  readonly cluster: Cluster;
}

export type AxisName = DegreeAxis | SettingName | 'gpus' | 'layout' | 'concurrency' | 'micro-batch' | 'node';

/** What a found plan must keep, in base units. */
export interface Bound {
  readonly metric: MetricName;
  readonly operator: '<=' | '>=';
  readonly value: number;
}

/** By what plans are ranked: by what holds at the lower edge of the band of the comparison with the base, or by the prediction. */
export type RankedBy = 'lower-edge' | 'middle';

/** What is sought, as plain data. */
export interface SearchSpace {
  readonly base: PlanSpec;
  readonly plan: PlanAxes;
  /** Of each pool of the base, in its order. */
  readonly pools: readonly PoolAxes[];
  /** The first ranks; with the second it makes the front. */
  readonly objective: MetricName;
  readonly against: MetricName;
  readonly bounds: readonly Bound[];
  /** Parts of machines that a pool may not share with another: none, whole nodes, or whole scale-up domains. */
  readonly whole?: 'node' | 'domain';
}

/** One tried value of one setting: `decode.tp = 8`. Without a pool it is the whole plan's. */
export interface Chosen {
  readonly axis: AxisName;
  readonly pool?: number;
  readonly value: Scalar;
}

/** A plan of the space by what is chosen in it. */
export interface Candidate {
  readonly chosen: readonly Chosen[];
  readonly spec: PlanSpec;
}
