import { describe, expect, test } from 'vitest';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { DENSE } from './configs/dense.ts';
import { FURTHER } from './configs/further.ts';
import { MIXTURES } from './configs/mixtures.ts';
import { config, UNTIED } from './configs/shapes.ts';

type Json = Readonly<Record<string, unknown>>;

/** The model of a config, or why it is refused. */
function read(json: Json): Model | string {
  const reading = readConfig('model', json);
  return 'refused' in reading ? reading.refused : reading.model;
}

function model(json: Json): Model {
  const answer = read(json);
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

function known(name: string): Json {
  const found = [...DENSE, ...MIXTURES, ...FURTHER].find((one) => one.name.startsWith(name));
  if (!found) throw new Error(`no config of ${name}`);
  return found.config;
}

describe('whether head and embedding share a table', () => {
  const text = config('mistral', [40, 5120, 32, 8, 32768, 131072], { head_dim: 128 });
  const wrapped = (inner: object, outer: object, type = 'mistral3') =>
    model({ model_type: type, text_config: { ...text, ...inner }, ...outer }).tied;

  test('is what the outer config says', () => {
    expect(wrapped({ tie_word_embeddings: true }, { tie_word_embeddings: false })).toBe(false);
    expect(wrapped({ tie_word_embeddings: false }, { tie_word_embeddings: true })).toBe(true);
  });

  test('is what the code of the outer architecture does where that says nothing', () => {
    expect(wrapped({ tie_word_embeddings: true }, {})).toBe(false);
    const gemma = config('gemma3_text', [26, 1152, 4, 1, 6912, 262144], { tie_word_embeddings: false });
    expect(model({ model_type: 'gemma3', text_config: gemma }).tied).toBe(true);
  });
});

test('groups of heads that cannot be even are named', () => {
  const flash = known('DeepSeek-V4-Flash');
  expect(read({ ...flash, o_groups: 16 })).not.toEqual(model(flash));
  expect(read({ ...flash, o_groups: 24 })).toContain('`o_groups` does not divide');
});

describe('windows', () => {
  const qwen = (rest: object) => {
    const { classes, layers } = model(config('qwen2', [28, 3584, 28, 4, 18944, 152064], { ...UNTIED, ...rest }));
    return layers.map((index) => {
      const attention = classes[index]?.attention;
      return attention?.kind === 'gqa' ? (attention.window ?? 0) : -1;
    });
  };

  test('begin with the layer that the config says', () => {
    const half = qwen({ sliding_window: 4096, use_sliding_window: true, max_window_layers: 14 });
    expect(half).toEqual([...new Array<number>(14).fill(0), ...new Array<number>(14).fill(4096)]);
    const none = qwen({ sliding_window: 4096, use_sliding_window: true, max_window_layers: 28 });
    expect(none).toEqual(new Array<number>(28).fill(0));
  });

  test('are named where the code of the architecture has none', () => {
    expect(read({ ...known('Llama-2-7B'), sliding_window: 4096 })).toContain('`sliding_window`');
    expect(model({ ...known('Llama-2-7B'), sliding_window: null })).toEqual(model(known('Llama-2-7B')));
  });

  test('begin behind the last layer of dots.llm1, as the code of the architecture has it', () => {
    const { classes } = model({ ...known('dots.llm1'), sliding_window: 4096 });
    expect(classes.filter(({ attention }) => 'window' in attention)).toEqual([]);
  });

  test('are not used unless the config says so, as the code of the architecture has it', () => {
    expect(qwen({ sliding_window: 4096 })).toEqual(new Array<number>(28).fill(0));
    expect(model({ ...known('Mistral-Nemo'), sliding_window: 4096 }).classes[0]?.attention).toMatchObject({
      window: 4096,
    });
  });
});

test('an architecture without a language-model head is named', () => {
  const llama = config('llama', [32, 4096, 32, 8, 14336, 128256], UNTIED);
  expect(read({ ...llama, architectures: ['LlamaForSequenceClassification'] })).toContain(
    '`LlamaForSequenceClassification`',
  );
  expect(read({ ...llama, architectures: ['LlamaModel'] })).toContain('`LlamaModel`');
  expect(model({ ...llama, architectures: ['LlamaForCausalLM'] }).layers).toHaveLength(32);
});

describe('experts', () => {
  test('a single one of Jamba is a plain network without a router', () => {
    const jamba = { ...known('Jamba'), num_experts: 1, num_experts_per_tok: 1 };
    expect(model(jamba).classes.map(({ feedForward }) => feedForward.kind)).not.toContain('moe');
  });

  test('none are needed by fields that only they have', () => {
    const granite = { ...known('granite-4.0-h-tiny'), num_local_experts: 0 };
    expect(model({ ...granite, num_experts_per_tok: 0 })).toEqual(
      model({ ...granite, num_experts_per_tok: undefined }),
    );
    expect(model(granite).classes.map(({ feedForward }) => feedForward.kind)).not.toContain('moe');
  });
});

describe('prediction modules', () => {
  const qwen = known('Qwen3-Next');

  test('are part of the model only where the config names them', () => {
    expect(parametersOf(model(qwen)).total).toBe(79_674_391_296);
    expect(parametersOf(model({ ...qwen, num_nextn_predict_layers: 1 })).total).toBe(81_324_862_720);
  });
});

test('what a config leaves out is what the code of its architecture has', () => {
  const { first_k_dense_replace: _, ...deepseek } = known('DeepSeek-V3.2');
  expect(model(deepseek)).toEqual(model(known('DeepSeek-V3.2')));
  const { first_k_dense_replace: __, ...air } = { ...known('GLM-5') };
  expect(model(air)).toEqual(model(known('GLM-5')));
});

test.each(['ffn_dim_multiplier', 'rope_head_dim', 'num_meta_tokens', 'init_pos_emb_size'])(
  'a field that speaks of a size is named, however its name begins or ends: %s',
  (field) => expect(read({ ...known('Llama-2-7B'), [field]: 2 })).toContain(`\`${field}\``),
);

test('a norm that the code of the architecture has in any case may be said to be there, and not to be away', () => {
  const qwen = known('Qwen3-14B');
  expect(model({ ...qwen, use_qk_norm: true })).toEqual(model(qwen));
  expect(read({ ...qwen, use_qk_norm: false })).toContain('`use_qk_norm`');
});

test('unknown fields within nested objects are named with their path', () => {
  const kimi = known('Kimi-Linear');
  const nested = { ...Object.getOwnPropertyDescriptor(kimi, 'linear_attn_config')?.value, use_half_rank_gate: true };
  expect(read({ ...kimi, linear_attn_config: nested })).toContain('`linear_attn_config.use_half_rank_gate`');
  const qwen = known('Qwen3.5');
  const vision = { ...Object.getOwnPropertyDescriptor(qwen, 'vision_config')?.value, expert_twist: 2 };
  expect(read({ ...qwen, vision_config: vision })).toContain('`vision_config.expert_twist`');
});

describe('other names of what is known', () => {
  test('the layers of Nemotron-H as a list of words, from which their number follows', () => {
    const { hybrid_override_pattern: pattern, num_hidden_layers: _, ...rest } = known('NVIDIA-Nemotron-Nano');
    const words: Readonly<Record<string, string>> = { M: 'mamba', E: 'moe', '*': 'full_attention', '-': 'mlp' };
    const list = [...String(pattern)].map((letter) => words[letter]);
    expect(model({ ...rest, layers_block_type: list })).toEqual(model(known('NVIDIA-Nemotron-Nano')));
    expect(read({ ...rest, layers_block_type: ['ring'] })).toContain('layers');
  });

  test('what transformers 5 calls layers whose indexer chooses their keys', () => {
    const glm = known('GLM-5');
    const layer_types = Array.from({ length: 78 }, () => 'indexed_attention');
    expect(model({ ...glm, layer_types })).toEqual(model(glm));
    expect(read({ ...known('Moonlight'), layer_types: layer_types.slice(0, 27) })).toContain('layers');
  });

  test('the layers of LongCat-Flash beside its pairs of them', () => {
    const longcat = known('LongCat');
    expect(model({ ...longcat, num_hidden_layers: 56 })).toEqual(model(longcat));
    expect(read({ ...longcat, num_hidden_layers: 28 })).toContain('`num_hidden_layers`');
  });

  test('how far windows reach where there are none', () => {
    const ling = known('Ling-mini');
    expect(model({ ...ling, sliding_window: 4096, use_sliding_window: false, max_window_layers: 20 })).toEqual(
      model(ling),
    );
  });

  test('fields of Phi-4-mini and Kimi-VL that shape nothing', () => {
    const phi = known('phi-4');
    expect(model({ ...phi, full_attn_mod: 1, interpolate_factor: 1 })).toEqual(model(phi));
    const text = { ...known('Moonlight') };
    expect(model({ model_type: 'kimi_vl', vocab_size: 163_840, text_config: text, vision_config: {} }).vocabulary).toBe(
      model(text).vocabulary,
    );
    expect(read({ model_type: 'kimi_vl', vocab_size: 32_000, text_config: text, vision_config: {} })).toContain(
      '`vocab_size`',
    );
  });
});
