import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registryText } from '../../scripts/generate-families.ts';
import { profileOf } from '../../server/src/cost/attention/index.ts';
import { totalOn } from '../../server/src/cost/parameters/checkpoint.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import { DECLARED, FAMILIES } from '../../server/src/plan/huggingFace/families/index.ts';
import { isWrapper } from '../../server/src/plan/huggingFace/family.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { DENSE } from './configs/dense.ts';
import { FURTHER, ROUNDED } from './configs/further.ts';
import { MIXTURES } from './configs/mixtures.ts';
import { OF_2026 } from './configs/of2026.ts';
import { BY_HAND, RECENT } from './configs/recent.ts';
import type { KnownConfig } from './configs/shapes.ts';
import { WHOLE } from './configs/whole.ts';

function counted({ name, config, basis }: KnownConfig): unknown {
  const reading = readConfig(name, config);
  return 'refused' in reading ? reading.refused : totalOn(basis ?? 'main', reading.model);
}

describe('parameters of a Hugging Face config, to the integer', () => {
  test.each([...DENSE, ...MIXTURES, ...FURTHER, ...OF_2026].map((known) => [known.name, known] as const))(
    '%s',
    (_, known) => {
      expect(counted(known)).toBe(known.total);
    },
  );
});

describe('bytes of KV cache per token, and parameters that a token is multiplied with', () => {
  const stated = OF_2026.filter(({ kv, active }) => kv !== undefined || active !== undefined);
  test.each(stated.map((known) => [known.name, known] as const))('%s', (_, { name, config, kv, active }) => {
    const reading = readConfig(name, config);
    if ('refused' in reading) throw new Error(reading.refused);
    const { model } = reading;
    if (kv !== undefined) expect(cacheOf(model)).toBe(kv);
    if (active !== undefined) expect(parametersOf(model).activeWithEmbedding).toBe(active);
  });
});

/** Bytes that a token adds to the bf16 cache of a whole model. */
function cacheOf({ classes, layers }: Model): number {
  return layers
    .flatMap((index) => classes[index] ?? [])
    .flatMap(({ attention }) => profileOf(attention).caches(2, 1))
    .reduce((sum, { bytesPerToken }) => sum + bytesPerToken, 0);
}

const QWEN3_MOE = MIXTURES.find(({ name }) => name.startsWith('Qwen3-Coder'))?.config ?? {};

function refusal(changes: object, of: object = QWEN3_MOE): string | undefined {
  const reading = readConfig('model', { ...of, ...changes });
  return 'refused' in reading ? reading.refused : undefined;
}

test.each(ROUNDED.map((known) => [known.name, known] as const))('%s, as its maker rounds it', (_, known) => {
  expect(Math.abs(Number(counted(known)) / known.total - 1)).toBeLessThan(0.006);
});

test('every architecture that is read has a model here', () => {
  const known = [...DENSE, ...MIXTURES, ...FURTHER, ...ROUNDED, ...WHOLE, ...RECENT, ...BY_HAND, ...OF_2026].flatMap(
    ({ config }) => [...JSON.stringify(config).matchAll(/"model_type":"([^"]+)"/g)].map(([, type]) => type),
  );
  const isCounted = (type: string) => {
    const architecture = FAMILIES[type];
    return architecture && (!isWrapper(architecture) || architecture.tower);
  };
  expect(Object.keys(FAMILIES).filter((type) => isCounted(type) && !known.includes(type))).toEqual([]);
});

test('every architecture says what models it has and what it was counted from', () => {
  expect(Object.keys(FAMILIES).filter((type) => FAMILIES[type]?.known === undefined)).toEqual([]);
});

test('every published total of the documentation is a total here', () => {
  const totals = new Set(
    [...DENSE, ...MIXTURES, ...FURTHER, ...WHOLE, ...RECENT, ...BY_HAND, ...OF_2026].map(({ total }) => total),
  );
  const others = Object.entries(FAMILIES).filter(
    ([, { known }]) => known?.published && !totals.has(known.published.total),
  );
  expect(others.map(([type]) => type)).toEqual([]);
});

test('no two files declare the same architecture, and every file is in the registry', () => {
  const types = DECLARED.flatMap((families) => Object.keys(families));
  expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
  const registry = join(import.meta.dirname, '../../server/src/plan/huggingFace/families/index.ts');
  expect(readFileSync(registry, 'utf8')).toBe(registryText());
});

describe('whole files as the hub has them', () => {
  test.each(WHOLE.map((known) => [known.name, known] as const))('%s', (_, known) => {
    expect(counted(known)).toBe(known.total);
  });
});

describe('what is not understood is named', () => {
  test('nothing of the config that the others change', () => expect(refusal({})).toBeUndefined());

  test.each([
    ['a width of nothing', { moe_intermediate_size: 0 }, 'moe_intermediate_size'],
    ['no key/value heads', { num_key_value_heads: 0 }, 'num_key_value_heads'],
    ['heads of no width', { head_dim: 0 }, 'head_dim'],
    ['no experts for a token', { num_experts_per_tok: 0 }, 'num_experts_per_tok'],
    ['a table without rows', { vocab_size: 0 }, 'vocab_size'],
    ['a width beyond everything', { moe_intermediate_size: 1e12 }, 'moe_intermediate_size'],
    ['an architecture', { model_type: 'deepseek_v9' }, 'deepseek_v9'],
    ['a name that objects have of themselves', { model_type: 'constructor' }, 'constructor'],
    ['a field', { cross_layer_sharing: 2 }, 'cross_layer_sharing'],
    ['widths that differ by layer', { moe_intermediate_size: [2560, 1280] }, 'moe_intermediate_size'],
    ['a head width that is no number', { head_dim: 'auto' }, 'head_dim'],
    ['a flag that is none', { tie_word_embeddings: 'yes' }, 'tie_word_embeddings'],
    ['a kind of layer', { layer_types: Array.from({ length: 62 }, () => 'cross_attention') }, 'layers'],
    ['kinds for fewer layers than there are', { layer_types: ['full_attention'] }, 'layers'],
    ['a quantisation', { quantization_config: { quant_method: 'aqlm' } }, 'aqlm'],
    ['a size that is missing', { num_experts_per_tok: undefined }, 'num_experts_per_tok'],
  ])('%s', (_, changes, named) => expect(refusal(changes)).toContain(named));

  test('a value that code of the architecture gives another meaning', () => {
    const ernie = MIXTURES.find(({ name }) => name.startsWith('ERNIE'))?.config ?? {};
    expect(refusal({ use_bias: true }, ernie)).toContain('use_bias');
  });

  test('layers of a kind that the config does not describe', () => {
    const jamba = MIXTURES.find(({ name }) => name.startsWith('Jamba'))?.config ?? {};
    expect(refusal({}, jamba)).toBeUndefined();
    expect(refusal({ mamba_d_state: 0 }, jamba)).toContain('layers');
    const sliding = { layer_types: Array.from({ length: 62 }, () => 'sliding_attention') };
    expect(refusal(sliding)).toContain('layers');
    expect(refusal({ ...sliding, use_sliding_window: true, sliding_window: 128 })).toBeUndefined();
  });

  test('layers whose indexer is neither their own nor that of an earlier one', () => {
    const glm = FURTHER.find(({ name }) => name === 'GLM-5.3')?.config ?? {};
    expect(refusal({}, glm)).toBeUndefined();
    expect(refusal({ indexer_types: Array.from({ length: 78 }, () => 'half') }, glm)).toContain('layers');
    expect(refusal({ indexer_types: ['full'] }, glm)).toContain('layers');
  });

  test('biases that shapes are not known for', () => {
    const latent = MIXTURES.find(({ name }) => name.startsWith('Moonlight'))?.config ?? {};
    expect(refusal({ attention_bias: true }, latent)).toContain('attention_bias');
    expect(refusal({ mlp_bias: true })).toContain('mlp_bias');
  });

  test('whatever stands in a file, it is read or refused and never throws', () => {
    const known = [...DENSE, ...MIXTURES, ...FURTHER, ...WHOLE, ...OF_2026];
    const values = fc.oneof(
      fc.integer({ min: -1, max: 300 }),
      fc.constantFrom(null, true, false, '', 'auto', [], {}, 0, 1.5, [1, 2]),
    );
    fc.assert(
      fc.property(fc.nat(known.length - 1), fc.nat(30), values, (index, field, value) => {
        const config = known[index]?.config ?? {};
        const names = Object.keys(config);
        const changed = { ...config, [names[field % names.length] ?? '']: value };
        const reading = readConfig('model', changed);
        const total = 'refused' in reading ? 0 : totalOn('all_logical', reading.model);
        expect(total).toSatisfy(Number.isSafeInteger);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  test('a vision tower that no formula is known for is left out and said so', () => {
    const text = { ...QWEN3_MOE, model_type: 'qwen3_moe' };
    const reading = readConfig('model', { model_type: 'kimi_k25', text_config: text, vision_config: { depth: 27 } });
    expect(reading).toMatchObject({ hasUncountedVision: true, model: { visionBytes: 0 } });
  });
});

describe('the longest sequence', () => {
  const contextOf = (changes: object, of: object = QWEN3_MOE) => {
    const reading = readConfig('model', { ...of, ...changes });
    return 'refused' in reading ? reading.refused : reading.model.context;
  };
  const gemma = FURTHER.concat(DENSE).find(({ name }) => name.startsWith('gemma-3'))?.config ?? {};
  const command = DENSE.concat(FURTHER).find(({ name }) => name.includes('command-r'))?.config ?? {};
  const stretched = { rope_type: 'yarn', factor: 40, original_max_position_embeddings: 4096 };

  test.each<[string, object, number | undefined]>([
    ['is not known where nothing states it', {}, undefined],
    ['is stated', { max_position_embeddings: 262_144 }, 262_144],
    ['is the shorter of two', { max_position_embeddings: 262_144, max_seq_len: 32_768 }, 32_768],
    [
      'is that of the training where one states it',
      { max_position_embeddings: 8192, model_max_length: 131_072 },
      131_072,
    ],
    ['is the first one stretched', { max_position_embeddings: 163_840, rope_scaling: stretched }, 163_840],
    [
      'is stretched where the config states the short one',
      { max_position_embeddings: 4096, rope_scaling: stretched },
      163_840,
    ],
    [
      'is stretched from the stated one',
      { max_position_embeddings: 4096, rope_scaling: { type: 'yarn', factor: 2.5 } },
      10_240,
    ],
    ['is stretched linearly', { max_position_embeddings: 4096, rope_scaling: { type: 'linear', factor: 4 } }, 16_384],
    ['is stretched nowhere', { max_position_embeddings: 4096, rope_parameters: { rope_type: 'default' } }, 4096],
    [
      'is behind the scaling of Llama 3',
      { max_position_embeddings: 131_072, rope_scaling: { rope_type: 'llama3', factor: 8 } },
      131_072,
    ],
    [
      'is behind that of Phi',
      { max_position_embeddings: 131_072, rope_scaling: { type: 'longrope', factor: 32 } },
      131_072,
    ],
    [
      'is that of the layers that reach farthest',
      {
        max_position_embeddings: 4096,
        rope_parameters: { full_attention: stretched, sliding_attention: { rope_type: 'default' } },
      },
      163_840,
    ],
    ['is not known from a word', { max_position_embeddings: 'long' }, undefined],
    ['is not known from scaling alone', { rope_scaling: { type: 'linear', factor: 4 } }, undefined],
  ])('%s', (_, changes, context) => expect(contextOf(changes)).toBe(context));

  test('stands in the text config of a wrapper, or is that of its code', () => {
    const text = {
      ...Object.getOwnPropertyDescriptor(gemma, 'text_config')?.value,
      rope_scaling: { rope_type: 'linear', factor: 8 },
    };
    expect(contextOf({ text_config: text }, gemma)).toBe(131_072);
    expect(contextOf({ text_config: { ...text, max_position_embeddings: 32_768 } }, gemma)).toBe(32_768);
  });

  test('is that of the rows where positions are learned', () => {
    const gpt2 = FURTHER.concat(DENSE).find(({ config: { model_type: type } }) => type === 'gpt2')?.config ?? {};
    expect(contextOf({ n_positions: 1024 }, gpt2)).toBe(1024);
    expect(contextOf({ max_position_embeddings: 8192, model_max_length: 131_072 }, command)).toBe(131_072);
  });
});

describe('parts of a checkpoint', () => {
  const deepseek = {
    model_type: 'deepseek_v3',
    num_hidden_layers: 61,
    hidden_size: 7168,
    num_attention_heads: 128,
    intermediate_size: 18432,
    vocab_size: 129280,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    qk_nope_head_dim: 128,
    qk_rope_head_dim: 64,
    v_head_dim: 128,
    n_routed_experts: 256,
    n_shared_experts: 1,
    num_experts_per_tok: 8,
    moe_intermediate_size: 2048,
    first_k_dense_replace: 3,
    num_nextn_predict_layers: 1,
    quantization_config: { quant_method: 'fp8', weight_block_size: [128, 128] },
  };
  const total = (basis: string) => {
    const reading = readConfig('DeepSeek-V3', deepseek);
    return 'refused' in reading ? reading.refused : totalOn(basis, reading.model);
  };

  test('each is counted by itself', () => {
    expect(total('main')).toBe(671_026_419_200);
    expect(total('main+mtp')).toBe(671_026_419_200 + 11_610_068_224);
    expect(total('all_logical+fp8_block_scales')).toBe(684_531_386_000);
  });

  test('a word that is not known is named and nothing is counted', () => {
    expect(total('main+lora')).toEqual({ unknown: 'lora' });
  });
});
