import { engineProfile } from '../../engines/index.ts';
import { Memo } from '../../language/memo.ts';
import type { TrainingWorkload } from '../../plan/deployment.ts';
import type { Model } from '../../plan/model.ts';
import type { Parallel } from '../../plan/parallel.ts';
import { reduceScatter } from '../collectives/collectives.ts';
import { linkBetween } from '../collectives/spread.ts';
import { FITTED_TRAINING } from '../constants/fitted/training.ts';
import { type TrainingConstants, type TrainingEngine, trainingEngine } from '../constants/training.ts';
import type { StageSetting, Work } from '../layers/context.ts';
import type { FixedMemory, PoolBudget } from '../memory/memory.ts';
import { dualPartner } from '../memory/training.ts';
import { microBatchesOf } from '../schedule/microBatches.ts';
import { trainingSchedule } from '../schedule/schedule.ts';
import type { Scheduled, StageWork } from '../steps/parts.ts';
import type { Pass } from '../steps/pass.ts';
import { type PoolSetting, passOfStage } from '../steps/stage.ts';
import { type StepTimes, stageCosts, stepOf } from '../steps/step.ts';
import { type StageParts, stageParts } from './parts.ts';
import { type TrainingTimes, trainingTimes } from './times.ts';

export function trainingWork(workload: TrainingWorkload): Work {
  return { phase: 'training', sequences: workload.microBatch, length: workload.length, prefix: 0 };
}

/** A training step with everything in it that does not depend on a fitted constant. */
export interface TrainingRun {
  readonly setting: PoolSetting;
  readonly workload: TrainingWorkload;
  readonly pass: Pass;
  readonly stages: readonly TrainingStage[];
  readonly microBatches: number;
}

interface TrainingStage {
  readonly setting: StageSetting;
  readonly parts: StageParts;
  /** State times by class of equal GPUs. */
  readonly states: readonly StateSeconds[];
}

/** Seconds per step for a GPU's share of the model state, at the full speed of the links and the memory. */
interface StateSeconds {
  /** A reduce-scatter of all gradients in 16 bits, and one between the two copies that DualPipe keeps of a stage. */
  readonly reduced: number;
  readonly copied: number;
  /** The time in which the optimizer reads and writes its state and reads the gradients. */
  readonly updated: number;
}

export function trainingRun(setting: PoolSetting, workload: TrainingWorkload, budget: PoolBudget): TrainingRun {
  const { computed, pass, parts } = trainingParts(setting, workload);
  const stages = computed.stages.flatMap((stage, index): TrainingStage[] => {
    const part = parts[index];
    if (!part) return [];
    const stageMemory = budget.fixed.filter(({ gpuClass }) => gpuClass.stage === stage.stage);
    return [{ setting: stage, parts: part, states: stageMemory.map((held) => stateSeconds(stage, held)) }];
  });
  return { setting, workload, pass, stages, microBatches: microBatchesOf(setting.pool, workload) };
}

function stateSeconds(stage: StageSetting, held: FixedMemory): StateSeconds {
  const bytes = 2 * held.optimizerBytes + held.gradientBytes;
  return {
    reduced: reducedSeconds(stage, held),
    copied: copiesSeconds(stage, held),
    updated: bytes / stage.hardware.gpu.memoryBandwidth,
  };
}

export interface TrainingSeconds extends Scheduled {
  /** The times of a micro-batch in each stage. */
  readonly times: readonly TrainingTimes[];
}

/**
 * One optimizer step: the micro-batches by the schedule's list of events, then the exposed part of the reduction of
 * gradients and the gathering of weights, and the optimizer's own pass over its state.
 */
export function trainingSeconds(run: TrainingRun, fitted: TrainingConstants): TrainingSeconds {
  const { setting, workload, stages, microBatches } = run;
  const { parallel, engine } = setting.pool;
  const constants = trainingEngine(fitted, engineProfile(engine.name).training.software);
  const trainable = workload.trainable ?? 'all';
  const times = stages.map((stage) => trainingTimes(fitted, stage.setting, stage.parts, trainable));
  const schedule = trainingSchedule(times, microBatches, parallel.schedule, parallel.vpp);
  // A stage that finishes earlier waits for the slowest, so its communication can hide in that stage's time.
  let slowest = 0;
  for (const time of times) slowest = Math.max(slowest, time.forward + time.backwardInput + time.backwardWeight);
  const beside = { microBatch: slowest, step: schedule.seconds };
  let uncovered = 0;
  let update = 0;
  for (const { states } of stages) {
    const passes = gradientPasses(parallel, microBatches, trainable);
    for (const state of states) {
      uncovered = Math.max(uncovered, uncoveredSeconds(parallel, constants, state, passes, beside));
      if (trainable === 'all') update = Math.max(update, state.updated);
    }
  }
  return {
    stages: trainingWorks(times, microBatches, parallel.schedule),
    seconds: schedule.seconds,
    behind: { communication: uncovered, rest: update + constants.perStep },
    times,
  };
}

/** With DualPipe half of the micro-batches pass through the layers of the opposite stage. */
function trainingWorks(
  times: readonly TrainingTimes[],
  microBatches: number,
  schedule: Parallel['schedule'],
): readonly StageWork[] {
  const works = times.map(({ forward, backwardInput, backwardWeight, exposed }) => ({
    busy: microBatches * (forward + backwardInput + backwardWeight),
    exposed: microBatches * exposed,
  }));
  if (schedule !== 'dualpipe' || works.length < 2) return works;
  return works.map((own, index) => {
    const opposite = works[works.length - 1 - index] ?? own;
    return { busy: (own.busy + opposite.busy) / 2, exposed: (own.exposed + opposite.exposed) / 2 };
  });
}

export function trainingStep(setting: PoolSetting, workload: TrainingWorkload, budget: PoolBudget): StepTimes {
  const run = trainingRun(setting, workload, budget);
  const tokens = workload.globalBatch * workload.length;
  const { times, ...scheduled } = trainingSeconds(run, FITTED_TRAINING);
  const step = stepOf(run.pass, trainingWork(workload), run.microBatches, tokens, scheduled);
  const counted = times.map(({ forward, exposedForward, hidden }) => ({
    seconds: forward,
    exposed: exposedForward,
    hidden,
  }));
  return { ...step, counted };
}

/** The seconds that each stage takes for one micro-batch. */
export function trainingStages(setting: PoolSetting, workload: TrainingWorkload): readonly TrainingTimes[] {
  const { computed, parts } = trainingParts(setting, workload);
  return computed.stages.flatMap((stage, index) => {
    const part = parts[index];
    return part ? [trainingTimes(FITTED_TRAINING, stage, part, workload.trainable ?? 'all')] : [];
  });
}

const partsOfPass = new Memo<Pass, readonly StageParts[]>();

/** The work of each stage for one micro-batch, in the arithmetic of the training. */
function trainingParts(setting: PoolSetting, workload: TrainingWorkload) {
  const work = trainingWork(workload);
  const computed = inArithmeticOf(setting);
  const pass = computed.passes.of(work, () => {
    const costs = stageCosts(computed, work);
    const timed = costs.map(passOfStage);
    const parts = computed.stages.flatMap((stage, index) => {
      const cost = costs[index];
      return cost ? [stageParts(stage, cost, work.length)] : [];
    });
    partsOfPass.set(timed, parts);
    return { pass: timed, costs };
  });
  return { computed, pass, parts: partsOfPass.get(pass) ?? [] };
}

const computedModels = new Memo<Model, Model>();

/** The setting with the types in which training multiplies. Weights kept in a wider type are quantised on the way. */
export function inArithmeticOf(setting: PoolSetting): PoolSetting {
  const { model: kept } = setting.pool;
  const { compute } = kept.types;
  if (compute === undefined) return setting;
  const types = { ...kept.types, weights: compute, attention: compute, experts: compute };
  const model = computedModels.get(kept) ?? { ...kept, types };
  computedModels.set(kept, model);
  const pool = { ...setting.pool, model };
  return { ...setting, pool, stages: setting.stages.map((stage) => ({ ...stage, pool, model })) };
}

/**
 * Seconds of exposed data-parallel communication. Gradients are reduced in 16 bits over dp, those of experts over edp, and
 * with a sharded optimizer weights are gathered too; when overlapped this runs beside a part of the last micro-batch.
 * Sharded weights (ZeRO 3) are gathered in both passes of every micro-batch and their gradients scattered in each.
 * DualPipe's two copies of a stage exchange their shares of the sums once.
 */
function uncoveredSeconds(
  parallel: Parallel,
  constants: TrainingEngine,
  { reduced, copied }: StateSeconds,
  passes: number,
  beside: { readonly microBatch: number; readonly step: number },
): number {
  if (parallel.zero >= 3) {
    const exchange = constants.dataParallel * (passes * reduced + 2 * copied);
    return Math.max(constants.shardedExposed * exchange, exchange - beside.step);
  }
  const exchange = constants.dataParallel * passes * (reduced + copied);
  return Math.max(0, exchange - (parallel.dpOverlap === false ? 0 : constants.dataParallelWindow * beside.microBatch));
}

/** One reduce-scatter of all that a GPU holds, in 16 bits. */
function reducedSeconds({ links, hardware }: StageSetting, held: FixedMemory): number {
  return (
    reduceScatter(links.dp, hardware.collectives, 2 * held.denseParameters).seconds +
    reduceScatter(links.edp, hardware.collectives, 2 * held.expertParameters).seconds
  );
}

/** One reduce-scatter between the two copies that DualPipe keeps of each stage, of what the reduction over dp leaves. */
function copiesSeconds({ pool, stage, places, hardware, parallel }: StageSetting, held: FixedMemory): number {
  const partner = dualPartner(pool, stage.index);
  if (!partner) return 0;
  const link = linkBetween(places.cluster, stage.gpus, partner.gpus);
  const share = held.denseParameters / parallel.dp + held.expertParameters / parallel.edp;
  return reduceScatter(link, hardware.collectives, 2 * share).seconds;
}

/**
 * How often a step moves 2 bytes per parameter over dp and edp, as a reduce-scatter or an all-gather does; an all-reduce is
 * both. Without sharding gradients are fp32. Sharded weights (ZeRO 3) are gathered twice and their gradients scattered once
 * per micro-batch. Frozen weights have no gradients.
 */
export function gradientPasses(
  { zero }: Pick<Parallel, 'zero'>,
  microBatches: number,
  trainable: 'all' | 'adapters',
): number {
  if (trainable === 'adapters') return zero >= 3 ? 2 * microBatches : 0;
  if (zero >= 3) return 3 * microBatches;
  return zero > 0 ? 2 : 4;
}
