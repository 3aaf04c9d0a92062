import { describe, expect, test } from 'vitest';
import {
  DEEPSEEK,
  LLAMA,
  LLAMA_ATTENTION,
  LLAMA_NETWORK,
  LLAMA_WIDE,
  modelOf,
  quantised,
  refused,
  weightBytes,
} from './models.ts';

const BLOCKS = { quant_method: 'fp8', weight_block_size: [128, 128] };
const MATRICES = 3 * (LLAMA_ATTENTION + LLAMA_NETWORK);

describe('FP8', () => {
  test('nothing quantised is 16 bits wide, and 32 where the config says so', () => {
    expect(modelOf(LLAMA).types).toMatchObject({ weights: 'bf16', embedding: 'bf16', kv: 'bf16' });
    expect(weightBytes(modelOf(LLAMA))).toBe(2 * (MATRICES + LLAMA_WIDE));
    for (const dtype of [{ torch_dtype: 'float32' }, { dtype: 'torch.float32' }]) {
      const model = modelOf({ ...LLAMA, ...dtype });
      expect(model.types).toMatchObject({ weights: 'fp32', attention: 'fp32', embedding: 'fp32', kv: 'bf16' });
      expect(weightBytes(model)).toBe(4 * (MATRICES + LLAMA_WIDE));
    }
  });

  test.each([
    ['per tensor', { quant_method: 'fp8' }, 'fp8', MATRICES],
    // One fp32 scale for each of 128 x 128.
    ['in blocks', BLOCKS, 'fp8-block', MATRICES + (4 * MATRICES) / 128 ** 2],
    // One fp32 scale for each output: 4 x 256 of attention, 2 x 512 + 256 of the network.
    ["per channel of Meta's FBGEMM", { quant_method: 'fbgemm_fp8' }, 'fp8-channel', MATRICES + 4 * 3 * (1024 + 1280)],
    ['with a scale for 32 elements', { quant_method: 'mxfp8' }, 'mxfp8', MATRICES + MATRICES / 32],
  ])('%s', (_, quantization, type, bytes) => {
    const model = quantised(quantization);
    expect(model.types).toMatchObject({ weights: type, attention: type, embedding: 'bf16', kv: 'bf16' });
    expect(weightBytes(model)).toBe(bytes + 2 * LLAMA_WIDE);
  });

  test.each([
    [
      'modules_to_not_convert',
      ['lm_head', 'model.layers.0.self_attn', 'model.layers.1.self_attn', 'model.layers.2.self_attn'],
    ],
    [
      'ignored_layers',
      [0, 1, 2].flatMap((layer) => ['q', 'k', 'v', 'o'].map((name) => `model.layers.${layer}.self_attn.${name}_proj`)),
    ],
    ['modules_to_not_convert', ['self_attn']],
  ])('attention is left out by %s', (field, modules) => {
    const model = quantised({ quant_method: 'fp8', [field]: modules });
    expect(model.types).toMatchObject({ weights: 'fp8', attention: 'bf16' });
    expect(weightBytes(model)).toBe(3 * (2 * LLAMA_ATTENTION + LLAMA_NETWORK) + 2 * LLAMA_WIDE);
  });

  test('layers that differ are classes of their own', () => {
    const model = quantised({ quant_method: 'fp8', ignored_layers: ['model.layers.0.self_attn', 'model.layers.2'] });
    const types = model.layers.map((index) => model.classes[index]?.types ?? model.types);
    expect(types.map(({ attention }) => attention)).toEqual(['bf16', 'fp8', 'bf16']);
    expect(types.map(({ weights }) => weights)).toEqual(['fp8', 'fp8', 'bf16']);
    expect(new Set(model.classes.map(({ name }) => name)).size).toBe(3);
    expect(weightBytes(model)).toBe(
      4 * LLAMA_ATTENTION + LLAMA_ATTENTION + 2 * LLAMA_NETWORK + 2 * LLAMA_NETWORK + 2 * LLAMA_WIDE,
    );
  });

  test('a single projection has its own type', () => {
    const model = quantised({
      quant_method: 'fp8',
      ignored_layers: [0, 1, 2].map((layer) => `model.layers.${layer}.mlp.down_proj`),
    });
    expect(model.types).toMatchObject({ weights: 'fp8', parts: { 'ffn-down': 'bf16' } });
    expect(weightBytes(model)).toBe(MATRICES + 3 * 256 * 512 + 2 * LLAMA_WIDE);
  });

  test('the cache of AutoFP8 is FP8, static or not', () => {
    expect(quantised({ quant_method: 'fp8', kv_cache_scheme: 'static' }).types.kv).toBe('fp8');
    expect(quantised({ quant_method: 'fp8', kv_cache_scheme: null }).types.kv).toBe('bf16');
  });

  test('what only the indexer of GLM leaves out is wide anyway', () => {
    const kept = [0, 1, 2, 3].map((layer) => `model.layers.${layer}.self_attn.indexers_proj`);
    const indexed = { ...DEEPSEEK, model_type: 'glm_moe_dsa', index_n_heads: 2, index_head_dim: 64, index_topk: 16 };
    const model = quantised({ ...BLOCKS, modules_to_not_convert: kept }, indexed);
    expect(weightBytes(model)).toBe(weightBytes(quantised(BLOCKS, indexed)));
  });

  test('experts may be MXFP4 beside it', () => {
    const model = quantised(BLOCKS, { ...DEEPSEEK, expert_dtype: 'fp4' });
    expect(model.types).toMatchObject({ weights: 'fp8-block', experts: 'mxfp4', attention: 'fp8-block' });
  });

  test.each([
    ['blocks of another size', { ...BLOCKS, weight_block_size: [64, 64] }, 'weight_block_size'],
    ['an unheard-of method', { quant_method: 'aqlm' }, 'aqlm'],
    ['no method', { bits: 3 }, 'quant_method'],
    ['a field', { ...BLOCKS, experts_only: true }, 'quantization_config.experts_only'],
    ['a cache', { quant_method: 'fp8', kv_cache_scheme: 'blockwise' }, 'kv_cache_scheme'],
    ['a module', { ...BLOCKS, modules_to_not_convert: ['model.layers.0.self_attn.w_proj'] }, 'w_proj'],
    [
      'an expression with look-ahead',
      { ...BLOCKS, modules_to_not_convert: ['re:(?=a)'] },
      'is an expression that is not',
    ],
    [
      'what names nothing',
      { ...BLOCKS, modules_to_not_convert: ['re:^foo'] },
      '`re:^foo` in its quantization names no module',
    ],
    [
      'a method of another type',
      { quant_method: { name: 'fp8' } },
      '`quant_method` of its quantization is `{"name":"fp8"}`',
    ],
    ['a layer beyond the last', { ...BLOCKS, modules_to_not_convert: ['model.layers.90.self_attn'] }, 'layers.90'],
    [
      'half of what is one matrix',
      { ...BLOCKS, modules_to_not_convert: ['model.layers.0.mlp.gate_proj'] },
      'gate_proj',
    ],
  ])('%s is refused by name', (_, quantization, named) => expect(refused(quantization)).toContain(named));

  test('a type of the whole that is not known is refused by name', () => {
    expect(() => modelOf({ ...LLAMA, torch_dtype: 'float8_e4m3fn' })).toThrow('its `torch_dtype` is `"float8_e4m3fn"`');
    expect(() => modelOf({ ...DEEPSEEK, expert_dtype: 'fp2' })).toThrow('its `expert_dtype` is `"fp2"`');
  });

  test('a value that is nested deeply is named', () => {
    let deep: object = {};
    for (let depth = 0; depth < 100_000; depth++) deep = { deep };
    expect(refused({ ...BLOCKS, weight_block_size: [deep] })).toContain('`weight_block_size`');
    expect(refused({ quant_method: 'fp8', kv_cache_scheme: [deep] })).toContain('`kv_cache_scheme`');
    expect(() => modelOf({ ...LLAMA, dtype: deep })).toThrow('its `dtype`');
  });

  // Each list is refused before it is compared to its end, however long that would take.
  test.each([
    ['names', 3, Array.from({ length: 700_000 }, (_, index) => `model.layers.0.x${index}`)],
    ['names with `*`', 3, Array.from({ length: 20_000 }, (_, index) => `model.layers.${index % 3}*x${index}*`)],
    ['names in a layer', 3, Array.from({ length: 20_000 }, (_, index) => `model.layers.${index % 3}.*x${index}*`)],
    [
      'large expressions',
      100,
      Array.from({ length: 200 }, (_, index) => `re:(${'a?'.repeat(60)}.*){0,9}${'Q'.repeat(1 + index)}`),
    ],
    [
      'large expressions with numbers',
      100,
      Array.from({ length: 190 }, (_, index) => `re:(.*${'x?'.repeat(60)}){9}${index}`),
    ],
  ])('too many %s are refused', (_, num_hidden_layers, ignored_layers) =>
    expect(refused({ quant_method: 'fp8', ignored_layers }, { ...LLAMA, num_hidden_layers })).toContain(
      'more patterns than are compared',
    ),
  );

  test('an expression for every layer of a large model is not too many', () => {
    const ignored_layers = Array.from({ length: 100 }, (_, layer) => `re:.*layers\\.${layer}\\.mlp.*`);
    const model = quantised({ quant_method: 'fp8', ignored_layers }, { ...LLAMA, num_hidden_layers: 100 });
    expect(model.types).toMatchObject({ weights: 'bf16', attention: 'fp8' });
  });
});
