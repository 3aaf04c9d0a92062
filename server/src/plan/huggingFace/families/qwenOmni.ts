import type { ConfigReader } from '../configReader.ts';
import type { Families } from '../family.ts';
import { audioTower, speechParameters } from '../towers/qwenOmni.ts';
import { qwen3Tower } from './qwen.ts';

/** How it hears, speaks and counts time, not what it holds. */
const NOTES = `accept_hidden_layer activation_function activation_dropout conv_chunksize n_window n_window_infer
  max_source_positions scale_embedding position_id_per_seconds speaker_id codec_bos_id codec_eos_id codec_nothink_id
  codec_pad_id codec_think_bos_id codec_think_eos_id layer_types layer_scale_initial_scale sliding_window
  encoder_attention_heads num_attention_heads num_experts_per_tok seconds_per_chunk max_window_layers`;

/**
 * The model of Qwen3-Omni is its thinker, which reads text, pictures and sounds and
 * writes text; what makes speech of it (`talker`, `code2wav`) is in the checkpoint, and servers of text do not load it.
 */
export const families: Families = {
  qwen3_omni_moe_text: {
    qkNorm: 'head',
    windowsFlagged: true,
    known: {
      models: 'the text model of Qwen3-Omni',
      published: { model: 'Qwen3-Omni-30B-A3B-Instruct', total: 35_259_818_545 },
      source: 'transformers, models/qwen3_omni_moe',
    },
  },
  qwen3_omni_moe: {
    known: {
      models: 'Qwen3-Omni',
      published: { model: 'Qwen3-Omni-30B-A3B-Instruct', total: 35_259_818_545 },
      source: 'transformers, models/qwen3_omni_moe',
    },
    text: (outer) => outer.nested('thinker_config')?.nested('text_config'),
    headConfig: (outer) => outer.nested('thinker_config'),
    tower: towersOf,
    apart: speechParameters,
    irrelevant: NOTES,
  },
};

function towersOf(outer: ConfigReader, _: number): number | undefined {
  const thinker = outer.nested('thinker_config');
  const [vision, audio] = [thinker?.nested('vision_config'), thinker?.nested('audio_config')];
  const parts = [vision ? qwen3Tower(vision) : 0, audio ? audioTower(audio) : 0];
  const [pictures, sounds] = parts;
  return pictures === undefined || sounds === undefined ? undefined : pictures + sounds;
}
