import { layersOfChunks } from '../../plan/chunks.ts';
import type { FeedForward } from '../../plan/model.ts';
import { PROJECTION_KERNELS } from '../attention/index.ts';
import { peakOf } from '../hardware.ts';
import { groupedGemm } from '../kernels/grouped.ts';
import type { StageSetting } from '../layers/context.ts';
import type { Operation } from '../operation.ts';
import type { StageCost } from '../steps/stage.ts';

/** Seconds of one micro-batch's forward pass through a stage by kind of work, before an engine's own constants. */
export interface StageParts {
  /** Dense matrix products. */
  readonly products: number;
  /** Token embedding, output head and what belongs to them. They stay in 16 bits. */
  readonly ends: number;
  /**
   * Products of the experts: the time of 16-bit kernels, divided by the ratio of their arithmetic's peak to the 16-bit
   * peak.
   */
  readonly experts: number;
  /** Layers times experts that one GPU holds. Each starts kernels of its own unless they are fused. */
  readonly heldExperts: number;
  readonly attention: number;
  /** Linear attention and state-space layers. */
  readonly linear: number;
  /** Elements of the score matrices, which unfused attention writes. */
  readonly scores: number;
  readonly elementwise: number;
  /** Passes over the operands of the products, which narrow arithmetic quantises: seconds at full bandwidth. */
  readonly operands: number;
  /** Seconds at full bandwidth for the token copies around the experts, and for what lies between their products. */
  readonly copies: number;
  readonly inner: number;
  readonly tp: number;
  readonly cp: number;
  readonly exchange: number;
  readonly transfer: number;
  readonly layers: number;
  readonly moeLayers: number;
  /** Seconds by key of operation over the stage's layers, for recomputation to repeat. */
  readonly byKey: ReadonlyMap<string, number>;
  /** The parts of each chunk, where a layout makes them unequal. */
  readonly chunks?: readonly StageParts[];
}

const PRODUCTS: ReadonlySet<string> = new Set([
  ...PROJECTION_KERNELS.keys(),
  'output-projection',
  'state-output',
  'token-input',
  'ffn',
  'shared-experts',
  'parallel-ffn',
  'latent-in',
  'latent-out',
]);

export function stageParts(stage: StageSetting, cost: StageCost, length: number): StageParts {
  const parts = partsOf(stage, cost, length);
  const { chunks } = stage.stage;
  if (!chunks || chunks.length === 1) return parts;
  return {
    ...parts,
    chunks: layersOfChunks(stage.stage, chunks.length).map((layers, chunk) =>
      partsOf(stage, costOfChunk(cost, new Set(layers), chunk === 0, chunk === chunks.length - 1), length),
    ),
  };
}

/** The part of a stage's cost that one chunk has. The transfer belongs to all of them alike and is left out. */
function costOfChunk(
  { run, modules }: StageCost,
  held: ReadonlySet<number>,
  isFirst: boolean,
  isLast: boolean,
): StageCost {
  const { transfer: _, ...rest } = run;
  const layers = run.layers.flatMap((equal) => {
    const own = equal.layers.filter((layer) => held.has(layer));
    return own.length === 0 ? [] : [{ ...equal, layers: own }];
  });
  return {
    run: { ...rest, layers, entry: isFirst ? run.entry : [], exit: isLast ? run.exit : [] },
    ...(isLast && modules && { modules }),
  };
}

function partsOf(stage: StageSetting, { run, modules }: StageCost, length: number): StageParts {
  const { gpu } = stage.hardware;
  const sum = { products: 0, ends: 0, experts: 0, heldExperts: 0, attention: 0, linear: 0, scores: 0, elementwise: 0 };
  const more = { operands: 0, copies: 0, inner: 0, tp: 0, cp: 0, exchange: 0, layers: 0, moeLayers: 0 };
  const byKey = new Map<string, number>();
  const add = (operation: Operation, times: number, feedForward?: FeedForward) => {
    const seconds = times * operation.seconds;
    // Hand-drawn norms are recomputed like the usual ones.
    const key = operation.operator?.kind === 'norm' ? 'post-norm' : operation.key;
    byKey.set(key, (byKey.get(key) ?? 0) + seconds);
    if (operation.kind === 'communication' || operation.kind === 'routing' || operation.kind === 'aggregation') {
      if (operation.group === 'tp') more.tp += seconds;
      else if (operation.group === 'cp') more.cp += seconds;
      else if (operation.group !== 'gpu') more.exchange += seconds;
      if (operation.kind === 'routing') more.copies += (times * operation.bytes) / gpu.memoryBandwidth;
      return;
    }
    if (operation.routed) {
      sum.experts += times * expertSeconds(stage, operation, feedForward);
      sum.heldExperts += times * (operation.input[0]?.size ?? 0);
      more.moeLayers += times;
      more.inner += (times * innerBytes(stage, operation, feedForward)) / gpu.memoryBandwidth;
    } else if (operation.key === 'attention') {
      if (operation.formula === 'linear-attention') sum.linear += seconds;
      else sum.attention += seconds;
      const rows = operation.output.slice(0, 3).reduce((product, { size }) => product * size, 1);
      sum.scores += times * rows * length;
    } else if (operation.formula === 'linear-attention') {
      sum.linear += seconds;
    } else if (PRODUCTS.has(operation.key) || operation.operator?.kind === 'linear') {
      sum.products += seconds;
      more.operands += (times * operation.bytes) / gpu.memoryBandwidth;
    } else sum.elementwise += seconds;
  };
  for (const { layers, operations } of run.layers) {
    more.layers += layers.length;
    const feedForward = stage.model.classes[stage.model.layers[layers[0] ?? -1] ?? -1]?.feedForward;
    for (const operation of operations) add(operation, layers.length, feedForward);
  }
  for (const { count, times, join, head } of modules?.passes ?? []) {
    more.layers += count;
    for (const operation of times.operations) add(operation, count, modules?.layer.feedForward);
    sum.products += count * join.seconds;
    more.operands += (count * join.bytes) / gpu.memoryBandwidth;
    sum.ends += count * head.seconds;
  }
  for (const operation of [...run.entry, ...run.exit]) {
    // Prediction modules have been counted above, part by part.
    if (operation.formula === 'prediction-module') continue;
    if (operation.kind === 'communication') more.tp += operation.seconds;
    else sum.ends += operation.seconds;
    byKey.set(operation.key, (byKey.get(operation.key) ?? 0) + operation.seconds);
  }
  // Ranks of a tp group with the same residual stream each send a part of it (Narayanan 2021, 4.1).
  const { tp, sequenceParallel } = stage.parallel;
  const sent = (run.transfer?.seconds ?? 0) / (sequenceParallel ? 1 : tp);
  return { ...sum, ...more, transfer: sent, byKey };
}

/**
 * The tables of narrow grouped kernels are for inference, with few tokens for each expert and weights quantised in advance.
 * Training's kernels are like the 16-bit ones in shape and start-up.
 */
function expertSeconds(
  { hardware, model, parallel }: StageSetting,
  operation: Operation,
  feedForward?: FeedForward,
): number {
  const { gpu } = hardware;
  const type = model.types.experts;
  if (feedForward?.kind !== 'moe' || peakOf(gpu, type) === gpu.peak.bf16) return operation.seconds;
  const width = feedForward.latent ?? model.hidden;
  const ffn = Math.ceil(feedForward.ffn / parallel.etp);
  const copies = (operation.flop * (operation.imbalance ?? 1)) / (2 * (feedForward.gated ? 3 : 2) * width * ffn);
  const plain = groupedGemm(hardware, feedForward, width, ffn, copies, operation.input[0]?.size ?? 1, 'bf16');
  return (plain.seconds * gpu.peak.bf16) / peakOf(gpu, type);
}

/**
 * Bytes of the activation between the products of the experts. It reads its input and writes its output; biases are read
 * and written too.
 */
function innerBytes({ parallel }: StageSetting, operation: Operation, feedForward: FeedForward | undefined): number {
  if (feedForward?.kind !== 'moe') return 0;
  const copies = (operation.input[0]?.size ?? 0) * (operation.input[1]?.size ?? 0);
  const width = Math.ceil(feedForward.ffn / parallel.etp) * (feedForward.gated ? 3 : 2);
  return copies * width * 2 * (feedForward.bias ? 3 : 1);
}
