import { engineProfile } from '../engines/index.ts';
import { DEFAULT_ENGINE, ENGINE_NAMES } from '../language/vocabulary/engine.ts';
import type { Cluster } from '../plan/cluster.ts';
import { ALL_TO_ALL, type Workload } from '../plan/deployment.ts';
import { isNumberType, type NumberType } from '../plan/model.ts';
import { RECOMPUTE, SCHEDULES } from '../plan/parallel.ts';
import type { PoolSpec } from '../plan/spec.ts';
import type { Scalar, SettingName } from './space.ts';

/** What decides the values that a setting may have. */
export interface SettingPlace {
  readonly cluster: Cluster;
  readonly workload: Workload;
  readonly pool: PoolSpec;
}

/** A setting of a pool that is no degree. */
export interface SettingAxis {
  /** The block of the language that states it, in a deployment or pool; none where these state it themselves. */
  readonly block?: 'engine' | 'types' | 'parallel';
  /** The property there. */
  readonly property: string;
  /** Everything worth trying. */
  readonly all: (place: SettingPlace) => readonly Scalar[];
  readonly apply: (pool: PoolSpec, value: Scalar) => PoolSpec;
}

const CHUNKS = [1_024, 2_048, 4_096, 8_192, 16_384, 32_768];

export const SETTINGS: Readonly<Record<SettingName, SettingAxis>> = {
  engine: {
    block: 'engine',
    property: 'name',
    all: ({ workload }) => {
      const task = workload.kind === 'training' ? 'training' : 'serving';
      return ENGINE_NAMES.filter((name) => name !== DEFAULT_ENGINE && engineProfile(name).tasks.includes(task));
    },
    apply: (pool, value) => {
      const name = ENGINE_NAMES.find((engine) => engine === value);
      if (name === undefined || name === pool.engine.name) return pool;
      // A release is one of the engine that is written.
      const { version: _, ...engine } = pool.engine;
      return { ...pool, engine: { ...engine, name } };
    },
  },
  kv: typeAxis('kv', ['bf16', 'fp8']),
  weights: typeAxis('weights', ['bf16', 'fp8', 'nvfp4']),
  experts: typeAxis('experts', ['bf16', 'fp8', 'nvfp4']),
  'all-to-all': {
    block: 'engine',
    property: 'all-to-all',
    all: () => ALL_TO_ALL,
    apply: (pool, value) => {
      const allToAll = ALL_TO_ALL.find((name) => name === value);
      return allToAll ? { ...pool, engine: { ...pool.engine, allToAll } } : pool;
    },
  },
  'two-batch-overlap': {
    block: 'engine',
    property: 'two-batch-overlap',
    all: () => [false, true],
    apply: (pool, value) => ({ ...pool, engine: { ...pool.engine, twoBatchOverlap: value === true } }),
  },
  chunk: {
    block: 'engine',
    property: 'chunk',
    all: ({ workload }) => (workload.kind === 'serving' ? CHUNKS : []),
    apply: (pool, value) =>
      typeof value === 'number' ? { ...pool, engine: { ...pool.engine, chunkTokens: value } } : pool,
  },
  'redundant-experts': {
    property: 'redundant-experts',
    all: () => [0, 16, 32],
    apply: (pool, value) => (typeof value === 'number' ? { ...pool, redundant: value } : pool),
  },
  'speculative-tokens': {
    block: 'engine',
    property: 'speculative-tokens',
    all: () => [0, 1, 2, 3],
    apply: (pool, value) =>
      typeof value === 'number' ? { ...pool, engine: { ...pool.engine, speculativeTokens: value } } : pool,
  },
  schedule: {
    block: 'parallel',
    property: 'schedule',
    all: ({ pool }) => engineProfile(pool.engine.name ?? DEFAULT_ENGINE).training.schedules,
    apply: (pool, value) => {
      const schedule = SCHEDULES.find((name) => name === value);
      return schedule ? { ...pool, parallel: { ...pool.parallel, schedule } } : pool;
    },
  },
  recompute: {
    block: 'parallel',
    property: 'recompute',
    all: () => ['none', 'selective', 'full'],
    apply: (pool, value) => ({
      ...pool,
      parallel: { ...pool.parallel, recompute: RECOMPUTE.filter((name) => name === value) },
    }),
  },
  zero: {
    block: 'parallel',
    property: 'zero',
    all: () => [0, 1, 2, 3],
    apply: (pool, value) => {
      const zero = ([0, 1, 2, 3] as const).find((stage) => stage === value);
      return zero === undefined ? pool : { ...pool, parallel: { ...pool.parallel, zero } };
    },
  },
};

/** A number type of a tensor. Of all types those are tried in which the GPUs compute. */
function typeAxis(tensor: 'kv' | 'weights' | 'experts', types: readonly NumberType[]): SettingAxis {
  const peak: Partial<Record<NumberType, 'fp8' | 'fp4'>> = { fp8: 'fp8', nvfp4: 'fp4' };
  return {
    block: 'types',
    property: tensor,
    all: ({ cluster }) =>
      types.filter((type) => {
        const arithmetic = peak[type];
        return arithmetic === undefined || cluster.groups.every(({ node }) => node.gpu.peak[arithmetic] !== undefined);
      }),
    apply: (pool, value) => {
      return isNumberType(value) ? { ...pool, types: { ...pool.types, [tensor]: value } } : pool;
    },
  };
}
