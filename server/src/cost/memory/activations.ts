import type { LayerClass } from '../../plan/model.ts';
import type { LayerContext } from '../layers/context.ts';
import { loadOf, realChoices } from '../load.ts';

/**
 * Inference: the largest set of live tensors of any layer, for the tokens in flight: the residual stream twice, and beside
 * it either the projections and output of attention or the token copies with the experts' inner width. Logits are fp32.
 */
export function inferenceActivations(context: LayerContext, classes: readonly LayerClass[], logits: boolean): number {
  const { model, activationBytes, residualTokens, parallel, work } = context;
  const residual = 2 * residualTokens * model.hidden * activationBytes;
  let largest = 0;
  for (const layer of classes) {
    largest = Math.max(largest, attentionWidth(context, layer), feedForwardWidth(context, layer));
  }
  const rows = work.sequences * (work.phase === 'decode' ? work.length : 1);
  const columns = logits ? Math.ceil(model.vocabulary / parallel.tp) : 0;
  return Math.ceil(Math.max(residual + largest * activationBytes, rows * columns * 4 + residual / 2));
}

/** Elements of attention's input projections and output on one GPU. */
function attentionWidth(context: LayerContext, { attention }: LayerClass): number {
  const { parallel, tokens } = context;
  if (attention.kind === 'none') return 0;
  const heads = Math.ceil(attention.heads / parallel.tp);
  if (attention.kind === 'mla') {
    const { queryRank, kvRank, nopeSize, ropeSize, valueSize } = attention;
    return tokens * ((queryRank ?? 0) + kvRank + ropeSize + heads * (2 * (nopeSize + ropeSize) + 2 * valueSize));
  }
  if (attention.kind === 'linear') return tokens * heads * attention.headSize * 4;
  const kvHeads = Math.max(1, Math.ceil(attention.kvHeads / parallel.tp));
  return tokens * (heads + kvHeads) * (attention.headSize + attention.valueHeadSize);
}

/** Elements that the feed-forward half holds at once on the fullest GPU. */
function feedForwardWidth(context: LayerContext, { feedForward }: LayerClass): number {
  const { parallel, model, tokens, residualTokens } = context;
  if (feedForward.kind === 'none') return 0;
  if (feedForward.kind === 'dense') {
    return tokens * (Math.ceil(feedForward.ffn / parallel.tp) * (feedForward.gated ? 3 : 2) + model.hidden);
  }
  const sent = parallel.sequenceParallel ? residualTokens : tokens / parallel.tp;
  const load = loadOf(feedForward, undefined, parallel.ep, sent * parallel.etp * parallel.ep);
  const inner = Math.ceil(feedForward.ffn / parallel.etp) * (feedForward.gated ? 3 : 2);
  return load.fullest * (2 * (feedForward.latent ?? model.hidden) + inner);
}

/**
 * Training: bytes that one micro-batch leaves in one layer until its backward pass, by module (Korthikanti 2022, section 4,
 * with attention that keeps no score matrix; the MoE terms are its dispatched inputs `2 s b h k` and `2 s b k (2 I + I)`):
 * inputs of both norms and projections, queries, keys, values, attention output, inner widths. Recomputed modules leave
 * their input only.
 */
export function trainingActivations(context: LayerContext, layer: LayerClass): number {
  const { parallel, residualTokens, tokens, model, activationBytes } = context;
  const { recompute } = parallel;
  const input = residualTokens * model.hidden;
  if (recompute.includes('full')) return input * activationBytes;
  let elements = 0;
  if (layer.attention.kind !== 'none') {
    // Norm input and its output, which is the projections' input.
    elements += input + (recompute.includes('norm') ? 0 : input);
    if (!recompute.includes('attention')) elements += savedAttention(context, layer);
  }
  if (layer.feedForward.kind === 'none') return elements * activationBytes;
  elements += input + (recompute.includes('norm') ? 0 : input);
  if (layer.feedForward.kind === 'dense') {
    const inner = Math.ceil(layer.feedForward.ffn / parallel.tp);
    const kept = (layer.feedForward.gated ? 2 : 1) + (recompute.includes('activation') ? 0 : 1);
    return (elements + tokens * inner * kept) * activationBytes;
  }
  const experts = layer.feedForward;
  const copies =
    (parallel.sequenceParallel ? residualTokens : tokens / parallel.tp) * realChoices(experts) * parallel.etp;
  const inner = Math.ceil(experts.ffn / parallel.etp);
  if (!recompute.includes('experts')) {
    const kept = (experts.gated ? 2 : 1) + (recompute.includes('activation') ? 0 : 1);
    elements += copies * inner * kept;
  }
  elements += copies * (experts.latent ?? model.hidden);
  const beside = Math.ceil((experts.sharedFfn + (experts.parallelFfn ?? 0)) / parallel.tp);
  elements += tokens * beside * (experts.gated ? 3 : 2);
  // Router probabilities and scores are fp32.
  return elements * activationBytes + residualTokens * (experts.count + experts.zero) * 8;
}

function savedAttention(context: LayerContext, { attention }: LayerClass): number {
  const { parallel, tokens } = context;
  if (attention.kind === 'none') return 0;
  const heads = Math.ceil(attention.heads / parallel.tp);
  if (attention.kind === 'mla') {
    const { queryRank, kvRank, nopeSize, ropeSize, valueSize } = attention;
    const latent = (queryRank ?? 0) + kvRank + ropeSize;
    const up = parallel.recompute.includes('mla-up') ? 0 : heads * (2 * (nopeSize + ropeSize) + valueSize);
    return tokens * (latent + up + heads * valueSize);
  }
  return attentionWidth(context, { name: '', norms: 0, attention, feedForward: { kind: 'none' } });
}
