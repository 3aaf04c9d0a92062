import type { Parallel, Workload } from '../plan/deployment.ts';
import { reduceScatter } from './collectives/collectives.ts';
import { type TrainingEngine, trainingEngine } from './constants/training.ts';
import type { StageSetting, Work } from './layers/context.ts';
import type { FixedMemory, PoolBudget } from './memory/memory.ts';
import { microBatchesOf } from './microBatches.ts';
import type { Step } from './operation.ts';
import { trainingSchedule } from './schedule.ts';
import type { PoolSetting } from './stage.ts';
import { stageCosts, stepOf } from './step.ts';
import { stageParts } from './trainingParts.ts';
import { trainingTimes } from './trainingTimes.ts';

export type TrainingWorkload = Extract<Workload, { kind: 'training' }>;

export function trainingWork(workload: TrainingWorkload): Work {
  return { phase: 'training', sequences: workload.microBatch, length: workload.length, prefix: 0 };
}

/**
 * One optimizer step: the micro-batches by the schedule's list of events, then what the reduction of gradients and the
 * gathering of weights leave uncovered, and the optimizer's own pass over its state.
 */
export function trainingStep(setting: PoolSetting, workload: TrainingWorkload, budget: PoolBudget): Step {
  const { parallel, engine } = setting.pool;
  const { schedule: kind, vpp } = parallel;
  const work = trainingWork(workload);
  const constants = trainingEngine(engine.name);
  const trainable = workload.trainable ?? 'all';
  const { computed, costs, times } = trainingStages(setting, workload);
  const microBatches = microBatchesOf(setting.pool, workload);
  const schedule = trainingSchedule(times, microBatches, kind, vpp);
  let uncovered = 0;
  let update = 0;
  let exposed = 0;
  computed.stages.forEach((stage, index) => {
    const time = times[index];
    if (!time) return;
    const own = budget.fixed.filter(({ gpuClass }) => gpuClass.stage === stage.stage);
    const busy = time.forward + time.backwardInput + time.backwardWeight;
    exposed = Math.max(exposed, microBatches * time.exposed);
    if (trainable === 'adapters') return;
    for (const one of own) {
      uncovered = Math.max(uncovered, uncoveredSeconds(stage, constants, one, busy, microBatches));
      const bytes = 2 * one.optimizerBytes + one.gradientBytes;
      update = Math.max(update, (constants.optimizer * bytes) / stage.hardware.gpu.memoryBandwidth);
    }
  });
  const tokens = workload.globalBatch * workload.length;
  const behind = uncovered + update + constants.perStep;
  const step = stepOf(costs, work, microBatches, tokens, schedule, behind);
  return { ...step, exposedCommunicationSeconds: exposed + uncovered };
}

/** What each stage does for one micro-batch, in the arithmetic of the training, and the seconds that it takes for it. */
export function trainingStages(setting: PoolSetting, workload: TrainingWorkload) {
  const work = trainingWork(workload);
  const computed = inArithmeticOf(setting);
  const costs = stageCosts(computed, work);
  const times = computed.stages.flatMap((stage, index) => {
    const cost = costs[index];
    return cost ? [trainingTimes(stage, stageParts(stage, cost, work.length), workload.trainable ?? 'all')] : [];
  });
  return { computed, costs, times };
}

/** The setting with the types in which training multiplies: weights that are kept wider are quantised on the way. */
function inArithmeticOf(setting: PoolSetting): PoolSetting {
  const { types } = setting.pool.model;
  const { compute } = types;
  if (compute === undefined) return setting;
  const model = {
    ...setting.pool.model,
    types: { ...types, weights: compute, attention: compute, experts: compute },
  };
  const pool = { ...setting.pool, model };
  return { ...setting, pool, stages: setting.stages.map((stage) => ({ ...stage, pool, model })) };
}

/**
 * Seconds of data-parallel communication that nothing hides. Gradients are reduced, and with a sharded optimizer weights
 * gathered, in 16 bits over dp, those of experts over edp: beside a part of the last micro-batch where they overlap. Sharded
 * weights (ZeRO 3) are gathered in both passes of every micro-batch and their gradients scattered in each.
 */
function uncoveredSeconds(
  stage: StageSetting,
  constants: TrainingEngine,
  held: FixedMemory,
  busy: number,
  microBatches: number,
): number {
  const { parallel, links, hardware } = stage;
  const once =
    constants.dataParallel *
    (reduceScatter(links.dp, hardware.collectives, 2 * held.denseParameters).seconds +
      reduceScatter(links.edp, hardware.collectives, 2 * held.expertParameters).seconds);
  const all = gradientPasses(parallel, microBatches) * once;
  if (parallel.zero >= 3) {
    return Math.max(constants.shardedExposed * all, all - busy * microBatches);
  }
  return Math.max(0, all - (parallel.dpOverlap === false ? 0 : constants.dataParallelWindow * busy));
}

/**
 * How often a step moves 2 bytes per parameter over dp and edp, as a reduce-scatter or an all-gather does: an all-reduce is
 * both. Without sharding gradients are fp32; sharded weights (ZeRO 3) are gathered twice and scattered once per micro-batch.
 */
export function gradientPasses({ zero }: Pick<Parallel, 'zero'>, microBatches: number): number {
  if (zero >= 3) return 3 * microBatches;
  return zero > 0 ? 2 : 4;
}
