/** What a plan says of parallelism, and the names that the language has for it. */

export const SCHEDULES = ['1f1b', 'interleaved', 'zero-bubble', 'dualpipe'] as const;

export type Schedule = (typeof SCHEDULES)[number];

export const RECOMPUTE = [
  'selective',
  'full',
  'attention',
  'norm',
  'mla-up',
  'experts',
  'shared-experts',
  'dense',
  'activation',
] as const;

export type Recompute = (typeof RECOMPUTE)[number];

export const OFFLOAD = ['optimizer', 'activations'] as const;

/** What training keeps in the memory of the host. */
export type Offload = (typeof OFFLOAD)[number];

export interface Parallel {
  readonly tp: number;
  readonly cp: number;
  readonly dp: number;
  readonly etp: number;
  readonly ep: number;
  readonly edp: number;
  readonly pp: number;
  readonly vpp: number;
  readonly schedule: Schedule;
  readonly microBatches: number;
  readonly sequenceParallel: boolean;
  readonly zero: 0 | 1 | 2 | 3;
  readonly recompute: readonly Recompute[];
  readonly offload?: readonly Offload[];
  /** Layers of each chunk of each stage, as Megatron-Core writes them: see `pipelineLayout.ts`. */
  readonly layout?: string;
  /** Layers of the first and of the last stage. The stages between share the rest evenly. */
  readonly firstStageLayers?: number;
  readonly lastStageLayers?: number;
  /** Layers of each chunk that `recompute = full` computes again; the rest keep their activations. All of them unless said. */
  readonly recomputeLayers?: number;
  /** GPUs of the dp x cp group over which ZeRO shards; the rest hold copies, of experts as many. All of them unless said. */
  readonly shards?: number;
  /**
   * Decode context parallel: so many ranks of the tp group share the tokens of the cache that each would hold a copy of. 1
   * unless said.
   */
  readonly dcp?: number;
  /** Training: the tp group's collectives run beside the matrix products that they feed (asynchronous tensor parallelism). */
  readonly tpOverlap?: boolean;
  /** Training: gradients are reduced beside the backward pass, weights gathered beside the forward. True unless said. */
  readonly dpOverlap?: boolean;
}

export type ParallelDegree = 'tp' | 'cp' | 'dp' | 'etp' | 'ep' | 'edp' | 'pp' | 'vpp' | 'micro-batches';

/** Why a degree has its value when the text does not say it: shown in hovers. */
export type Derivations = Partial<Readonly<Record<ParallelDegree, string>>>;

/** Numbers of a `parallel` block by the names that the plan has for them. */
export const NUMBERS = {
  tp: 'tp',
  cp: 'cp',
  dp: 'dp',
  etp: 'etp',
  ep: 'ep',
  edp: 'edp',
  pp: 'pp',
  vpp: 'vpp',
  'micro-batches': 'microBatches',
  shards: 'shards',
  dcp: 'dcp',
} as const satisfies Readonly<Record<string, keyof Parallel>>;

/** Numbers of layers, which are no degrees. */
export const LAYER_COUNTS = {
  'first-stage-layers': 'firstStageLayers',
  'last-stage-layers': 'lastStageLayers',
  'recompute-layers': 'recomputeLayers',
} as const satisfies Readonly<Record<string, keyof Parallel>>;

export type DegreeName = keyof typeof NUMBERS;

export function isDegree(name: string): name is DegreeName {
  return Object.hasOwn(NUMBERS, name);
}

/** The field that a number of a `parallel` block is. */
export function degreeField(name: DegreeName): (typeof NUMBERS)[DegreeName] {
  return NUMBERS[name];
}

/** ... and what is true or false of it. */
export const FLAGS = {
  'sequence-parallel': 'sequenceParallel',
  'tp-overlap': 'tpOverlap',
  'dp-overlap': 'dpOverlap',
} as const satisfies Readonly<Record<string, keyof Parallel>>;
