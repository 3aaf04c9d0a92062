import type { Cluster } from '../plan/cluster.ts';
import type { Deployment, TrainingWorkload, Workload } from '../plan/deployment.ts';
import { bottleneckOf } from './bottleneck.ts';
import type { PoolMemory, PoolPrediction, Prediction } from './evaluation.ts';
import { modelFlop, predictionFlop } from './flop.ts';
import { peakOf } from './hardware.ts';
import type { Work } from './layers/context.ts';
import { type PoolBudget, poolBudget, poolMemory } from './memory/memory.ts';
import type { Step } from './operation.ts';
import { heldAtOnce, predictServing } from './pools.ts';
import type { ServingWorkload } from './serving.ts';
import { prefillWork } from './serving.ts';
import type { PoolSetting } from './stage.ts';
import { poolSetting } from './stage.ts';
import { forwardStep } from './step.ts';
import { trainingStep, trainingWork } from './training.ts';

/** A deployment's memory by pool and its prediction: the two depend on each other through the requests held. */
export interface Outcome {
  readonly memory: readonly PoolMemory[];
  readonly prediction: Prediction;
}

type BatchWorkload = Extract<Workload, { kind: 'batch' }>;

export function predict(deployment: Deployment): Outcome {
  const settings = deployment.pools.map((pool) => poolSetting(deployment.cluster, pool));
  const { workload } = deployment;
  switch (workload.kind) {
    case 'batch':
      return predictBatch(deployment, settings, workload);
    case 'training':
      return predictTraining(deployment, settings, workload);
    case 'serving':
      return predictServed(deployment, settings, workload);
  }
}

/** The batch's sequences are spread over dp ranks, replicas and micro-batches; several pools share them by their GPUs. */
function predictBatch(deployment: Deployment, settings: readonly PoolSetting[], workload: BatchWorkload): Outcome {
  const all = deployment.gpus.length;
  const memory: PoolMemory[] = [];
  const pools: PoolPrediction[] = [];
  for (const setting of settings) {
    const { pool } = setting;
    const sequences = workload.sequences * (settings.length > 1 ? pool.gpus.length / all : 1);
    const { dp, microBatches } = pool.parallel;
    const perMicroBatch = Math.max(1, Math.ceil(sequences / (dp * pool.replicas * microBatches)));
    const work: Work = { phase: 'forward', sequences: perMicroBatch, length: workload.length, prefix: 0 };
    // Fewer sequences than micro-batches leave some of these empty.
    const filled = Math.min(microBatches, Math.max(1, Math.ceil(sequences / (dp * pool.replicas * perMicroBatch))));
    const step = forwardStep(setting, work, filled, sequences * workload.length);
    memory.push(
      poolMemory(poolBudget(deployment.cluster, setting, workload, work), perMicroBatch * filled * dp * pool.replicas),
    );
    pools.push({ pool, steps: [step], throughput: step.tokens / step.seconds });
  }
  const flop = modelFlop(deployment.model, workload.sequences, workload.length, 0, workload.sequences);
  return { memory, prediction: stepPrediction(deployment, pools, flop, 1) };
}

function predictTraining(
  deployment: Deployment,
  settings: readonly PoolSetting[],
  workload: TrainingWorkload,
): Outcome {
  const memory: PoolMemory[] = [];
  const pools: PoolPrediction[] = [];
  for (const setting of settings) {
    const budget = poolBudget(deployment.cluster, setting, workload, trainingWork(workload));
    const step = trainingStep(setting, workload, budget);
    memory.push(poolMemory(budget, workload.globalBatch));
    pools.push({ pool: setting.pool, steps: [step], throughput: step.tokens / step.seconds });
  }
  const { globalBatch, length } = workload;
  // Backward twice the forward; recomputation is not model FLOP (Narayanan 2021, appendix).
  const flop =
    3 *
    (modelFlop(deployment.model, globalBatch, length, 0, globalBatch * length) +
      predictionFlop(deployment.model, globalBatch, length));
  return { memory, prediction: stepPrediction(deployment, pools, flop, 3) };
}

/** Figures of a workload that is one step: the slowest pool gives its time. */
function stepPrediction(
  deployment: Deployment,
  pools: readonly PoolPrediction[],
  flop: number,
  passes: number,
): Prediction {
  const slowest = slowestPool(pools);
  const step = slowest.steps[0];
  if (!step) throw new RangeError(`deployment ${deployment.name} has a pool without a step`);
  let throughput = 0;
  for (const pool of pools) throughput += pool.throughput;
  return {
    pools,
    throughputTokensPerSecond: throughput,
    latencySeconds: step.seconds,
    stepSeconds: step.seconds,
    utilisation: flop / (step.seconds * peakOfGpus(deployment)),
    utilisationPerGpu: pools.flatMap((pool) => stageUtilisation(deployment.cluster, pool, passes)),
    bubbleFraction: step.bubbleFraction,
    exposedCommunicationSeconds: step.exposedCommunicationSeconds,
    bottleneck: bottleneckOf(
      step,
      slowest.pool.stages.map(({ name }) => name),
    ),
  };
}

function slowestPool(pools: readonly PoolPrediction[]): PoolPrediction {
  let slowest = pools[0];
  for (const pool of pools) {
    if (slowest && (pool.steps[0]?.seconds ?? 0) > (slowest.steps[0]?.seconds ?? 0)) slowest = pool;
  }
  if (!slowest) throw new RangeError('a deployment has at least one pool');
  return slowest;
}

function predictServed(deployment: Deployment, settings: readonly PoolSetting[], workload: ServingWorkload): Outcome {
  const { cluster } = deployment;
  const budgets = settings.map((setting) => servingBudget(cluster, setting, workload));
  const served = predictServing(cluster, settings, budgets, workload);
  const memory = budgets.map((budget, index) => poolMemory(budget, served.requestsNeeded[index] ?? 1));
  const pools = settings.map((setting, index): PoolPrediction => {
    const state = served.states[index];
    const steps = state ? [state.decode, state.prefill?.step] : [served.prefills[index]?.step];
    return {
      pool: setting.pool,
      steps: steps.filter((step): step is Step => step !== undefined),
      throughput: served.tokensPerSecond[index] ?? 0,
    };
  });
  const { decode, ttft, tpot, requestsPerSecond } = served;
  const cached = Math.round(workload.input * workload.prefixShare);
  const flop =
    modelFlop(deployment.model, 1, workload.input - cached, cached, 1) +
    workload.output * modelFlop(deployment.model, 1, 1, workload.input + workload.output / 2, 1);
  const decoding = pools.find(({ steps }) => steps[0] === decode) ?? pools[0];
  return {
    memory,
    prediction: {
      pools,
      throughputTokensPerSecond: requestsPerSecond * workload.output,
      ...(ttft === undefined
        ? { overload: { arriving: workload.requestRate ?? 0, finishing: requestsPerSecond } }
        : { latencySeconds: ttft + tpot * Math.max(0, workload.output - 1), ttftSeconds: ttft }),
      stepSeconds: decode.seconds,
      tpotSeconds: tpot,
      utilisation: (flop * requestsPerSecond) / peakOfGpus(deployment),
      utilisationPerGpu: pools.flatMap((pool) => stageUtilisation(cluster, pool, 1)),
      bubbleFraction: decode.bubbleFraction,
      exposedCommunicationSeconds: decode.exposedCommunicationSeconds,
      bottleneck: bottleneckOf(decode, decoding?.pool.stages.map(({ name }) => name) ?? []),
    },
  };
}

/**
 * The largest micro-batch in flight decides the activations: a prefill chunk where prompts are read, elsewhere the requests
 * that decode at once. These are no more than the cache holds, which has what their activations leave.
 */
function servingBudget(cluster: Cluster, setting: PoolSetting, workload: ServingWorkload): PoolBudget {
  const { pool } = setting;
  if (pool.role !== 'decode') return poolBudget(cluster, setting, workload, prefillWork(setting, workload));
  const ranks = pool.parallel.dp * pool.replicas;
  const length = 1 + pool.engine.speculativeTokens;
  const budgetFor = (sequences: number) =>
    poolBudget(cluster, setting, workload, { phase: 'decode', sequences, length, prefix: workload.input });
  const wanted = Math.max(1, (workload.concurrency ?? 1) / ranks);
  const whole = budgetFor(wanted);
  if (heldAtOnce(setting, whole, workload) >= wanted * ranks) return whole;
  let fitting = budgetFor(1);
  let low = 1;
  let high = Math.ceil(wanted);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const budget = budgetFor(middle);
    if (heldAtOnce(setting, budget, workload) >= middle * ranks) {
      fitting = budget;
      low = middle;
    } else high = middle;
  }
  return fitting;
}

/** Peak FLOP/s of all GPUs used, in the arithmetic of the model's experts, or of its weights when it is dense. */
function peakOfGpus(deployment: Deployment): number {
  const { cluster } = deployment;
  let peak = 0;
  for (const pool of deployment.pools) {
    const type = pool.model.types.compute ?? pool.model.types.experts;
    for (const group of cluster.groups) {
      const end = group.firstGpu + group.node.gpus * group.count;
      let members = 0;
      for (const gpu of pool.gpus) if (gpu >= group.firstGpu && gpu < end) members++;
      peak += members * peakOf(group.node.gpu, type);
    }
  }
  return peak;
}

/** FLOP that one GPU of each stage does in the drawn step over its peak. */
function stageUtilisation(cluster: Cluster, { pool, steps }: PoolPrediction, passes: number) {
  const step = steps[0];
  if (!step) return [];
  return pool.stages.map((stage, index) => {
    const run = step.stages[index];
    let flop = 0;
    if (run) {
      for (const operation of run.entry) flop += operation.flop;
      for (const operation of run.exit) flop += operation.flop;
      for (const { layers, operations } of run.layers) {
        for (const operation of operations) flop += layers.length * operation.flop;
      }
    }
    const first = stage.gpus[0] ?? 0;
    const group = cluster.groups.findLast(({ firstGpu }) => firstGpu <= first);
    const peak = group ? peakOf(group.node.gpu, pool.model.types.compute ?? pool.model.types.experts) : 1;
    return {
      gpus: stage.gpus,
      phase: step.phase,
      utilisation: (passes * step.microBatches * flop) / (step.seconds * peak),
    };
  });
}
