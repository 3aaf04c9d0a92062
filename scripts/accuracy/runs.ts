import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import type { Figure } from '../../server/src/cost/figures/figure.ts';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { poolTokensFigure, weightBytesOf } from '../../server/src/cost/figures/memory.ts';
import type { Workload } from '../../server/src/plan/deployment.ts';
import { type CsvRow, number, text } from './csv.ts';
import { NotCovered, Planner } from './plans.ts';
import { NOT_MEASURED, type ScoredRow, scoreRows } from './rows.ts';

/** A run whose source leaves at most one thing open, or where nobody has said how much it leaves. */
const HEADLINE = new Set(['A', 'B', '']);

/**
 * Every figure of the folder's `runs.csv` beside its prediction; nothing when the folder has none. A row names its plan, a
 * path from the folder, and one metric of it; several rows may be of one run. Rows whose `complete` is A or B are the headline.
 */
export function scoreRuns(folder: string): readonly ScoredRow[] | undefined {
  const planner = new Planner(folder);
  const plans = new Map<string, Plan>();
  const planOf = (file: string): Plan => {
    const found = plans.get(file) ?? readPlan(planner, folder, file);
    plans.set(file, found);
    return found;
  };
  return scoreRows(folder, 'runs.csv', 'unknown', (row) => [scored(row, planOf)]);
}

/** A plan that was evaluated, or why it was not. Rows of one run share it. */
type Plan = Evaluation | { readonly reason: string };

function readPlan(planner: Planner, folder: string, file: string): Plan {
  try {
    const path = resolve(folder, file);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new NotCovered(`the folder has no plan ${file}`);
    return planner.evaluate(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof NotCovered || error instanceof RangeError) return { reason: error.message };
    throw error;
  }
}

function scored(row: CsvRow, planOf: (file: string) => Plan): ScoredRow {
  const metric = text(row, 'metric');
  const common = {
    id: text(row, 'id'),
    metric: metric || 'unknown',
    measured: number(row, 'measured') ?? Number.NaN,
    headline: HEADLINE.has(text(row, 'complete')),
    groups: {
      model: text(row, 'model'),
      gpu: text(row, 'gpu'),
      engine: firstWord(text(row, 'engine')),
      kind: text(row, 'kind'),
      source: repositoryOf(text(row, 'source')),
    },
  };
  if (!(common.measured > 0)) return { ...common, reason: NOT_MEASURED };
  const file = text(row, 'plan');
  const plan = file === '' ? { reason: 'the row names no plan' } : planOf(file);
  if ('reason' in plan) return { ...common, reason: plan.reason };
  const figure = figureOf(metric, plan);
  if (typeof figure === 'string') return { ...common, reason: figure };
  const { value, band } = figure;
  return { ...common, predicted: value, ...(band && { band }) };
}

/** The engine without its version: `sglang 0.5.6` and `sglang 0.5.7` are one group. */
function firstWord(written: string): string {
  return written.split(/\s/)[0] ?? '';
}

/** `github:owner/name@commit path` is one source for all of its files and commits; others stand as written. */
function repositoryOf(source: string): string {
  return /^github:([^@\s]+)/.exec(source)?.[1] ?? source;
}

/** A predicted value with the band that is shown with it. */
type Predicted = Pick<Figure, 'value' | 'band'>;

/** Seconds, bytes, tokens or tokens/s of a metric by its name in the table; a reason where the plan has no such figure. */
function figureOf(metric: string, evaluation: Evaluation): Predicted | string {
  const figures = figuresOf(evaluation);
  const { prediction, deployment, memory } = evaluation;
  const isBatch = deployment.workload.kind === 'batch';
  const rate = /^(?:(input|output|total)-)?throughput(-per-gpu)?$/.exec(metric);
  if (rate) return throughputOf(evaluation, rate[1] ?? 'output', rate[2] ? deployment.gpus.length : 1);
  switch (metric) {
    case 'ttft':
      return isBatch
        ? shown(prediction.latencySeconds, figures.latency, metric)
        : shown(prediction.ttftSeconds, figures.ttft, metric);
    case 'tpot':
      return isBatch
        ? shown(prediction.stepSeconds, figures.step, metric)
        : shown(prediction.tpotSeconds, figures.tpot, metric);
    case 'latency':
      return shown(prediction.latencySeconds, figures.latency, metric);
    case 'step':
      return shown(prediction.stepSeconds, figures.step, metric);
    case 'memory-per-gpu':
      return figures.memoryInTools ?? figures.memoryOfFullestGpu;
    case 'weights-per-gpu':
      return { value: Math.max(...memory.flatMap(({ classes }) => classes.map(weightBytesOf))) };
    case 'kv-tokens': {
      const pool = memory.find(({ startup }) => startup?.tokens !== undefined);
      const owner = pool && deployment.pools[memory.indexOf(pool)];
      return (pool && owner && poolTokensFigure(pool, owner)) ?? 'the plan keeps no cache';
    }
    default:
      return `metric ${metric || '(none)'} is not known`;
  }
}

/** A run that was measured did fit, whatever the plan's cache says: it is predicted even where no figure is shown. */
function shown(value: number | undefined, figure: Figure | undefined, metric: string): Predicted | string {
  if (value === undefined) return `the plan has no ${metric}`;
  return { value, ...(figure?.band && { band: figure.band }) };
}

/**
 * Tokens/s of all GPUs or of one. Those of a batch are those that it processes; of a service generated ones are counted, and
 * prompts in proportion.
 */
function throughputOf(evaluation: Evaluation, of: string, gpus: number): Predicted {
  const { band } = figuresOf(evaluation).throughput ?? {};
  const factor = countedPerGenerated(evaluation.deployment.workload, of) / gpus;
  return {
    value: evaluation.prediction.throughputTokensPerSecond * factor,
    ...(band && { band: { low: band.low * factor, high: band.high * factor } }),
  };
}

function countedPerGenerated(workload: Workload, of: string): number {
  if (workload.kind !== 'serving' || of === 'output') return 1;
  return (workload.input + (of === 'total' ? workload.output : 0)) / workload.output;
}
