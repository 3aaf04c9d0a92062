import { isDataCentreBlackwell } from '../links.ts';
import { type HeldWeights, isNarrow, type RankSplits } from '../memory.ts';
import type { EngineMemory } from '../profile.ts';

/** What TensorRT-LLM holds after loading beside its share of the weights. */
export function heldBesideWeights(held: HeldWeights): number {
  return besideLatentAttention(held) + expertWorkspace(held);
}

/**
 * The absorbed up-projection: `k_b_proj_trans` and `v_b_proj` in 16 bits, also beside narrow weights on Blackwell
 * (`k_b_proj_trans_dequant`, `v_b_proj_dequant`; 1.2: _torch/modules/attention.py). Models with latent attention keep the
 * whole table of embeddings on every rank (`DeepseekV3Model`).
 */
function besideLatentAttention({ model, parallel, gpu, absorbedElements, embeddingBytes }: HeldWeights): number {
  if (absorbedElements === 0) return 0;
  const isCopied = !isNarrow(model.types.attention) || isDataCentreBlackwell(gpu);
  return (isCopied ? 2 * absorbedElements : 0) + (parallel.tp - 1) * embeddingBytes;
}

/** Kernels for mxfp4 experts work on multiples of this many columns and rows. */
const MXFP4_MULTIPLE = 128;

export const storedExperts: EngineMemory['storedExperts'] = ({ hidden, columns }, { type }) =>
  type === 'mxfp4' ? { hidden: padded(hidden), columns: padded(columns) } : { hidden, columns };

function padded(size: number): number {
  return Math.ceil(size / MXFP4_MULTIPLE) * MXFP4_MULTIPLE;
}

/** DeepGEMM's experts compute at most this many tokens at once (1.2: `DeepGemmFusedMoE`). */
const DEEPGEMM_TOKENS = 18_688;

/**
 * Room in which every expert of the GPU could get all tokens of all ranks, in 8 and in 16 bits (1.2:
 * `DeepGemmFusedMoE.get_workspace` in _torch/modules/fused_moe/fused_moe_deepgemm.py).
 */
function expertWorkspace({ engine, model, parallel }: HeldWeights): number {
  if (engine.moeBackend !== 'deepgemm') return 0;
  const tokens = Math.min(engine.stepTokens * parallel.dp, DEEPGEMM_TOKENS);
  let most = 0;
  for (const { feedForward } of model.classes) {
    if (feedForward.kind !== 'moe') continue;
    const hidden = feedForward.latent ?? model.hidden;
    const inner = Math.ceil(feedForward.ffn / parallel.etp);
    const perToken = Math.max(hidden, inner) + 2 * Math.max(2 * inner, hidden);
    most = Math.max(most, Math.ceil(feedForward.count / parallel.ep) * tokens * perToken);
  }
  return most;
}

/** Attention data parallelism leaves everything but routed experts whole; the head may be split (`enable_lm_head_tp_in_adp`). */
export function splitOverRanks({ engine, parallel }: Pick<HeldWeights, 'engine' | 'parallel'>): RankSplits {
  return { head: engine.dpHead === false ? parallel.dp : 1, dense: 1, shared: 1 };
}
