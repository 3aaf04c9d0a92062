import type { Pool, Recompute, Workload } from '../plan/deployment.ts';
import { allReduce, reduceScatter } from './collectives/collectives.ts';
import { ELEMENTWISE_EFFICIENCY } from './constants/engines.ts';
import type { Work } from './layers/context.ts';
import type { PoolBudget } from './memory/memory.ts';
import { microBatchesOf } from './microBatches.ts';
import type { Step } from './operation.ts';
import { type StageTimes, trainingSchedule } from './schedule.ts';
import type { PoolSetting, StageCost } from './stage.ts';
import { stageCosts, stepOf } from './step.ts';

export type TrainingWorkload = Extract<Workload, { kind: 'training' }>;

export function trainingWork(workload: TrainingWorkload): Work {
  return { phase: 'training', sequences: workload.microBatch, length: workload.length, prefix: 0 };
}

/** Operations that a kind of recomputation runs again in the backward pass, by key. */
const RECOMPUTED: Readonly<Record<Exclude<Recompute, 'full'>, readonly string[]>> = {
  selective: ['attention'],
  attention: ['qkv', 'latent-down', 'latent-up', 'attention'],
  norm: ['input-norm', 'post-norm'],
  'mla-up': ['latent-up'],
  experts: ['experts'],
  activation: [],
};

/**
 * One optimizer step. The backward pass computes twice the forward's FLOP (by input and by weight) and communicates as much;
 * recomputation adds what it repeats. Gradients are reduced over dp beside the last backward pass and weights gathered
 * beside the first forward: only what is longer than these shows. The optimizer reads and writes its state once.
 */
export function trainingStep(setting: PoolSetting, workload: TrainingWorkload, budget: PoolBudget): Step {
  const { pool } = setting;
  const { parallel } = pool;
  const work = trainingWork(workload);
  const costs = stageCosts(setting, work);
  const times = costs.map((cost) => stageTimes(pool, cost));
  const microBatches = microBatchesOf(pool, workload);
  const schedule = trainingSchedule(times, microBatches, parallel.schedule, parallel.vpp);
  let exposed = 0;
  let update = 0;
  setting.stages.forEach((stage, index) => {
    const fixed = budget.fixed.filter(({ gpuClass }) => gpuClass.stage === stage.stage);
    const time = times[index];
    if (!time) return;
    const reduction = Math.max(
      0,
      ...fixed.map((one) => gradientSeconds(setting, index, one.denseParameters, one.expertParameters)),
    );
    exposed = Math.max(
      exposed,
      reduction - time.backwardInput - time.backwardWeight - (parallel.zero > 0 ? time.forward : 0),
    );
    const { memoryBandwidth } = stage.hardware.gpu;
    for (const one of fixed) {
      const bytes = 2 * one.optimizerBytes + one.gradientBytes;
      update = Math.max(update, bytes / (ELEMENTWISE_EFFICIENCY * memoryBandwidth));
    }
  });
  exposed = Math.max(0, exposed);
  const tokens = workload.globalBatch * workload.length;
  const step = stepOf(costs, work, microBatches, tokens, schedule, exposed + update);
  // Communication of the backward pass is as long as the forward's.
  return { ...step, exposedCommunicationSeconds: 2 * step.exposedCommunicationSeconds + exposed };
}

/** Seconds of one micro-batch in a stage, recomputation and communication included. */
export function stageTimes(pool: Pool, cost: StageCost): StageTimes {
  const { parallel } = pool;
  const { computeSeconds, communicationSeconds, run } = cost;
  let again = 0;
  if (parallel.recompute.includes('full')) again = computeSeconds + communicationSeconds;
  else if (parallel.recompute.length > 0) {
    const keys = new Set(parallel.recompute.flatMap((kind) => (kind === 'full' ? [] : RECOMPUTED[kind])));
    for (const { layers, operations } of run.layers) {
      for (const { key, seconds } of operations) if (keys.has(key)) again += layers.length * seconds;
    }
  }
  if (parallel.schedule === 'dualpipe') {
    // A forward and a backward micro-batch run together: the longer of computation and communication counts.
    const compute = 3 * computeSeconds + again;
    const scale = Math.max(compute, 2 * communicationSeconds) / compute;
    return {
      forward: computeSeconds * scale,
      backwardInput: (computeSeconds + again) * scale,
      backwardWeight: computeSeconds * scale,
    };
  }
  return {
    forward: computeSeconds + communicationSeconds,
    backwardInput: computeSeconds + communicationSeconds + again,
    backwardWeight: computeSeconds,
  };
}

/** fp32 gradients over dp x cp and, of experts, over edp; with ZeRO a reduce-scatter and a gather of 16-bit weights. */
function gradientSeconds(setting: PoolSetting, index: number, dense: number, experts: number): number {
  const stage = setting.stages[index];
  if (!stage) return 0;
  const { links, hardware, parallel } = stage;
  const over = (spread: typeof links.dp, parameters: number) => {
    if (parallel.zero === 0) return allReduce(spread, hardware.collectives, 4 * parameters, false).seconds;
    const reduce = reduceScatter(spread, hardware.collectives, 4 * parameters).seconds;
    return reduce * (1 + 0.5 * (parallel.zero >= 3 ? 2 : 1));
  };
  return over(links.dp, dense) + over(links.edp, experts);
}
