import { isDataCentreBlackwell } from '../links.ts';
import { type HeldWeights, isNarrow, type RankSplits } from '../memory.ts';
import { isBefore } from '../version.ts';
import { attentionRanks } from './ranks.ts';

/**
 * Under attention data parallelism the head is split over all GPUs of a stage unless every rank is told to hold it
 * (`--enable-dp-lm-head`), and so are dense feed-forward networks (`--moe-dense-tp-size 1`) and shared experts, these unless
 * DeepEP brings tokens to the experts (0.5: `ParallelLMHead`, `DeepseekV2MLP` in srt/models/deepseek_v2.py).
 */
export function splitOverRanks({
  engine,
  parallel,
  model,
}: Pick<HeldWeights, 'engine' | 'parallel' | 'model'>): RankSplits {
  const ranks = attentionRanks(model, parallel);
  return {
    head: engine.dpHead === true ? 1 : ranks,
    dense: engine.dpDense === true ? 1 : ranks,
    shared: engine.allToAll.startsWith('deepep') ? 1 : ranks,
  };
}

/**
 * `w_kc` and `w_vc`, the absorbed up-projection, are copies of `kv_b_proj`: in 8 bits where weights have fewer than 16, else
 * in 16 (0.5: `post_load_weights` in srt/models/deepseek_v2.py).
 */
export function heldBesideWeights(held: HeldWeights): number {
  const { model, absorbedElements } = held;
  return (isNarrow(model.types.attention) ? 1 : 2) * absorbedElements + doubledScales(held);
}

/** One scale of 8 bits for 16 elements of half a byte. */
const NVFP4_SCALES = 1 / 9;

/**
 * Tensors for swizzled scales of nvfp4 experts are made beside those that are loaded. Until 0.5.9 TensorRT-LLM's kernels,
 * the default on data-centre Blackwell, neither use nor free them (`ModelOptNvFp4FusedMoEMethod.create_weights` in
 * srt/layers/quantization/modelopt_quant.py). Logs of August 2025 do not have them.
 */
function doubledScales({ engine, model, gpu, expertBytes }: HeldWeights): number {
  const isDoubling = isBefore(engine.version, '0.5.10') && !isBefore(engine.version, '0.5.3');
  const isTrtllm = (engine.moeBackend ?? (isDataCentreBlackwell(gpu) ? 'trtllm' : 'cutlass')) === 'trtllm';
  return isDoubling && isTrtllm && model.types.experts === 'nvfp4' ? NVFP4_SCALES * expertBytes : 0;
}
