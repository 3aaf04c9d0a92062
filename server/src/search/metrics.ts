import type { PoolMemory } from '../cost/evaluation.ts';
import type { FigureUnit } from '../cost/figures/figure.ts';
import type { QuantityName } from '../cost/figures/quantities.ts';
import type { Score } from '../cost/score.ts';
import type { Cluster } from '../plan/cluster.ts';
import type { Workload } from '../plan/deployment.ts';

/** What plans are compared by. Names that claims have too mean the same. */
export const METRIC_NAMES = [
  'throughput',
  'throughput-per-gpu',
  'tokens-per-user',
  'tokens-per-price',
  'ttft',
  'tpot',
  'latency',
  'step',
  'utilisation',
  'gpus-used',
  'memory-per-gpu',
  'memory-margin',
  'price-per-hour',
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/** A scored plan with what its metrics are made of. */
export interface Scored {
  readonly score: Score;
  readonly cluster: Cluster;
  readonly workload: Workload;
}

export interface Metric {
  readonly quantity: QuantityName;
  readonly unit: FigureUnit;
  readonly better: 'more' | 'less';
  /** Whether it is predicted and so has a band; else it is counted. */
  readonly isPredicted: boolean;
  /**
   * How it changes as more requests are in flight and all else stays. The wait for the first token may do either: more prompts
   * share a step.
   */
  readonly withRequests: 'rises' | 'falls' | 'stays' | 'either';
  /** Whether so many equal instances have so many times of it. */
  readonly isSum: boolean;
  /** In base units. Undefined where the plan has none. */
  readonly of: (scored: Scored) => number | undefined;
}

export const METRICS: Readonly<Record<MetricName, Metric>> = {
  throughput: {
    quantity: 'throughput',
    unit: 'tokens/s',
    better: 'more',
    isPredicted: true,
    withRequests: 'rises',
    isSum: true,
    of: ({ score }) => score.predicted.throughputTokensPerSecond,
  },
  'throughput-per-gpu': {
    quantity: 'throughputPerGpu',
    unit: 'tokens/s',
    better: 'more',
    isPredicted: true,
    withRequests: 'rises',
    isSum: false,
    of: ({ score }) => score.predicted.throughputTokensPerSecond / score.gpus,
  },
  'tokens-per-user': {
    quantity: 'tokensPerUser',
    unit: 'tokens/s',
    better: 'more',
    isPredicted: true,
    withRequests: 'falls',
    isSum: false,
    of: ({ score: { predicted } }) => (predicted.tpotSeconds ? 1 / predicted.tpotSeconds : undefined),
  },
  'tokens-per-price': {
    quantity: 'tokensPerPrice',
    unit: 'tokens',
    better: 'more',
    isPredicted: true,
    withRequests: 'rises',
    isSum: false,
    of: (scored) => {
      const perHour = priceOf(scored);
      return perHour ? (scored.score.predicted.throughputTokensPerSecond * 3600) / perHour : undefined;
    },
  },
  ttft: {
    quantity: 'ttft',
    unit: 'seconds',
    better: 'less',
    isPredicted: true,
    withRequests: 'either',
    isSum: false,
    of: ({ score }) => score.predicted.ttftSeconds,
  },
  tpot: {
    quantity: 'tpot',
    unit: 'seconds',
    better: 'less',
    isPredicted: true,
    withRequests: 'rises',
    isSum: false,
    of: ({ score }) => score.predicted.tpotSeconds,
  },
  latency: {
    quantity: 'latency',
    unit: 'seconds',
    better: 'less',
    isPredicted: true,
    withRequests: 'rises',
    isSum: false,
    of: ({ score }) => score.predicted.latencySeconds,
  },
  step: {
    quantity: 'step',
    unit: 'seconds',
    better: 'less',
    isPredicted: true,
    withRequests: 'rises',
    isSum: false,
    of: ({ score }) => score.predicted.stepSeconds,
  },
  utilisation: {
    quantity: 'utilisation',
    unit: 'fraction',
    better: 'more',
    isPredicted: true,
    withRequests: 'rises',
    isSum: false,
    of: ({ score }) => score.predicted.utilisation,
  },
  'gpus-used': {
    quantity: 'gpus',
    unit: 'count',
    better: 'less',
    isPredicted: false,
    withRequests: 'stays',
    isSum: true,
    of: ({ score }) => score.gpus,
  },
  'memory-per-gpu': {
    quantity: 'fullestGpu',
    unit: 'bytes',
    better: 'less',
    isPredicted: false,
    withRequests: 'rises',
    isSum: false,
    of: ({ score }) => fullest(score.memory)?.totalBytes,
  },
  'memory-margin': {
    quantity: 'memoryMargin',
    unit: 'fraction',
    better: 'more',
    isPredicted: false,
    withRequests: 'falls',
    isSum: false,
    of: ({ score }) => {
      const memory = fullest(score.memory);
      return memory && memory.freeBytes / memory.capacityBytes;
    },
  },
  'price-per-hour': {
    quantity: 'pricePerHour',
    unit: 'price/h',
    better: 'less',
    isPredicted: false,
    withRequests: 'stays',
    isSum: true,
    of: priceOf,
  },
};

function priceOf({ score, cluster }: Scored): number | undefined {
  return cluster.pricePerGpuHour === undefined ? undefined : cluster.pricePerGpuHour * score.gpus;
}

/** The GPU with the least free memory. */
function fullest(memory: readonly PoolMemory[]) {
  let least: PoolMemory['classes'][number] | undefined;
  for (const { classes } of memory)
    for (const gpu of classes) if (!least || gpu.freeBytes < least.freeBytes) least = gpu;
  return least;
}

/** A metric as a number of which more is always better. */
export function merit(name: MetricName, value: number): number {
  return METRICS[name].better === 'more' ? value : -value;
}

/** All metrics that a plan has. */
export function metricsOf(scored: Scored): Readonly<Partial<Record<MetricName, number>>> {
  const values: Partial<Record<MetricName, number>> = {};
  for (const name of METRIC_NAMES) {
    const value = METRICS[name].of(scored);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
