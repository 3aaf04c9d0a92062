import { Memo } from '../../language/memo.ts';
import { shapeOf } from '../../plan/attention.ts';
import type { Evaluation, GpuMemory, PoolPrediction } from '../evaluation.ts';
import { expertsOf } from '../parameters/parameters.ts';
import { gpuOf, servedResiduals, stepError } from './band.ts';
import type { Figure } from './figure.ts';
import type { FormulaName } from './formulas.ts';
import { formulasOf } from './inputs.ts';
import { exact, inputsIn, predicted } from './make.ts';
import { capacityFigure, memoryFigure, toolsFigure } from './memory.ts';

/** The figures of a deployment that are shown to users, each with its formula, source and band. */
export interface Figures {
  /**
   * Rates and times of requests are absent when a cache holds no request. Latency and TTFT are absent under overload, too.
   */
  readonly throughput?: Figure;
  readonly throughputPerGpu?: Figure;
  readonly latency?: Figure;
  readonly step: Figure;
  readonly ttft?: Figure;
  readonly tpot?: Figure;
  readonly utilisation?: Figure;
  readonly bubble: Figure;
  readonly exposedCommunication: Figure;
  readonly memoryOfFullestGpu: Figure;
  /** What tools show of the fullest GPU. Absent where it is the memory in use. */
  readonly memoryInTools?: Figure;
  readonly capacityOfFullestGpu: Figure;
  readonly expertMemory: Figure;
  readonly expertMemoryPerGpu: Figure;
  readonly expertsPerGpu: Figure;
  readonly parameters: Figure;
  readonly activeParameters: Figure;
  readonly weightBytes: Figure;
  readonly kvBytesPerToken: Figure;
  readonly requestsThatFit?: Figure;
  readonly longestContext?: Figure;
  readonly gpus: Figure;
  readonly pricePerHour?: Figure;
}

/** The GPU with the least free memory. */
export function fullestGpu(evaluation: Evaluation): GpuMemory {
  let fullest: GpuMemory | undefined;
  for (const { classes } of evaluation.memory) {
    for (const memory of classes) if (!fullest || memory.freeBytes < fullest.freeBytes) fullest = memory;
  }
  if (!fullest) throw new RangeError(`deployment ${evaluation.deployment.name} has no GPU`);
  return fullest;
}

/** Whether the cache of some pool holds no request, so that nothing is served. */
export function servesNone({ memory }: Evaluation): boolean {
  return memory.some(({ requestsThatFit }) => requestsThatFit === 0);
}

/** The pool whose step represents the deployment: the one that generates, or the slowest. */
export function mainPool(evaluation: Evaluation): PoolPrediction | undefined {
  const { pools, stepSeconds } = evaluation.prediction;
  return pools.find(({ steps }) => steps[0]?.seconds === stepSeconds) ?? pools[0];
}

/** Cached, because each claim of a deployment asks for all its figures. */
const cache = new Memo<Evaluation, Figures>();

export function figuresOf(evaluation: Evaluation): Figures {
  const figures = cache.get(evaluation) ?? computeFigures(evaluation);
  cache.set(evaluation, figures);
  return figures;
}

function computeFigures(evaluation: Evaluation): Figures {
  const { prediction, parameters, deployment, cluster } = evaluation;
  const main = mainPool(evaluation);
  const step = main?.steps[0];
  const error = main && step ? stepError(evaluation, main, step) : 0;
  const served =
    deployment.workload.kind === 'serving' && main
      ? servedResiduals(main.pool.engine.name, gpuOf(evaluation, main))
      : undefined;
  const errorOf = (residual: number | undefined) =>
    main && step && residual !== undefined ? stepError(evaluation, main, step, residual) : error;
  const rateError = errorOf(served?.rateResidual);
  const gpus = deployment.gpus.length;
  const by = formulasOf(evaluation, main, step);
  const fullest = fullestGpu(evaluation);
  const fitting = evaluation.memory.reduce(
    (least, { requestsThatFit }) => Math.min(least, requestsThatFit),
    Number.POSITIVE_INFINITY,
  );
  const longest = Math.min(...evaluation.memory.map(({ longestContext }) => longestContext));
  const { throughputTokensPerSecond, latencySeconds, ttftSeconds, tpotSeconds } = prediction;
  const rates = servesNone(evaluation)
    ? {}
    : {
        throughput: predicted(throughputTokensPerSecond, 'tokens/s', by.throughput, rateError),
        throughputPerGpu: predicted(throughputTokensPerSecond / gpus, 'tokens/s', by.throughputPerGpu, rateError),
        ...(latencySeconds === undefined ? {} : { latency: predicted(latencySeconds, 'seconds', by.latency, error) }),
        ...(ttftSeconds === undefined
          ? {}
          : { ttft: predicted(ttftSeconds, 'seconds', by.ttft, errorOf(served?.firstResidual)) }),
        ...(tpotSeconds === undefined ? {} : { tpot: predicted(tpotSeconds, 'seconds', by.tpot, error) }),
        utilisation: predicted(prediction.utilisation, 'fraction', by.utilisation, error),
      };
  return {
    ...rates,
    step: predicted(prediction.stepSeconds, 'seconds', by.step, error),
    bubble: exact(prediction.bubbleFraction, 'fraction', 'bubble', by.bubble.inputs),
    exposedCommunication: predicted(prediction.exposedCommunicationSeconds, 'seconds', by.exposedCommunication, error),
    memoryOfFullestGpu: memoryFigure(fullest),
    ...(fullest.idleBytes > 0 && { memoryInTools: toolsFigure(fullest) }),
    capacityOfFullestGpu: capacityFigure(fullest),
    expertMemory: exact(parameters.bytesPerExpert, 'bytes', 'weight-bytes', {
      parameters: { value: parameters.perExpert, unit: 'parameters' },
    }),
    expertMemoryPerGpu: exact(
      largest(evaluation, ({ expertBytes }) => expertBytes),
      'bytes',
      'weight-bytes',
    ),
    expertsPerGpu: exact(
      largest(evaluation, ({ gpuClass }) => gpuClass.experts),
      'count',
      'count',
    ),
    parameters: exact(parameters.total, 'parameters', 'parameters', inputsIn('parameters', { ...parameters.counts })),
    activeParameters: exact(parameters.active, 'parameters', 'parameters'),
    weightBytes: exact(parameters.weightBytes, 'bytes', 'weight-bytes'),
    kvBytesPerToken: exact(Math.max(...evaluation.memory.map((pool) => pool.kvBytesPerToken)), 'bytes', 'memory'),
    ...(Number.isFinite(longest) ? { longestContext: exact(longest, 'tokens', 'longest-context') } : {}),
    ...(Number.isFinite(fitting) ? { requestsThatFit: exact(fitting, 'count', 'requests-that-fit') } : {}),
    gpus: exact(gpus, 'count', 'count'),
    ...(cluster.pricePerGpuHour === undefined
      ? {}
      : { pricePerHour: exact(cluster.pricePerGpuHour * gpus, 'price/h', 'count', inputsIn('count', { GPUs: gpus })) }),
  };
}

function largest(evaluation: Evaluation, bytesOf: (memory: GpuMemory) => number): number {
  let most = 0;
  for (const { classes } of evaluation.memory) for (const memory of classes) most = Math.max(most, bytesOf(memory));
  return most;
}

/** The computed figure for a claim of `expect` or `measured`. Undefined when the deployment has no such figure. */
export function claimFigure(evaluation: Evaluation, name: string): Figure | undefined {
  const figures = figuresOf(evaluation);
  switch (name) {
    case 'throughput':
      return figures.throughput;
    case 'throughput-per-gpu':
      return figures.throughputPerGpu;
    case 'latency':
      return figures.latency;
    case 'step':
      return figures.step;
    case 'ttft':
      return figures.ttft;
    case 'tpot':
      return figures.tpot;
    case 'utilisation':
      return figures.utilisation;
    case 'memory-per-gpu':
      return figures.memoryOfFullestGpu;
    case 'gpus-used':
      return figures.gpus;
    case 'expert-memory':
      return expertsOf(evaluation.deployment.model) && figures.expertMemory;
    case 'expert-memory-per-gpu':
      return expertsOf(evaluation.deployment.model) && figures.expertMemoryPerGpu;
    case 'experts-per-gpu':
      return expertsOf(evaluation.deployment.model) && figures.expertsPerGpu;
    default:
      return planFigure(evaluation, name);
  }
}

/** Why a deployment has no figure for a claim, as the continuation of `is not computed`. */
export function whyNoFigure(evaluation: Evaluation, name: string): string {
  const { deployment, prediction } = evaluation;
  if (!name.includes('expert') && deployment.workload.kind === 'serving') {
    if (servesNone(evaluation)) return 'where no request fits';
    if (prediction.overload) return 'where more requests arrive than are finished';
  }
  if (name === 'ttft' || name === 'tpot') {
    const { kind } = deployment.workload;
    return kind === 'batch' ? 'for one batch' : `for ${kind}`;
  }
  return name.includes('expert') ? 'for a model without routed experts' : 'for this model';
}

/** Figures that are counted on the plan alone. With several pools the largest counts. */
function planFigure({ deployment }: Evaluation, name: string): Figure | undefined {
  let value: number | undefined;
  for (const { model, parallel, stages } of deployment.pools) {
    for (const stage of stages) {
      if (name === 'layers-per-gpu') value = Math.max(value ?? 0, stage.layers.length);
      if (name !== 'experts-per-layer') continue;
      for (const { ranks } of new Set(stage.experts.values())) {
        for (const held of ranks) value = Math.max(value ?? 0, held.length);
      }
    }
    for (const { attention, feedForward } of model.classes) {
      const shape = shapeOf(attention);
      if (shape && (name === 'heads-per-gpu' || name === 'columns-per-gpu')) {
        const heads = Math.ceil(shape.heads / parallel.tp);
        value = Math.max(value ?? 0, name === 'heads-per-gpu' ? heads : heads * shape.queryWidth);
      }
      if (name !== 'ffn-per-gpu' || feedForward.kind === 'none') continue;
      const isExpert = feedForward.kind === 'moe';
      // In a model with both kinds of layers the claim means the experts' width.
      if (!isExpert && expertsOf(model)) continue;
      value = Math.max(value ?? 0, Math.ceil(feedForward.ffn / (isExpert ? parallel.etp : parallel.tp)));
    }
  }
  return value === undefined ? undefined : exact(value, 'count', 'count');
}

/** The figure of a claim of `compare`, from the first and the last deployment named. */
export function compareFigure(first: Evaluation, last: Evaluation, name: string): Figure | undefined {
  const [before, after] = [figuresOf(first), figuresOf(last)];
  if (name === 'speedup')
    return after.throughput && before.throughput && ratio(after.throughput, before.throughput, 'speedup');
  if (name === 'latency-ratio')
    return before.latency && after.latency && ratio(before.latency, after.latency, 'latency-ratio');
  return undefined;
}

function ratio(over: Figure, under: Figure, formula: FormulaName): Figure {
  const value = over.value / under.value;
  const relative = (figure: Figure) => (figure.band ? figure.band.high / figure.value - 1 : 0);
  const error = Math.hypot(relative(over), relative(under));
  const inputs = { over: { value: over.value, unit: over.unit }, under: { value: under.value, unit: under.unit } };
  return predicted(value, 'ratio', { formula, inputs }, error);
}
