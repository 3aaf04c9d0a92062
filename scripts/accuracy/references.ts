/** What a metric of a table is held against: the best tool known, with its own figure, and our aim. */
export interface Reference {
  readonly tool: string;
  /** The best tool's figure as its measurement stated it. */
  readonly figure: string;
  /** Aims as fractions of the measured value. */
  readonly mean?: number;
  readonly median?: number;
}

/** By table and metric. Figures of other tools were measured on hardware, on the rows that each says. */
const METRICS: Readonly<Record<string, Reference>> = {
  'serving tpot': {
    tool: 'aiconfigurator',
    figure: 'mean 19.0 %, median 11.8 %, on the 797 of 1,069 rows that it can predict',
    mean: 0.13,
    median: 0.09,
  },
  'serving ttft': {
    tool: 'aiconfigurator',
    figure: 'mean 47.8 %, median 44.3 %, on the same rows',
    median: 0.22,
  },
  'training step': {
    tool: 'SimuMax; Calculon',
    figure: '-13.5 to +0.1 % on 12 mixtures of its own; mean 3.7 %, at most 8.9 %, on 8 dense runs',
    mean: 0.08,
  },
  'memory bytes': { tool: 'SimuMax', figure: 'at most 1.4 % on its own cases', mean: 0.03 },
  'capacity tokens': { tool: 'none', figure: 'none is known', mean: 0.1, median: 0.04 },
  'capacity weights': { tool: 'none', figure: 'none is known', mean: 0.02 },
  'runs tpot': {
    tool: 'AISimulate',
    figure: '28.4 %, on 728 InferenceX points of 2026-08-25, another cohort, by its own account',
    mean: 0.18,
  },
  'runs ttft': { tool: 'AISimulate', figure: '76.7 %, on the same 728 points', median: 0.3 },
  'runs throughput': { tool: 'none', figure: 'none is known', mean: 0.25 },
  'runs step': { tool: 'none', figure: 'none is known', mean: 0.1 },
  'runs memory-per-gpu': { tool: 'none', figure: 'none is known', mean: 0.04 },
  'deployments throughput': { tool: 'InferSim', figure: '3.8 to 15.2 % on 6 points', mean: 0.12 },
};

const ROOFLINE = 'a constant roofline';

/** Families of kernels by how their names begin. */
const FAMILIES: readonly (readonly [RegExp, Reference])[] = [
  [/^grouped/, { tool: ROOFLINE, figure: '43 to 86 %', mean: 0.18 }],
  [/gemm/, { tool: ROOFLINE, figure: '24 to 75 %', mean: 0.12 }],
  [/attention|^mla|^dsa/, { tool: ROOFLINE, figure: '24 to 75 %', mean: 0.15 }],
  [/deepep|expert-parallel|dispatch|combine/, { tool: 'none', figure: 'none is known', mean: 0.05 }],
  [/collective|all-|reduce|gather|p2p|scatter|broadcast/, { tool: 'none', figure: 'none is known', mean: 0.1 }],
];

export function referenceOf(table: string, metric: string): Reference | undefined {
  const named = `${table} ${metric}`;
  return Object.hasOwn(METRICS, named) ? METRICS[named] : undefined;
}

export function referenceOfKernel(family: string): Reference | undefined {
  return FAMILIES.find(([pattern]) => pattern.test(family))?.[1];
}
