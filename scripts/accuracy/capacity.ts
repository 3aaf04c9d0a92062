import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { weightBytesOf } from '../../server/src/cost/figures/memory.ts';
import { capacityPlan } from './capacityPlans.ts';
import { type CsvRow, number, text } from './csv.ts';
import { NotCovered, Planner } from './plans.ts';
import { type ScoredRow, scoreRows } from './rows.ts';

const GIB = 2 ** 30;

/** What a start-up log says and what is predicted of it: each a row of the score. */
const CAPACITY_METRICS = ['tokens', 'bytes', 'weights'] as const;

type CapacityMetric = (typeof CAPACITY_METRICS)[number];

/** Whether an engine started, as logged and as predicted. */
export interface Outcome {
  readonly id: string;
  readonly engine: string;
  readonly ran: boolean;
  readonly accepted: boolean;
}

/** How many engines started or did not, and of how many that was predicted. */
export interface OutcomeCounts {
  readonly ranAccepted: number;
  readonly ranRefused: number;
  readonly failedTold: number;
  readonly failedSilent: number;
}

export function outcomeCounts(outcomes: readonly Outcome[]): OutcomeCounts {
  const count = (ran: boolean, accepted: boolean) =>
    outcomes.filter((outcome) => outcome.ran === ran && outcome.accepted === accepted).length;
  return {
    ranAccepted: count(true, true),
    ranRefused: count(true, false),
    failedTold: count(false, false),
    failedSilent: count(false, true),
  };
}

export interface ScoredCapacity {
  readonly rows: readonly ScoredRow[];
  readonly outcomes: readonly Outcome[];
}

/** Every start-up log of the folder beside its prediction; nothing when the folder has none. A and B rows are the headline. */
export function scoreCapacity(folder: string): ScoredCapacity | undefined {
  const planner = new Planner(folder);
  const outcomes: Outcome[] = [];
  const rows = scoreRows(folder, 'kv.csv', 'tokens', (row) => scored(planner, row, outcomes));
  return rows && { rows, outcomes };
}

function scored(planner: Planner, row: CsvRow, outcomes: Outcome[]): ScoredRow[] {
  const common = {
    id: text(row, 'id'),
    headline: ['A', 'B', ''].includes(text(row, 'completeness')),
    groups: { model: text(row, 'model'), gpu: text(row, 'gpu'), engine: text(row, 'engine'), phase: '' },
  };
  const measured = measuredOf(row);
  const predicted = predictedOf(planner, row);
  if (!('reason' in predicted)) {
    const ran = /^ok/.test(text(row, 'outcome'));
    outcomes.push({ id: common.id, engine: common.groups.engine, ran, accepted: predicted.starts });
  }
  return CAPACITY_METRICS.flatMap((metric): ScoredRow[] => {
    const value = measured[metric];
    if (value === undefined || !(value > 0)) return [];
    if ('reason' in predicted) return [{ ...common, metric, measured: value, reason: predicted.reason }];
    return [{ ...common, metric, measured: value, predicted: predicted[metric] ?? 0 }];
  });
}

function measuredOf(row: CsvRow): Readonly<Partial<Record<CapacityMetric, number>>> {
  const gib = (name: string) => {
    const value = number(row, name);
    return value === undefined ? {} : value * GIB;
  };
  const tokens = number(row, 'kv_tokens');
  const [bytes, weights] = [gib('kv_memory_gib_per_gpu'), isCutShort(row) ? undefined : gib('weights_gib_per_gpu')];
  return {
    ...(tokens !== undefined && { tokens }),
    ...(typeof bytes === 'number' && { bytes }),
    ...(typeof weights === 'number' && { weights }),
  };
}

/** Whether loading ended because the GPU was full, so that the weights logged are what fitted. */
function isCutShort(row: CsvRow): boolean {
  const [loaded, memory] = [number(row, 'weights_gib_per_gpu'), number(row, 'gpu_memory_gib')];
  return !/^ok/.test(text(row, 'outcome')) && (loaded ?? 0) > 0.9 * (memory ?? Number.POSITIVE_INFINITY);
}

type Predicted = Readonly<Partial<Record<CapacityMetric, number>>> & { readonly starts: boolean };

function predictedOf(planner: Planner, row: CsvRow): Predicted | { readonly reason: string } {
  try {
    return startOf(planner.evaluate(planner.text(capacityPlan(row))));
  } catch (error) {
    if (error instanceof NotCovered || error instanceof RangeError) return { reason: error.message };
    throw error;
  }
}

function startOf({ memory }: Evaluation): Predicted {
  const [pool] = memory;
  const startup = pool?.startup;
  if (!startup || !pool) throw new NotCovered('the plan keeps no cache');
  const weights = Math.max(...pool.classes.map(weightBytesOf));
  return {
    weights,
    bytes: Math.max(0, startup.account.cacheBytes),
    ...(startup.tokens !== undefined && { tokens: startup.tokens }),
    starts: startup.start.ok,
  };
}
