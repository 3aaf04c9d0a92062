import { Memo } from '../language/memo.ts';
import type { Cluster } from '../plan/cluster.ts';
import type { Deployment, TrainingWorkload, Workload } from '../plan/deployment.ts';
import type { PoolMemory, Prediction } from './evaluation.ts';
import { modelFlop, predictionFlop } from './flop.ts';
import { peakOf } from './hardware.ts';
import type { Work } from './layers/context.ts';
import { type PoolBudget, poolBudget, poolMemory } from './memory/memory.ts';
import { heldAtOnce, predictServing } from './serving/pools.ts';
import { prefillWork, type ServingWorkload } from './serving/serving.ts';
import type { PoolSetting } from './steps/stage.ts';
import { forwardStep, type StepTimes } from './steps/step.ts';
import { inArithmeticOf, trainingStep, trainingWork } from './training/training.ts';

/** The numbers of one pool. */
export interface PoolEstimate {
  /** The setting in which its steps are timed. */
  readonly setting: PoolSetting;
  /** One step per phase that the pool runs. Views draw the first. */
  readonly steps: readonly StepTimes[];
  /** Tokens per second of the pool, over all its replicas. */
  readonly throughput: number;
}

/** The numbers of a prediction that need no operations. */
export type Predicted = Omit<Prediction, 'pools' | 'bottleneck' | 'utilisationPerGpu'>;

/**
 * A deployment in numbers: its memory by pool and its prediction. The two depend on each other through the number of
 * requests held.
 */
export interface Estimate {
  readonly memory: readonly PoolMemory[];
  readonly pools: readonly PoolEstimate[];
  readonly predicted: Predicted;
  /** The pool that determines the deployment's step, and that step. */
  readonly slowest: { readonly pool: PoolEstimate; readonly step: StepTimes };
  /** Number of passes over the model that the FLOP of a step count. */
  readonly passes: number;
}

type BatchWorkload = Extract<Workload, { kind: 'batch' }>;

/** `settings` are those of the deployment's pools, in order. */
export function estimate(deployment: Deployment, settings: readonly PoolSetting[]): Estimate {
  const { workload } = deployment;
  switch (workload.kind) {
    case 'batch':
      return estimateBatch(deployment, settings, workload);
    case 'training':
      return estimateTraining(deployment, settings, workload);
    case 'serving':
      return estimateServing(deployment, settings, workload);
  }
}

/**
 * The batch's sequences are spread over dp ranks, replicas and micro-batches. Several pools share them in proportion to
 * their GPUs.
 */
function estimateBatch(deployment: Deployment, settings: readonly PoolSetting[], workload: BatchWorkload): Estimate {
  const gpuCount = deployment.gpus.length;
  const memory: PoolMemory[] = [];
  const pools: PoolEstimate[] = [];
  for (const setting of settings) {
    const { pool } = setting;
    const sequences = workload.sequences * (settings.length > 1 ? pool.gpus.length / gpuCount : 1);
    const { dp, microBatches } = pool.parallel;
    const perMicroBatch = Math.max(1, Math.ceil(sequences / (dp * pool.replicas * microBatches)));
    const work: Work = { phase: 'forward', sequences: perMicroBatch, length: workload.length, prefix: 0 };
    // With fewer sequences than micro-batches some micro-batches are empty.
    const filled = Math.min(microBatches, Math.max(1, Math.ceil(sequences / (dp * pool.replicas * perMicroBatch))));
    const step = forwardStep(setting, work, filled, sequences * workload.length);
    memory.push(
      poolMemory(poolBudget(deployment.cluster, setting, workload, work), perMicroBatch * filled * dp * pool.replicas),
    );
    pools.push({ setting, steps: [step], throughput: step.tokens / step.seconds });
  }
  const flop = modelFlop(deployment.model, workload.sequences, workload.length, 0, workload.sequences);
  return stepEstimate(deployment, memory, pools, flop, 1);
}

function estimateTraining(
  deployment: Deployment,
  settings: readonly PoolSetting[],
  workload: TrainingWorkload,
): Estimate {
  const memory: PoolMemory[] = [];
  const pools: PoolEstimate[] = [];
  for (const setting of settings) {
    const budget = poolBudget(deployment.cluster, setting, workload, trainingWork(workload));
    const step = trainingStep(setting, workload, budget);
    memory.push(poolMemory(budget, workload.globalBatch));
    pools.push({ setting: inArithmeticOf(setting), steps: [step], throughput: step.tokens / step.seconds });
  }
  const { globalBatch, length } = workload;
  // The backward pass is twice the forward. Recomputation is not model FLOP (Narayanan 2021, appendix).
  const flop =
    3 *
    (modelFlop(deployment.model, globalBatch, length, 0, globalBatch * length) +
      predictionFlop(deployment.model, globalBatch, length));
  return stepEstimate(deployment, memory, pools, flop, 3);
}

/** Figures of a workload that is one step. The slowest pool determines its time. */
function stepEstimate(
  deployment: Deployment,
  memory: readonly PoolMemory[],
  pools: readonly PoolEstimate[],
  flop: number,
  passes: number,
): Estimate {
  const pool = slowestPool(pools);
  const [step] = pool.steps;
  if (!step) throw new RangeError(`deployment ${deployment.name} has a pool without a step`);
  let throughput = 0;
  for (const poolEstimate of pools) throughput += poolEstimate.throughput;
  const { seconds, bubbleFraction, exposedCommunicationSeconds } = step;
  const predicted: Predicted = {
    throughputTokensPerSecond: throughput,
    latencySeconds: seconds,
    stepSeconds: seconds,
    utilisation: flop / (seconds * peakOfGpus(deployment)),
    bubbleFraction,
    exposedCommunicationSeconds,
  };
  return { memory, pools, predicted, slowest: { pool, step }, passes };
}

function slowestPool(pools: readonly PoolEstimate[]): PoolEstimate {
  let slowest = pools[0];
  for (const pool of pools) {
    if (slowest && (pool.steps[0]?.seconds ?? 0) > (slowest.steps[0]?.seconds ?? 0)) slowest = pool;
  }
  if (!slowest) throw new RangeError('a deployment has at least one pool');
  return slowest;
}

function estimateServing(
  deployment: Deployment,
  settings: readonly PoolSetting[],
  workload: ServingWorkload,
): Estimate {
  const { cluster } = deployment;
  const budgets = settings.map((setting) => servingBudget(cluster, setting, workload));
  const served = predictServing(cluster, settings, budgets, workload);
  const memory = budgets.map((budget, index) => poolMemory(budget, served.requestsNeeded[index] ?? 1));
  const pools = settings.map((setting, index): PoolEstimate => {
    const state = served.states[index];
    const steps = state ? [state.decode, state.prefill?.step] : [served.prefills[index]?.step];
    return {
      setting,
      steps: steps.filter((step): step is StepTimes => step !== undefined),
      throughput: served.tokensPerSecond[index] ?? 0,
    };
  });
  const { decode, ttft, tpot, requestsPerSecond, running, most } = served;
  const cached = Math.round(workload.input * workload.prefixShare);
  const flop =
    modelFlop(deployment.model, 1, workload.input - cached, cached, 1) +
    workload.output * modelFlop(deployment.model, 1, 1, workload.input + workload.output / 2, 1);
  const pool = pools.find(({ steps }) => steps[0] === decode) ?? pools[0];
  if (!pool) throw new RangeError('a deployment has at least one pool');
  const predicted: Predicted = {
    throughputTokensPerSecond: requestsPerSecond * workload.output,
    ...(ttft === undefined
      ? { overload: { arriving: workload.requestRate ?? 0, finishing: requestsPerSecond } }
      : { latencySeconds: ttft + tpot * Math.max(0, workload.output - 1), ttftSeconds: ttft }),
    stepSeconds: decode.seconds,
    tpotSeconds: tpot,
    inFlight: { running, most },
    utilisation: (flop * requestsPerSecond) / peakOfGpus(deployment),
    bubbleFraction: decode.bubbleFraction,
    exposedCommunicationSeconds: decode.exposedCommunicationSeconds,
  };
  return { memory, pools, predicted, slowest: { pool, step: decode }, passes: 1 };
}

/**
 * Memory of a plan that has one half of serving alone. A pool that reads prompts holds one at a time on each attention rank; pools
 * that generate tokens share the requests in flight, or hold one on each rank where their number would follow from both halves.
 */
export function memoryOfHalf(
  { cluster, gpus }: Deployment,
  settings: readonly PoolSetting[],
  workload: ServingWorkload,
): readonly PoolMemory[] {
  return settings.map((setting) => {
    const { pool } = setting;
    const ranks = pool.parallel.dp * pool.replicas;
    const inFlight = pool.role === 'prefill' ? undefined : workload.concurrency;
    const requests = inFlight === undefined ? ranks : (inFlight * pool.gpus.length) / gpus.length;
    return poolMemory(servingBudget(cluster, setting, workload), requests);
  });
}

/**
 * The largest micro-batch in flight determines the activations: a prefill chunk where prompts are read, elsewhere the
 * requests that decode at once. There are at most as many of these as fit the cache, which has what their activations
 * leave.
 */
export function servingBudget(cluster: Cluster, setting: PoolSetting, workload: ServingWorkload): PoolBudget {
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
function peakOfGpus({ cluster, pools }: Deployment): number {
  let peak = 0;
  for (const { model, gpus } of pools) {
    const type = model.types.compute ?? model.types.experts;
    const counts = gpusByGroup(cluster, gpus);
    cluster.groups.forEach(({ node }, index) => {
      peak += (counts[index] ?? 0) * peakOf(node.gpu, type);
    });
  }
  return peak;
}

const counted = new Memo<readonly number[], Map<Cluster, readonly number[]>>();

/**
 * Number of GPUs in each group of nodes. It is counted once for each list, because plans with the same layout share their
 * lists.
 */
function gpusByGroup(cluster: Cluster, gpus: readonly number[]): readonly number[] {
  const ofList = counted.get(gpus) ?? new Map<Cluster, readonly number[]>();
  counted.set(gpus, ofList);
  const cachedGpus = ofList.get(cluster);
  if (cachedGpus) return cachedGpus;
  const counts = cluster.groups.map(({ firstGpu, node, count }) => {
    const end = firstGpu + node.gpus * count;
    let members = 0;
    for (const gpu of gpus) if (gpu >= firstGpu && gpu < end) members++;
    return members;
  });
  ofList.set(cluster, counts);
  return counts;
}
