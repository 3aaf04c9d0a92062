import type { ConfigReader } from '../configReader.ts';
import { linear, plainLayer } from '../vision.ts';

/** What Qwen3-Omni hears and speaks with, in parameters (transformers, models/qwen3_omni_moe/modular_qwen3_omni_moe.py). */

/** Three convolutions that halve time and pitch, plain layers, and two matrices into the text model. */
export function audioTower(read: ConfigReader): number | undefined {
  const width = read.optional('d_model');
  const layers = read.optional('encoder_layers');
  const ffn = read.optional('encoder_ffn_dim');
  const pitches = read.optional('num_mel_bins');
  const channels = read.optional('downsample_hidden_size');
  const output = read.optional('output_dim');
  if (!width || !layers || !ffn || !pitches || !channels || !output) return undefined;
  const halved = [1, 2, 3].reduce((size) => Math.ceil(size / 2), pitches);
  const convolutions = 9 * channels + channels + 2 * (9 * channels * channels + channels);
  const entry = convolutions + channels * halved * width;
  return entry + layers * plainLayer(width, ffn) + 2 * width + linear(width, width) + linear(width, output);
}

/** Talker and vocoder. None where the checkpoint answers in text alone. */
export function speechParameters(outer: ConfigReader): number | undefined {
  if (outer.flag('enable_audio_output') === false) {
    for (const field of ['talker_config', 'code2wav_config']) outer.leave(field);
    return undefined;
  }
  const [talker, vocoder] = [outer.nested('talker_config'), outer.nested('code2wav_config')];
  return (talker ? talkerOf(talker) : 0) + (vocoder ? vocoderOf(vocoder) : 0);
}

/** A mixture that writes one code per step, with projections of the thinker's streams, and a model for the other codes. */
function talkerOf(read: ConfigReader): number {
  const text = read.nested('text_config');
  const codes = read.nested('code_predictor_config');
  const from = read.integerOr('thinker_hidden_size', 2048);
  if (!text || !codes) return 0;
  const hidden = text.integerOr('hidden_size', 1024);
  const ffn = text.integerOr('intermediate_size', 2048);
  const experts = text.optional('num_experts') ?? text.integerOr('num_local_experts', 128);
  const shared = text.integerOr('shared_expert_intermediate_size', 0);
  const sharedExpert = shared > 0 ? 3 * hidden * shared + hidden : 0;
  const mixture = experts * (3 * hidden * text.integerOr('moe_intermediate_size', 384) + hidden) + sharedExpert;
  const step = Math.max(1, text.integerOr('decoder_sparse_step', 1));
  const count = text.integerOr('num_hidden_layers', 20);
  // Every n-th layer has experts, but for those that a list names.
  const isOfStep = (layer: number) => layer < count && (layer + 1) % step === 0;
  const left = new Set(text.integers('mlp_only_layers').filter(isOfStep)).size;
  const sparse = Math.floor(count / step) - left;
  const networks = sparse * mixture + (count - sparse) * 3 * hidden * ffn;
  const layers = count * (attentionOf(text, hidden, true) + 2 * hidden) + networks;
  const tables = Math.min(tablesOf(read), tablesOf(text)) * text.integerOr('vocab_size', 3072) * hidden;
  const projections = 2 * (linear(from, ffn) + linear(ffn, hidden));
  return layers + hidden + tables + projections + predictorOf(codes, read.integerOr('num_code_groups', 32));
}

/** A table of codes and a head, which may be one. */
function tablesOf(read: ConfigReader): number {
  return read.flag('tie_word_embeddings') ? 1 : 2;
}

/** A table and a head for every code but the first. */
function predictorOf(read: ConfigReader, groups: number): number {
  const hidden = read.integerOr('hidden_size', 1024);
  const layer = attentionOf(read, hidden, true) + 3 * hidden * read.integerOr('intermediate_size', 3072) + 2 * hidden;
  const tables =
    tablesOf(read) * (read.integerOr('num_code_groups', groups) - 1) * read.integerOr('vocab_size', 2048) * hidden;
  return tables + read.integerOr('num_hidden_layers', 5) * layer + hidden;
}

function attentionOf(read: ConfigReader, hidden: number, hasNorms: boolean): number {
  const heads = read.integerOr('num_attention_heads', 16);
  const head = read.integerOr('head_dim', Math.floor(hidden / heads));
  const kvHeads = read.integerOr('num_key_value_heads', heads);
  const bias = read.flag('attention_bias') ? (heads + 2 * kvHeads) * head + hidden : 0;
  return 2 * hidden * head * (heads + kvHeads) + bias + (hasNorms ? 2 * head : 0);
}

/** Layers with scaled halves, then stages that lengthen the wave and narrow it. */
function vocoderOf(read: ConfigReader): number {
  const hidden = read.integerOr('hidden_size', 1024);
  const layer = attentionOf(read, hidden, false) + 3 * hidden * read.integerOr('intermediate_size', 3072) + 4 * hidden;
  const codes = read.integerOr('codebook_size', 2048) * read.integerOr('num_quantizers', 16) * hidden;
  const transformer = codes + read.integerOr('num_hidden_layers', 8) * layer + hidden;
  const block = 8 * hidden + 2 * hidden + linear(hidden, 4 * hidden) + linear(4 * hidden, hidden) + hidden;
  const longer = read.integers('upsampling_ratios').map((ratio) => hidden * hidden * ratio + hidden + block);
  let width = read.integerOr('decoder_dim', 1536);
  let wave = 7 * hidden * width + width;
  for (const rate of read.integers('upsample_rates')) {
    const narrow = Math.floor(width / 2);
    const unit = 4 * narrow + 7 * narrow * narrow + narrow + narrow * narrow + narrow;
    wave += 2 * width + 2 * rate * width * narrow + narrow + 3 * unit;
    width = narrow;
  }
  return transformer + longer.reduce((sum, stage) => sum + stage, 0) + wave + 2 * width + 7 * width + 1;
}
