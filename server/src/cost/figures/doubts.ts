import { engineProfile } from '../../engines/index.ts';
import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import { type PartKind, partKindOf, partsOfStep } from '../breakdown/step.ts';
import { PART_LABELS } from '../breakdown/words.ts';
import type { Evaluation, PoolPrediction } from '../evaluation.ts';
import type { Operation, Phase, Step } from '../operation.ts';
import { engineResidual, forEachOperation, gpuOf, residualOf } from './band.ts';
import type { Figure } from './figure.ts';
import { exact } from './make.ts';

/** What a step is made of, and how much of its band comes from each part, so that a reader knows which constant to doubt. */
export interface Doubt {
  readonly pool: string;
  readonly phase: Phase;
  /** A kind of work, or what the engine's own fit leaves open. */
  readonly part: string;
  /** Of the step's time, 0..1. */
  readonly share: number;
  /** Of the squared error that the band is made of, 0..1. */
  readonly bandShare: number;
  /** Relative error of the part by itself. */
  readonly error: number;
  /** Why it is not known better, as clauses. Empty where it was measured. */
  readonly why: readonly string[];
}

/** The parts of every step of a deployment, those first that widen its band most. */
export function doubtsOf(evaluation: Evaluation): readonly Doubt[] {
  return evaluation.prediction.pools.flatMap((prediction) =>
    prediction.steps.flatMap((step) => doubtsOfStep(evaluation, prediction, step)),
  );
}

interface Uncertain {
  /** Seconds of operations times their errors, by formula. */
  readonly byFormula: Map<string, number>;
  seconds: number;
  readonly why: Set<string>;
}

/**
 * Errors of one formula add up and those of different formulas in squares (`partsError`): a part has the share of each
 * formula's square that it has of the formula's error. What remains is the engine's.
 */
function doubtsOfStep(evaluation: Evaluation, prediction: PoolPrediction, step: Step): Doubt[] {
  const kinds = new Map<PartKind, Uncertain>();
  const sums = new Map<string, number>();
  let total = 0;
  forEachOperation(evaluation, prediction, step, (operation, seconds, gpu) => {
    const kind = partKindOf(operation);
    const found = kinds.get(kind) ?? { byFormula: new Map<string, number>(), seconds: 0, why: new Set<string>() };
    kinds.set(kind, found);
    const { formula } = operation;
    const error = seconds * residualOf(operation, gpu);
    total += seconds;
    found.seconds += seconds;
    found.byFormula.set(formula, (found.byFormula.get(formula) ?? 0) + error);
    sums.set(formula, (sums.get(formula) ?? 0) + error);
    for (const reason of reasonsOf(operation, gpu.isFamilyGuessed === true)) found.why.add(reason);
  });
  const gpu = gpuOf(evaluation, prediction);
  const { name } = prediction.pool.engine;
  const ofEngine = engineResidual(name, gpu);
  let squares = ofEngine ** 2;
  if (total > 0) for (const error of sums.values()) squares += (error / total) ** 2;
  const shares = sharesOfStep(evaluation, prediction, step);
  const common = { pool: prediction.pool.name, phase: step.phase };
  const parts = [...kinds].map(([kind, { byFormula, seconds, why }]): Doubt => {
    let square = 0;
    let error = 0;
    for (const [formula, own] of byFormula) {
      error += own;
      square += (own * (sums.get(formula) ?? 0)) / total ** 2;
    }
    return {
      ...common,
      part: PART_LABELS[kind],
      share: shares.get(kind) ?? 0,
      bandShare: squares > 0 && total > 0 ? square / squares : 0,
      error: seconds > 0 ? error / seconds : 0,
      why: [...why],
    };
  });
  const engine: Doubt = {
    ...common,
    part: `What runs of ${engineProfile(name).title} leave open`,
    share: (shares.get('host') ?? 0) + (shares.get('update') ?? 0),
    bandShare: squares > 0 ? ofEngine ** 2 / squares : 0,
    error: ofEngine,
    why: engineReasons(prediction, gpu?.family, step.phase),
  };
  return [...parts, engine].toSorted((left, right) => right.bandShare - left.bandShare);
}

function sharesOfStep(evaluation: Evaluation, prediction: PoolPrediction, step: Step): ReadonlyMap<PartKind, number> {
  const shares = new Map<PartKind, number>();
  for (const { kind, seconds } of partsOfStep(evaluation, prediction, step)) {
    shares.set(kind, (shares.get(kind) ?? 0) + (step.seconds > 0 ? seconds / step.seconds : 0));
  }
  return shares;
}

function reasonsOf({ constants }: Operation, isGuessed: boolean): readonly string[] {
  const missing = constants.flatMap(({ row }) =>
    row && !row.isOwn ? [`no measurement of \`${row.table} ${row.name}\`, the nearest stands in`] : [],
  );
  return isGuessed && constants.length > 0 ? ['the GPU names no family, the nearest stands in', ...missing] : missing;
}

function engineReasons({ pool }: PoolPrediction, family: GpuFamily | undefined, phase: Phase): readonly string[] {
  const { title, fittedOn, training } = engineProfile(pool.engine.name);
  if (phase === 'training') return training.software === 'none' ? [`no training with ${title} was measured`] : [];
  return family && fittedOn && !fittedOn.includes(family) ? [`no run of ${title} on ${family} is in its fit`] : [];
}

/** The part of the band that comes from a part of a step. */
export function bandShareFigure({ bandShare }: Doubt): Figure {
  return exact(bandShare, 'fraction', 'share');
}
