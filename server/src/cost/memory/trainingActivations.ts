import { engineProfile } from '../../engines/index.ts';
import { isPresent } from '../../plan/attention.ts';
import type { TrainingWorkload } from '../../plan/deployment.ts';
import { BYTES_PER_ELEMENT, type Experts, type LayerClass } from '../../plan/model.ts';
import { profileOf } from '../attention/index.ts';
import type { LayerContext } from '../layers/context.ts';
import { residualReads } from '../layers/streams.ts';
import { realChoices } from '../load.ts';
import { savedDrawnElements } from './drawn.ts';

/** Bytes of a dropout mask per element. */
const MASK = 1;
/** Bytes per row of scores with fused attention: its statistics in fp32. */
const STATISTICS = 4;
/**
 * Bytes per element of a score matrix: softmax in 16 bits. Narrow arithmetic adds the scores; dropout adds its mask and
 * output.
 */
const SCORES = 2;
const SCORES_NARROW = 4;
const SCORES_DROPPED = 5;

/**
 * Bytes that one micro-batch leaves in one layer until its backward pass, by module: inputs of both norms and their outputs
 * (which the products after them read), queries, keys, values and output of attention with their statistics, inner widths
 * before and after the activation, dispatched token copies, router scores in fp32. Dropout adds one byte per element for
 * each mask (Korthikanti 2022, section 4: `34 s b h` for GPT, and `5 a s^2 b` more where attention writes its scores).
 * Narrow arithmetic keeps the inputs of products narrow. Sequence parallelism splits what lies between the products over
 * tp. Recomputed modules leave their input only.
 * Adapters on a frozen model read the same inputs (Megatron-Bridge's LoRA; gathered norms are its own measured difference
 * of 4.7 GB in Qwen3-8B on tp 2, to 2 %).
 */
export function trainingActivations(context: LayerContext, layer: LayerClass, workload: TrainingWorkload): number {
  const { parallel, engine, residualTokens, model, activationBytes } = context;
  const dropout = (workload.dropout ?? 0) > 0;
  const { recompute } = parallel;
  const residual = residualTokens * model.hidden;
  const stream = residual * residualReads(model);
  if (recompute.includes('full')) return stream * activationBytes;
  if (recompute.includes('selective')) {
    const { selective } = engineProfile(engine.name).training;
    if (selective === 'every-second-product') return everySecondProduct(context, layer);
  }
  const normed = recompute.includes('norm') ? 0 : residual * operandBytes(context);
  // Adapters read the gathered output of the norm and keep it for their own gradients.
  const isGathered = workload.trainable === 'adapters' && parallel.sequenceParallel && parallel.tp > 1;
  const gathered = isGathered ? context.tokens * model.hidden * activationBytes : 0;
  let bytes = savedDrawnElements(context, layer) * activationBytes;
  const beside = layer.drawn?.beside;
  if (beside) bytes += savedInner(context, context.tokens * Math.ceil(beside.ffn / parallel.tp), beside.gated, false);
  if (isPresent(layer.attention)) {
    bytes += stream * activationBytes + residual * (dropout ? MASK : 0) + normed + gathered;
    bytes += savedAttention(context, layer, dropout);
  }
  if (layer.feedForward.kind === 'none') return bytes;
  bytes += stream * activationBytes + normed;
  if (layer.feedForward.kind === 'moe') return bytes + savedExperts(context, layer.feedForward);
  const inner = Math.ceil(layer.feedForward.ffn / parallel.tp);
  if (dropout) bytes += residual * MASK;
  bytes += gathered;
  if (recompute.includes('dense')) return bytes;
  return bytes + savedInner(context, context.tokens * inner, layer.feedForward.gated, false);
}

/**
 * Selective recomputation of every second product keeps the layer's input, the output of attention, and the outputs of the
 * other products: queries, values, the first of the two up-projections and the down-projection. Nothing reads the last one
 * again, so torchtitan's compiled layer drops it.
 */
function everySecondProduct(context: LayerContext, { attention, feedForward }: LayerClass): number {
  const { residualTokens, tokens, model, parallel, activationBytes, engine } = context;
  let elements = (engine.fused === false ? 2 : 1) * residualTokens * model.hidden;
  elements += profileOf(attention).selectivelySavedElements(context);
  if (feedForward.kind === 'dense') elements += tokens * Math.ceil(feedForward.ffn / parallel.tp);
  let bytes = elements * activationBytes;
  if (feedForward.kind === 'moe') bytes += savedExperts(context, feedForward) / 2;
  return bytes;
}

/** Bytes per element of a product's input, in its type when that is narrower than the activations. */
function operandBytes({ model, activationBytes }: LayerContext): number {
  return Math.min(activationBytes, BYTES_PER_ELEMENT[model.types.compute ?? model.types.activations]);
}

/** Bytes between the two products of a network: the activation's input (two halves when gated) and its output. */
function savedInner(context: LayerContext, elements: number, gated: boolean, repeated: boolean): number {
  const { activationBytes } = context;
  return elements * ((gated ? 2 : 1) * activationBytes + (repeated ? 0 : operandBytes(context)));
}

function savedAttention(context: LayerContext, { attention }: LayerClass, dropout: boolean): number {
  const { parallel, tokens, engine, work, activationBytes } = context;
  const { recompute } = parallel;
  if (recompute.includes('attention')) return 0;
  const profile = profileOf(attention);
  const operand = operandBytes(context);
  const bytes = profile.savedBytes(context, operand);
  if (recompute.includes('selective')) return bytes;
  const rows = tokens * profile.softmaxHeads(parallel.tp);
  if (engine.flashAttention !== 0) return bytes + rows * STATISTICS;
  const score = dropout ? SCORES_DROPPED : operand < activationBytes ? SCORES_NARROW : SCORES;
  return bytes + rows * work.length * score;
}

function savedExperts(context: LayerContext, experts: Experts): number {
  const { parallel, residualTokens, tokens, model, activationBytes } = context;
  const { recompute } = parallel;
  const rankTokens = parallel.sequenceParallel ? residualTokens : tokens / (parallel.etp === 1 ? 1 : parallel.tp);
  const copies = rankTokens * realChoices(experts) * parallel.etp;
  // Scores and probabilities of the router in fp32.
  let bytes = residualTokens * (experts.count + experts.zero) * 8;
  const width = Math.ceil((experts.sharedFfn + (experts.parallelFfn ?? 0)) / parallel.tp);
  if (!recompute.includes('shared-experts')) bytes += savedInner(context, tokens * width, experts.gated, false);
  if (experts.latent !== undefined) bytes += residualTokens * experts.latent * activationBytes;
  if (recompute.includes('experts')) return bytes;
  const routed = experts.latent ?? model.hidden;
  bytes += copies * routed * operandBytes(context);
  if (context.engine.allToAll === 'nccl') {
    // Copies are not kept as they were sent: a permutation and an exchange need neither their input nor their output again.
    const { keepsExpertOutputs } = engineProfile(context.engine.name).training;
    if (keepsExpertOutputs) bytes += copies * routed * activationBytes;
  } else if (context.engine.allToAll === 'gather') {
    // All tokens of the expert group and the experts' outputs, which are also kept in the tokens' order when several are
    // weighted.
    const outputs = copies * (experts.topK > 1 ? 2 : 1);
    bytes += (rankTokens * parallel.ep * parallel.etp + outputs) * routed * activationBytes;
  }
  const inner = Math.ceil(experts.ffn / parallel.etp);
  return bytes + savedInner(context, copies * inner, experts.gated, recompute.includes('activation'));
}
