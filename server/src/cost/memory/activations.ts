import type { LayerClass } from '../../plan/model.ts';
import { profileOf } from '../attention/index.ts';
import type { LayerContext } from '../layers/context.ts';
import { residualKept, residualWrites } from '../layers/streams.ts';
import { loadOf } from '../load.ts';
import { drawnElements } from './drawn.ts';

/**
 * Inference: the largest set of tensors of any layer that are live at once, for the tokens in flight. It has the residual
 * stream twice, before and behind a half of the layer, and either the projections and output of attention or the token copies with the experts' inner width.
 * Logits are fp32.
 */
export function inferenceActivations(context: LayerContext, classes: readonly LayerClass[], logits: boolean): number {
  const { model, activationBytes, residualTokens, tokens, parallel, work } = context;
  const vectors = residualKept(model) + residualWrites(model);
  const residual = vectors * residualTokens * model.hidden * activationBytes;
  let largest = 0;
  for (const layer of classes) {
    const { drawn } = layer;
    largest = Math.max(
      largest,
      profileOf(layer.attention).liveElements(tokens, parallel.tp),
      feedForwardWidth(context, layer),
      drawn?.beside ? feedForwardWidth(context, { ...layer, feedForward: drawn.beside }) : 0,
      drawnElements(context, layer),
    );
  }
  const rows = work.sequences * (work.phase === 'decode' ? work.length : 1);
  const columns = logits ? Math.ceil(model.vocabulary / parallel.tp) : 0;
  return Math.ceil(Math.max(residual + largest * activationBytes, rows * columns * 4 + residual / 2));
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
