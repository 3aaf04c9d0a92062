import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { trainingFamilyOf } from '../../server/src/cost/constants/training.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { poolBudget } from '../../server/src/cost/memory/memory.ts';
import { poolSetting } from '../../server/src/cost/steps/stage.ts';
import { type TrainingRun, trainingRun, trainingWork } from '../../server/src/cost/training/training.ts';
import type { Deployment } from '../../server/src/plan/deployment.ts';
import { number, readCsv, text } from '../accuracy/csv.ts';
import { NotCovered, Planner } from '../accuracy/plans.ts';
import { measuredTraining } from '../accuracy/training.ts';

/** What is left out together when a fit is judged by what it has not seen. */
export const GROUPINGS = ['model', 'GPU family', 'engine', 'source'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface TrainingRow {
  readonly run: TrainingRun;
  readonly measured: number;
  /** Models of one shape under several names are one model. */
  readonly groups: Readonly<Record<Grouping, string>>;
  /** The same in every run: which of the random fifths the row is in. */
  readonly fold: number;
}

/** Measured steps of `training.csv`, and those of `runs.csv` whose source leaves at most one thing open. */
export function trainingRows(folder: string): readonly TrainingRow[] {
  const planner = new Planner(folder);
  const rows: TrainingRow[] = [];
  const add = (evaluation: Evaluation, seconds: number, source: string, engine: string) => {
    const run = runOf(evaluation.deployment);
    if (!run || !(seconds > 0 && Number.isFinite(seconds))) return;
    // Multiplication by a large odd number spreads neighbouring rows over the folds.
    const fold = ((rows.length * 2654435761) >>> 16) % 5;
    rows.push({ run, measured: seconds, groups: groupsOf(run, source, engine), fold });
  };
  for (const row of readCsv(join(folder, 'training.csv')) ?? []) {
    whatIsCovered(() => {
      const { evaluation, seconds } = measuredTraining(planner, row);
      add(evaluation, seconds, repositoryOf(text(row, 'source')), text(row, 'engine').split(/[\s/]/)[0] ?? '');
    });
  }
  for (const row of readCsv(join(folder, 'runs.csv')) ?? []) {
    if (text(row, 'metric') !== 'step' || !/^[AB]$/.test(text(row, 'complete'))) continue;
    whatIsCovered(() => {
      const path = resolve(folder, text(row, 'plan'));
      const evaluation = planner.evaluate(readFileSync(path, 'utf8'), path);
      const engine = text(row, 'engine').split(/\s/)[1] ?? '';
      add(evaluation, number(row, 'measured') ?? Number.NaN, repositoryOf(text(row, 'source')), engine);
    });
  }
  return rows;
}

function whatIsCovered(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof NotCovered || error instanceof RangeError)) throw error;
  }
}

/** `github:owner/name@commit path` is one source for all of its files and commits. */
function repositoryOf(source: string): string {
  return /^github:([^@\s]+)/.exec(source)?.[1] ?? source;
}

function groupsOf({ setting }: TrainingRun, source: string, engine: string): TrainingRow['groups'] {
  const { model } = setting.pool;
  const gpu = setting.stages[0]?.hardware.gpu;
  return {
    model: `${model.layers.length} x ${model.hidden}`,
    'GPU family': gpu ? trainingFamilyOf(gpu) : '',
    engine,
    source,
  };
}

function runOf({ cluster, pools, workload }: Deployment): TrainingRun | undefined {
  const [pool] = pools;
  if (workload.kind !== 'training' || !pool) return undefined;
  const setting = poolSetting(cluster, pool);
  return trainingRun(setting, workload, poolBudget(cluster, setting, workload, trainingWork(workload)));
}
