import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { modelFlop, predictionFlop } from '../../server/src/cost/flop.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { type CsvRow, number, text } from './csv.ts';
import { NotCovered, Planner } from './plans.ts';
import { type ScoredRow, scoreRows } from './rows.ts';
import { type TrainingFacts, trainingFacts, trainingPlan } from './trainingPlans.ts';

/** Every row of the folder's training measurements beside its prediction; nothing when the folder has none. */
export function scoreTraining(folder: string): readonly ScoredRow[] | undefined {
  const planner = new Planner(folder);
  return scoreRows(folder, 'training.csv', 'step', (row) => [scored(planner, row)]);
}

/** No published training reaches this share of a GPU's dense peak. */
const MOST_OF_PEAK = 0.9;

function scored(planner: Planner, row: CsvRow): ScoredRow {
  const common = {
    id: text(row, 'id'),
    metric: 'step',
    headline: true,
    groups: {
      model: text(row, 'model'),
      gpu: text(row, 'gpu'),
      engine: text(row, 'engine'),
      phase: text(row, 'precision'),
    },
  };
  try {
    const { evaluation, seconds } = measuredTraining(planner, row);
    const { band } = figuresOf(evaluation).step;
    return { ...common, measured: seconds, predicted: evaluation.prediction.stepSeconds, ...(band && { band }) };
  } catch (error) {
    if (!(error instanceof NotCovered || error instanceof RangeError)) throw error;
    return { ...common, measured: number(row, 'iteration_s') ?? Number.NaN, reason: error.message };
  }
}

/**
 * A row as a deployment, and the seconds that its step took. Throws a NotCovered error for a row that does not say enough,
 * and for one that contradicts itself.
 */
export function measuredTraining(
  planner: Planner,
  row: CsvRow,
): { readonly evaluation: Evaluation; readonly seconds: number } {
  const facts = trainingFacts(row);
  const evaluation = planner.evaluate(planner.text(trainingPlan(row)));
  const { deployment, prediction } = evaluation;
  const seconds = number(row, 'iteration_s') ?? derivedStep(row, facts, deployment.model);
  const share = (prediction.utilisation * prediction.stepSeconds) / seconds;
  if (share > MOST_OF_PEAK) {
    const percent = Math.round(100 * share);
    throw new NotCovered(`the row contradicts itself: its rate would be ${percent} % of these GPUs' peak`);
  }
  return { evaluation, seconds };
}

/** The step's seconds where the row gives tokens/s or FLOP/s per GPU in its place. */
function derivedStep(row: CsvRow, facts: TrainingFacts, model: Model): number {
  const { gpus, globalBatch, length } = facts;
  const rate = number(row, 'tokens_per_s_per_gpu');
  if (rate !== undefined) return (globalBatch * length) / (rate * gpus);
  const tflops = number(row, 'model_tflops_per_gpu');
  if (tflops === undefined) throw new NotCovered('the row has neither a time nor a rate');
  return (globalBatch * countedFlop(row, model, length)) / (tflops * 1e12 * gpus);
}

/**
 * FLOP of one sequence as the engine counts them. Megatron counted every pair of positions, masked or not, until 2025
 * (Narayanan 2021, equation 3); Megatron-Bridge and Megatron-Core of 2025 count the causal half: tokens/s and TFLOP/s of
 * the same rows agree with that. The first releases also counted the recomputed forward (equation 3's factor of 96).
 */
function countedFlop(row: CsvRow, model: Model, length: number): number {
  const causal = modelFlop(model, 1, length, 0, length) + predictionFlop(model, 1, length);
  const engine = text(row, 'engine');
  const version = text(row, 'engine_version');
  const counted = /bridge|2603/i.test(engine) || (engine === 'Megatron-Core' && !version.startsWith('r0'));
  const pairs = modelFlop(model, 1, length, 0, length) - length * modelFlop(model, 1, 1, 0, 1);
  const recomputed = /recomputed forward/.test(text(row, 'notes')) ? 4 : 3;
  return recomputed * (counted ? causal : causal + pairs);
}
