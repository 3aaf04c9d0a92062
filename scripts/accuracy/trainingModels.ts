import { catalogueModels } from './catalogue.ts';
import { modelNamed } from './names.ts';

/** Models that appear in training and memory measurements alone, written as a user would. */

/** GPT with learned positions, biases and a tied head: four matrices of attention and two of width `4 h`. */
function gpt(layers: number, hidden: number, heads: number, vocabulary = 51_200, tied = true): string {
  return [
    `layers = ${layers}, hidden = ${hidden}, vocabulary = ${vocabulary}, tied = ${tied}`,
    `attention { heads = ${heads}, head-size = ${hidden / heads}, bias = true }`,
    `dense { ffn = ${4 * hidden}, gated = false, bias = true }`,
  ].join('\n  ');
}

function llama(
  layers: number,
  hidden: number,
  heads: number,
  kvHeads: number,
  ffn: number,
  vocabulary: number,
): string {
  return [
    `layers = ${layers}, hidden = ${hidden}, vocabulary = ${vocabulary}`,
    `attention { heads = ${heads}, kv-heads = ${kvHeads}, head-size = ${hidden / heads} }`,
    `dense { ffn = ${ffn} }`,
  ].join('\n  ');
}

/** Squared ReLU: two matrices. */
function nemotron(layers: number, hidden: number, heads: number, kvHeads: number, ffn: number): string {
  return [
    `layers = ${layers}, hidden = ${hidden}, vocabulary = 256_000`,
    `attention { heads = ${heads}, kv-heads = ${kvHeads}, head-size = ${hidden / heads} }`,
    `dense { ffn = ${ffn}, gated = false }`,
  ].join('\n  ');
}

const MEGATRON_VOCABULARY = 131_072;

/**
 * By name, lower case. Narayanan 2021 (table 1), Korthikanti 2022 (table 3), Llama 2, NeMo's recipes, Nemotron-4 (340B
 * report), Moonlight and Nemotron 3 configs. The sizes of Megatron-Core's own scaling table are not published beside their
 * names: layers and widths are those that give the named count at its vocabulary of 131,072; they cancel in its TFLOP/s.
 */
const MODELS: Readonly<Record<string, string>> = {
  'gpt-1.7b/2048': gpt(24, 2304, 24),
  'gpt-3.6b/2048': gpt(30, 3072, 32),
  'gpt-7.5b/2048': gpt(36, 4096, 32),
  'gpt-18b/2048': gpt(40, 6144, 48),
  'gpt-18.4b/2048': gpt(40, 6144, 48),
  'gpt-39b/2048': gpt(48, 8192, 64),
  'gpt-39.1b/2048': gpt(48, 8192, 64),
  'gpt-76b/2048': gpt(60, 10_240, 80),
  'gpt-145b/2048': gpt(80, 12_288, 96),
  'gpt-310b/2048': gpt(96, 16_384, 128),
  'gpt-530b/2048': gpt(105, 20_480, 128),
  'gpt-1t/2048': gpt(128, 25_600, 160),
  'gpt-1.7b/4096': gpt(24, 2048, 16, MEGATRON_VOCABULARY, false),
  'gpt-8b/4096': gpt(32, 4096, 32, MEGATRON_VOCABULARY, false),
  'gpt-16b/4096': gpt(32, 6144, 48, MEGATRON_VOCABULARY, false),
  'gpt-32b/4096': gpt(36, 8192, 64, MEGATRON_VOCABULARY, false),
  'gpt-70b/4096': gpt(84, 8192, 64, MEGATRON_VOCABULARY, false),
  'gpt-119b/4096': gpt(64, 12_288, 96, MEGATRON_VOCABULARY, false),
  'gpt-177b/4096': gpt(96, 12_288, 96, MEGATRON_VOCABULARY, false),
  'gpt-314b/4096': gpt(96, 16_384, 128, MEGATRON_VOCABULARY, false),
  'gpt-462b/4096': gpt(112, 18_432, 144, MEGATRON_VOCABULARY, false),
  'megatron-22b': gpt(48, 6144, 64),
  'gpt-22b': gpt(48, 6144, 64),
  'gpt-3-175b': gpt(96, 12_288, 96),
  'mt-nlg-530b': gpt(105, 20_480, 128),
  'megatron-1t': gpt(128, 25_600, 160),
  'gpt3-5b': gpt(24, 4096, 32),
  'gpt3-20b': gpt(44, 6144, 48),
  'llama-2-7b': llama(32, 4096, 32, 32, 11_008, 32_000),
  'llama2-13b': llama(40, 5120, 40, 40, 13_824, 32_000),
  'llama2-70b': llama(80, 8192, 64, 8, 28_672, 32_000),
  'nemotron-8b': nemotron(32, 4096, 32, 32, 16_384),
  'nemotron-15b': nemotron(32, 6144, 48, 8, 24_576),
  'nemotron-22b': nemotron(40, 6144, 48, 48, 24_576),
  'nemotron-340b': nemotron(96, 18_432, 96, 8, 73_728),
  'moonlight-16b-a3b': [
    'layers = 27, hidden = 2048, vocabulary = 163_840',
    'attention { heads = 16, kv-rank = 512, nope-size = 128, rope-size = 64, value-size = 128 }',
    'dense { ffn = 11_264 }',
    'experts { count = 64, top-k = 6, ffn = 1408, shared = 2, first = 1, router-bias = true }',
  ].join('\n  '),
  'deepseek-v3-16b': [
    'layers = 27, hidden = 2048, vocabulary = 102_400',
    'attention { heads = 16, kv-rank = 512, nope-size = 128, rope-size = 64, value-size = 128 }',
    'dense { ffn = 10_944 }',
    'experts { count = 64, top-k = 6, ffn = 1408, shared = 2, first = 1 }',
  ].join('\n  '),
  // Megatron-Core's release test: DeepSeek-V3 with fewer layers and experts.
  'deepseekv3-proxy': [
    'layers = 14, hidden = 7168, vocabulary = 129_280, mtp = 1',
    'attention { heads = 128, query-rank = 1536, kv-rank = 512, nope-size = 128, rope-size = 64, value-size = 128 }',
    'dense { ffn = 18_432 }',
    'experts { count = 64, top-k = 8, ffn = 2048, shared = 1, first = 3 }',
  ].join('\n  '),
  // 40 Mamba-2, 40 latent-expert and 8 attention layers; the order in which they stand does not change what they cost.
  'nemotron-3-super': [
    'layers = 88, hidden = 4096, vocabulary = 131_072, mtp = 2',
    'pattern = "MEMEMEM*EME"',
    'attention full { heads = 32, kv-heads = 2, head-size = 128 }',
    'attention mamba { heads = 128, head-size = 64, state = 4 MiB, parameters = 109_641_728 }',
    'experts { count = 512, top-k = 22, ffn = 2688, gated = false, shared = 1, shared-ffn = 5376, latent = 1024, router-bias = true }',
  ].join('\n  '),
};

/** Models of the catalogue under the names of training tables. */
const SAME: Readonly<Record<string, string>> = {
  'llama-3-8b': 'Llama-3.1-8B',
  'llama-3-70b': 'Llama-3.1-70B',
  'llama-3.1-405b': 'Llama-3.1-405B',
  'llama-3-405b': 'Llama-3.1-405B',
  'nemotron-3-nano': 'Nemotron-3-Nano-30B-A3B',
};

/** Megatron-LM's release tests name the file of a test: model, setting, machine. */
const RELEASE_TESTS: readonly (readonly [RegExp, string])[] = [
  [/^mixtral\/mixtral_8x7b/, 'Mixtral-8x7B'],
  [/^mixtral\/mixtral_8x22b/, 'Mixtral-8x22B'],
  [/^mixtral\/deepseekv3_proxy/, 'DeepSeekV3-proxy'],
  [/^nemotron\/nemotron3_super/, 'Nemotron-3-Super'],
  [/^nemotron\/nemotron3_5_lightning/, 'Nemotron-3-Nano'],
];

const CATALOGUE: readonly string[] = [...catalogueModels()];

/**
 * The name under which a model of a training table is known elsewhere, and its block where only this file has it. Some
 * tables use one name for two architectures: those are told apart by the sequence length.
 */
export function trainingModel(written: string, length: number): { readonly name: string; readonly block?: string } {
  const name = RELEASE_TESTS.find(([test]) => test.test(written.toLowerCase()))?.[1] ?? written;
  const suffix = `/${length}`;
  const own = Object.keys(MODELS).map((key) => (key.endsWith(suffix) ? key.slice(0, -suffix.length) : key));
  // The catalogue's names are among them so that none of ours is taken for the nearest of one that is there.
  const found = modelNamed(name, [...Object.keys(SAME), ...own, ...CATALOGUE]);
  const same = found === undefined ? undefined : SAME[found];
  if (same !== undefined) return { name: same };
  const block = found === undefined ? undefined : (MODELS[`${found}${suffix}`] ?? MODELS[found]);
  return { name, ...(block !== undefined && { block }) };
}
