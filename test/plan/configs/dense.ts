import { config, hybrid, type KnownConfig, QWEN35_TEXT, qwen35, qwenVision, TIED, UNTIED } from './shapes.ts';

const SIGLIP = { hidden_size: 1152, intermediate_size: 4304, num_hidden_layers: 27, patch_size: 14, image_size: 896 };

function gemma3(text: object): KnownConfig['config'] {
  return {
    model_type: 'gemma3',
    text_config: { model_type: 'gemma3_text', sliding_window: 1024, ...text },
    vision_config: SIGLIP,
  };
}

export const DENSE: readonly KnownConfig[] = [
  { name: 'Llama-2-7B', total: 6_738_415_616, config: config('llama', [32, 4096, 32, 32, 11008, 32000], UNTIED) },
  { name: 'Llama-2-13B', total: 13_015_864_320, config: config('llama', [40, 5120, 40, 40, 13824, 32000], UNTIED) },
  { name: 'Llama-2-70B', total: 68_976_648_192, config: config('llama', [80, 8192, 64, 8, 28672, 32000], UNTIED) },
  { name: 'Llama-3.2-1B', total: 1_235_814_400, config: config('llama', [16, 2048, 32, 8, 8192, 128256], TIED) },
  {
    name: 'Mistral-Nemo',
    total: 12_247_782_400,
    config: config('mistral', [40, 5120, 32, 8, 14336, 131072], { head_dim: 128 }),
  },
  { name: 'Mistral-Large-2407', total: 122_610_069_504, config: config('mistral', [88, 12288, 96, 8, 28672, 32768]) },
  { name: 'Qwen2.5-7B', total: 7_615_616_512, config: config('qwen2', [28, 3584, 28, 4, 18944, 152064], UNTIED) },
  { name: 'Qwen2.5-72B', total: 72_706_203_648, config: config('qwen2', [80, 8192, 64, 8, 29568, 152064], UNTIED) },
  {
    name: 'Qwen3-32B',
    total: 32_762_123_264,
    config: config('qwen3', [64, 5120, 64, 8, 25600, 151936]),
  },
  {
    name: 'Qwen3-14B',
    total: 14_768_307_200,
    config: config('qwen3', [40, 5120, 40, 8, 17408, 151936], { head_dim: 128 }),
  },
  {
    name: 'Qwen3-0.6B, whose file has the tied head a second time',
    total: 751_632_384,
    basis: 'main+duplicates',
    config: config('qwen3', [28, 1024, 16, 8, 3072, 151936], { head_dim: 128, ...TIED }),
  },
  {
    name: 'Qwen3-4B',
    total: 4_022_468_096,
    config: config('qwen3', [36, 2560, 32, 8, 9728, 151936], { head_dim: 128, ...TIED }),
  },
  { name: 'phi-4', total: 14_659_507_200, config: config('phi3', [40, 5120, 40, 10, 17920, 100352], UNTIED) },
  {
    name: 'gemma-7b',
    total: 8_537_680_896,
    config: config('gemma', [28, 3072, 16, 16, 24576, 256000]),
  },
  {
    name: 'gemma-2-9b',
    total: 9_241_705_984,
    config: config('gemma2', [42, 3584, 16, 8, 14336, 256000], { head_dim: 256, sliding_window: 4096 }),
  },
  {
    name: 'gemma-3-27b',
    total: 27_432_406_640,
    basis: 'all_logical',
    config: gemma3({
      num_hidden_layers: 62,
      hidden_size: 5376,
      num_attention_heads: 32,
      num_key_value_heads: 16,
      head_dim: 128,
      intermediate_size: 21504,
    }),
  },
  {
    name: 'gemma-3-4b',
    total: 4_300_079_472,
    basis: 'all_logical',
    config: gemma3({ num_hidden_layers: 34, hidden_size: 2560, intermediate_size: 10240 }),
  },
  { name: 'OLMo-2-7B', total: 7_298_617_344, config: config('olmo2', [32, 4096, 32, 32, 11008, 100352], UNTIED) },
  { name: 'Olmo-3-7B', total: 7_298_011_136, config: config('olmo3', [32, 4096, 32, 32, 11008, 100278], UNTIED) },
  { name: 'command-r', total: 34_980_831_232, config: config('cohere', [40, 8192, 64, 64, 22528, 256000]) },
  {
    name: 'command-r-plus',
    total: 103_810_674_688,
    config: config('cohere', [64, 12288, 96, 8, 33792, 256000], { use_qk_norm: true }),
  },
  {
    name: 'command-a',
    total: 111_057_580_032,
    config: config('cohere2', [64, 12288, 96, 8, 36864, 256000], { sliding_window: 4096 }),
  },
  {
    name: 'seed-oss-36B',
    total: 36_151_104_512,
    config: config('seed_oss', [64, 5120, 80, 8, 27648, 155136], {
      head_dim: 128,
      attention_bias: true,
      attention_out_bias: false,
    }),
  },
  {
    name: 'EXAONE-4.0-32B',
    total: 32_003_216_384,
    config: config('exaone4', [64, 5120, 40, 8, 27392, 102400], { head_dim: 128, ...UNTIED }),
  },
  { name: 'SmolLM3-3B', total: 3_075_098_624, config: config('smollm3', [36, 2048, 16, 4, 11008, 128256]) },
  {
    name: 'internlm2-7b',
    total: 7_737_708_544,
    config: config('internlm2', [32, 4096, 32, 8, 14336, 92544], { bias: false }),
  },
  { name: 'granite-3.0-8b', total: 8_170_848_256, config: config('granite', [40, 4096, 32, 8, 12800, 49155], TIED) },
  {
    name: 'GLM-4-9B-0414',
    total: 9_400_279_040,
    config: config('glm4', [40, 4096, 32, 2, 13696, 151552], { head_dim: 128, attention_bias: true, ...UNTIED }),
  },
  {
    name: 'glm-4-9b-chat-hf',
    total: 9_399_951_360,
    config: config('glm', [40, 4096, 32, 2, 13696, 151552], { head_dim: 128, attention_bias: true, ...UNTIED }),
  },
  {
    name: 'ERNIE-4.5-0.3B',
    total: 360_748_032,
    config: config('ernie4_5', [18, 1024, 16, 2, 3072, 103424], { head_dim: 128, use_bias: false }),
  },
  {
    name: 'GPT-2',
    total: 124_439_808,
    config: {
      model_type: 'gpt2',
      n_layer: 12,
      n_embd: 768,
      n_head: 12,
      n_positions: 1024,
      n_ctx: 1024,
      vocab_size: 50257,
    },
  },
  {
    name: 'Qwen3-VL-8B',
    total: 8_767_123_696,
    basis: 'all_logical',
    config: {
      model_type: 'qwen3_vl',
      text_config: config('qwen3_vl_text', [36, 4096, 32, 8, 12288, 151936], { head_dim: 128 }),
      vision_config: qwenVision(1152, 27, 4304, 4096, [8, 16, 24]),
      ...UNTIED,
    },
  },
  {
    name: 'Mistral-Small-3.1-24B',
    total: 24_011_361_280,
    basis: 'all_logical',
    config: {
      model_type: 'mistral3',
      multimodal_projector_bias: false,
      spatial_merge_size: 2,
      text_config: config('mistral', [40, 5120, 32, 8, 32768, 131072], { head_dim: 128 }),
      vision_config: { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24, patch_size: 14 },
    },
  },
  {
    name: 'Qwen3.5-27B',
    total: 27_781_427_952,
    basis: 'all_logical',
    config: qwen35(
      'qwen3_5',
      config('qwen3_5_text', [64, 5120, 24, 4, 17408, 248320], {
        ...QWEN35_TEXT,
        linear_num_value_heads: 48,
        layer_types: hybrid(64, 4),
      }),
      qwenVision(1152, 27, 4304, 5120, []),
    ),
  },
];
