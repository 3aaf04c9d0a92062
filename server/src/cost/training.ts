import type { Workload } from '../plan/deployment.ts';
import { reduceScatter } from './collectives/collectives.ts';
import { linkBetween } from './collectives/spread.ts';
import { type TrainingEngine, trainingEngine } from './constants/training.ts';
import type { StageSetting, Work } from './layers/context.ts';
import type { FixedMemory, PoolBudget } from './memory/memory.ts';
import { dualPartner } from './memory/training.ts';
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
 * weights (ZeRO 3) are gathered in both passes of every micro-batch and their gradients scattered in each. DualPipe's two
 * copies of a stage exchange their shares of the sums once.
 */
function uncoveredSeconds(
  stage: StageSetting,
  constants: TrainingEngine,
  held: FixedMemory,
  busy: number,
  microBatches: number,
): number {
  const { parallel } = stage;
  const reduced = constants.dataParallel * reducedSeconds(stage, held);
  const copies = constants.dataParallel * copiesSeconds(stage, held);
  if (parallel.zero >= 3) {
    const all = 3 * reduced * microBatches + 2 * copies;
    return Math.max(constants.shardedExposed * all, all - busy * microBatches);
  }
  // An all-reduce is a reduce-scatter and a gather; without sharding gradients are fp32.
  const all = 2 * (reduced + copies) * (parallel.zero > 0 ? 1 : 2);
  return Math.max(0, all - (parallel.dpOverlap === false ? 0 : constants.dataParallelWindow * busy));
}

/** One reduce-scatter of all that a GPU holds, in 16 bits. */
function reducedSeconds({ links, hardware }: StageSetting, held: FixedMemory): number {
  return (
    reduceScatter(links.dp, hardware.collectives, 2 * held.denseParameters).seconds +
    reduceScatter(links.edp, hardware.collectives, 2 * held.expertParameters).seconds
  );
}

/** The same between the two copies that DualPipe keeps of each stage, of what is left of it behind the reduction over dp. */
function copiesSeconds({ pool, stage, places, hardware, parallel }: StageSetting, held: FixedMemory): number {
  const partner = dualPartner(pool, stage.index);
  if (!partner) return 0;
  const link = linkBetween(places.cluster, stage.gpus, partner.gpus);
  const share = held.denseParameters / parallel.dp + held.expertParameters / parallel.edp;
  return reduceScatter(link, hardware.collectives, 2 * share).seconds;
}
