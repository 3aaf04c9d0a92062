import { engineProfile } from '../../engines/index.ts';
import { repeatedLayers } from '../../plan/chunks.ts';
import type { Pool } from '../../plan/deployment.ts';
import type { Recompute } from '../../plan/parallel.ts';
import { PROJECTION_KERNELS } from '../attention/index.ts';
import {
  attentionGeneration,
  recipeOf,
  type TrainingConstants,
  trainingEngine,
  trainingFamilyOf,
} from '../constants/training.ts';
import type { StageSetting } from '../layers/context.ts';
import type { StageTimes } from '../schedule/schedule.ts';
import type { StageParts } from './parts.ts';

/** Seconds of one micro-batch through one stage in training. */
export interface TrainingTimes extends StageTimes {
  /** Communication that nothing hides, in both passes together, and in the forward pass. */
  readonly exposed: number;
  readonly exposedForward: number;
  /** Share of the exchange of tokens that computation hides when passes are paired. */
  readonly hidden: number;
}

/** Exponent that joins the host's time and the work that follows it: the longer of the two counts, smoothly. */
const HOST_POWER = 4;

function behindHost(gpu: number, host: number): number {
  return (gpu ** HOST_POWER + host ** HOST_POWER) ** (1 / HOST_POWER);
}

/**
 * The passes of one micro-batch. The backward pass multiplies twice, by input and by weight (once when weights are frozen),
 * and communicates as much as the forward pass. Recomputation repeats its modules, and a recomputed layer also repeats its
 * exchange of tokens. Kernels are launched ahead, so a pass takes the longer of host and GPU. Keys and values of other
 * context-parallel ranks travel beside attention. Dispatch and combine run alone unless the schedule pairs a forward with a
 * backward pass: then computation hides them as far as it reaches, except for a share.
 */
export function trainingTimes(
  fitted: TrainingConstants,
  stage: StageSetting,
  parts: StageParts,
  trainable: 'all' | 'adapters',
): TrainingTimes {
  const { parallel, engine, hardware, model } = stage;
  const family = trainingFamilyOf(hardware.gpu);
  const kernels = fitted.kernels[family];
  const { software } = engineProfile(engine.name).training;
  const constants = trainingEngine(fitted, software);
  const recipe = recipeOf(model.types.weights);
  // PyTorch's experts are one grouped product (`torch._grouped_mm`) unless a plan says otherwise.
  const fused = engine.fusedExperts ?? software === 'pytorch';
  const products = kernels.products[recipe] * parts.products + parts.ends;
  const left = fused ? constants.fused : 1;
  const experts = left * kernels.experts[recipe] * parts.experts;
  const copies = left * (constants.copies * parts.copies + constants.inner * parts.inner);
  const attention = kernels.attention * attentionGeneration(fitted, family, engine) * parts.attention;
  const scores = engine.flashAttention === 0 ? (constants.scoreBytes * parts.scores) / hardware.gpu.memoryBandwidth : 0;
  const elementwise =
    constants.elementwise * parts.elementwise * (engine.fused === false ? 1 + constants.unfused : 1) +
    constants.linear * parts.linear;
  const operands = recipe === 'bf16' ? 0 : constants.operands * parts.operands;
  const host =
    constants.hostLayer * parts.layers +
    (engine.allToAll === 'nccl' ? constants.hostExchange * parts.moeLayers : 0) +
    (fused ? 0 : constants.hostExpert * parts.heldExperts);
  const tp = constants.tensorParallel * parts.tp * (parallel.tpOverlap ? 1 - constants.tensorParallelHidden : 1);
  const cp = Math.max(0, parts.cp - attention);
  const across = stage.links.experts.domains > 1;
  const exchange = (across ? constants.exchangeAcross : constants.exchange) * parts.exchange;
  const multiplied = products + experts;
  const work = multiplied + attention + scores + elementwise + operands + copies + tp + cp;
  const forward = behindHost(work, host);
  const passes = trainable === 'adapters' ? 1 : 2;
  const backward = behindHost(
    passes * (multiplied + operands) +
      constants.attentionBackward * attention +
      2 * (scores + elementwise + copies + cp) +
      tp,
    host,
  );
  const again = recomputed(stage.pool, parts, {
    all: repeatedShare(stage) * (behindHost(work - parts.ends, host) + exchange),
    attention: attention + scores,
    products: kernels.products[recipe],
    elementwise: constants.elementwise,
    experts: experts + copies + exchange,
  });
  const compute = forward + backward;
  const paired = engine.twoBatchOverlap || parallel.schedule === 'dualpipe';
  const shown = paired ? Math.max(2 * exchange * (1 - constants.exchangeHidden), 2 * exchange - compute) : 2 * exchange;
  const weight = trainable === 'adapters' ? 0 : Math.min(multiplied, backward / 2);
  const { factor } = constants;
  const { transfer } = parts;
  return {
    forward: factor * (forward + shown / 2 + transfer),
    backwardInput: factor * (backward - weight + again + shown / 2 + transfer),
    backwardWeight: factor * weight,
    exposed: factor * (2 * (tp + cp + transfer) + shown + repeatedExchange(stage, tp + cp, exchange)),
    exposedForward: factor * (tp + cp + transfer + shown / 2),
    hidden: exchange > 0 ? 1 - shown / (2 * exchange) : 0,
    ...(parts.chunks && { shares: sharesOf(parts.chunks.map((own) => trainingTimes(fitted, stage, own, trainable))) }),
  };
}

/** The part of a stage's time that each of its chunks takes. */
function sharesOf(chunks: readonly TrainingTimes[]): readonly number[] {
  const seconds = chunks.map(({ forward, backwardInput, backwardWeight }) => forward + backwardInput + backwardWeight);
  const sum = seconds.reduce((total, ofChunk) => total + ofChunk, 0);
  return seconds.map((ofChunk) => ofChunk / sum);
}

/** The part of a stage's layers that full recomputation runs again. */
function repeatedShare({ stage, parallel }: StageSetting): number {
  return stage.layers.length === 0 ? 1 : repeatedLayers(stage, parallel).size / stage.layers.length;
}

interface Repeated {
  readonly all: number;
  readonly attention: number;
  readonly products: number;
  readonly elementwise: number;
  readonly experts: number;
}

/** Share of the products, when selective recomputation keeps the output of every second one. */
const SELECTIVE_PRODUCTS = 0.5;

/** The communication of what is recomputed. Nothing hides it. */
function repeatedExchange(stage: StageSetting, collectives: number, exchange: number): number {
  const { parallel } = stage;
  if (parallel.recompute.includes('full')) return repeatedShare(stage) * (collectives + exchange);
  return parallel.recompute.includes('experts') ? exchange : 0;
}

function recomputed(pool: Pool, parts: StageParts, repeated: Repeated): number {
  const { recompute } = pool.parallel;
  if (recompute.includes('full')) return repeated.all;
  const secondsOf = (...keys: string[]) => keys.reduce((sum, key) => sum + (parts.byKey.get(key) ?? 0), 0);
  let seconds = 0;
  for (const kind of new Set(recompute)) {
    if (kind !== 'full' && !isPartOfAttention(kind, pool))
      seconds += moduleSeconds(kind, pool, parts, repeated, secondsOf);
  }
  return seconds;
}

/** Whether the module is already recomputed with attention. */
function isPartOfAttention(kind: Recompute, { engine, parallel }: Pool): boolean {
  if (!parallel.recompute.includes('attention')) return false;
  return kind === 'mla-up' || (kind === 'selective' && engineProfile(engine.name).training.selective === 'attention');
}

function moduleSeconds(
  kind: Exclude<Recompute, 'full'>,
  pool: Pool,
  parts: StageParts,
  repeated: Repeated,
  secondsOf: (...keys: string[]) => number,
): number {
  switch (kind) {
    case 'selective':
      return engineProfile(pool.engine.name).training.selective === 'every-second-product'
        ? SELECTIVE_PRODUCTS * repeated.products * parts.products
        : repeated.attention;
    case 'attention':
      return repeated.attention + repeated.products * secondsOf(...PROJECTION_KERNELS.keys());
    case 'norm':
      return repeated.elementwise * secondsOf('input-norm', 'post-norm');
    case 'mla-up':
      return repeated.products * secondsOf('latent-up');
    case 'experts':
      return repeated.experts;
    case 'shared-experts':
      return repeated.products * secondsOf('shared-experts');
    case 'dense':
      return repeated.products * secondsOf('ffn');
    case 'activation':
      return 0;
  }
}
