import { describe, expect, test } from 'vitest';
import { totalOn } from '../../../server/src/cost/parameters/checkpoint.ts';
import { DEEPSEEK, HYBRID, LLAMA, modelOf, QWEN, quantised, read, refused, weightBytes } from './models.ts';

const KEPT = [
  'lm_head',
  ...[0, 1, 2].flatMap((layer) =>
    ['q_a_proj', 'q_b_proj', 'kv_a_proj_with_mqa', 'kv_b_proj'].map(
      (name) => `model.layers.${layer}.self_attn.${name}`,
    ),
  ),
  'model.layers.3*',
];
const FACTS = { quant_algo: 'NVFP4', kv_cache_quant_algo: 'FP8', group_size: 16, exclude_modules: KEPT };
const NVFP4 = 0.5 + 1 / 16;

describe('ModelOpt', () => {
  test('says the same flat, nested and in the file beside', () => {
    const flat = quantised({ quant_method: 'modelopt', ...FACTS }, DEEPSEEK);
    const nested = quantised(
      { quant_method: 'modelopt', producer: { name: 'modelopt' }, quantization: FACTS },
      DEEPSEEK,
    );
    const beside = modelOf(DEEPSEEK, { quantization: { producer: { name: 'modelopt' }, quantization: FACTS } });
    expect(nested).toEqual(flat);
    expect(beside).toEqual(flat);
    expect(flat.types).toMatchObject({
      weights: 'nvfp4',
      experts: 'nvfp4',
      attention: 'bf16',
      kv: 'fp8',
      parts: { o: 'nvfp4' },
    });
  });

  // By hand: output projections, networks, shared and routed experts of 3 layers in 4 bits; everything else in 16.
  test('counts the module that is left out wide, and the prediction module too', () => {
    const model = quantised({ quant_method: 'modelopt', ...FACTS }, DEEPSEEK);
    const expert = 3 * 256 * 128;
    const output = 4 * 64 * 256;
    const narrow = 3 * output + 3 * 256 * 512 + 2 * (4 + 1) * expert;
    const total = Number(totalOn('all_logical', modelOf(DEEPSEEK))) - 2 * 2 * 1000 * 256 + 2 * 1000 * 256;
    expect(model.mtpLayer?.types).toEqual({ weights: 'bf16', experts: 'bf16', attention: 'bf16', parts: {} });
    const all = weightBytes(modelOf(DEEPSEEK)) / 2;
    expect(total).toBe(all);
    expect(weightBytes(model)).toBe(2 * (all - narrow) + NVFP4 * narrow);
  });

  test('a whole layer may be left out', () => {
    const kept = [
      'model.layers.0*',
      'model.layers.1.*',
      'model.layers.2.mlp.shared_experts*',
      'model.layers.2.self_attn*',
      'model.layers.3*',
    ];
    const model = quantised({ quant_method: 'modelopt', quant_algo: 'NVFP4', ignore: kept }, DEEPSEEK);
    const narrow = 4 * 3 * 256 * 128;
    expect(weightBytes(model)).toBe(weightBytes(modelOf(DEEPSEEK)) - (2 - NVFP4) * narrow);
  });

  test('MIXED_PRECISION has an algorithm for each module', () => {
    const layers = [0, 1, 2].flatMap((layer) => [
      [`model.language_model.layers.${layer}.linear_attn.in_proj_qkv`, { quant_algo: 'FP8' }],
      [`model.language_model.layers.${layer}.linear_attn.in_proj_z`, { quant_algo: 'FP8' }],
      [`model.language_model.layers.${layer}.linear_attn.out_proj`, { quant_algo: 'FP8' }],
      [`model.language_model.layers.${layer}.mlp.experts`, { quant_algo: 'W4A16_NVFP4', group_size: 16 }],
    ]);
    const facts = {
      quant_algo: 'MIXED_PRECISION',
      quantized_layers: Object.fromEntries([...layers, ['lm_head', { quant_algo: 'W4A16_NVFP4', group_size: 16 }]]),
      exclude_modules: ['mtp.layers.0*', 'mtp*'],
    };
    const model = quantised({ quant_method: 'modelopt', ...facts }, HYBRID);
    // 2 x 2 x 32 of queries and keys, 2 x 4 x 32 of values and gates; the output leads back from 4 x 32.
    const states = 3 * 256 * (128 + 256 + 128);
    const experts = 3 * 4 * 3 * 256 * 128;
    const head = 1000 * 256;
    expect(weightBytes(model)).toBe(weightBytes(modelOf(HYBRID)) - states - (2 - NVFP4) * (experts + head));
    expect(model.types).toMatchObject({ experts: 'nvfp4', parts: { head: 'nvfp4' } });
  });

  test('experts that are listed one by one count when all are there', () => {
    const listed = (count: number) => ({
      quant_method: 'modelopt',
      quant_algo: 'MIXED_PRECISION',
      quantized_layers: Object.fromEntries(
        [0, 1].flatMap((layer) =>
          Array.from({ length: count }, (_, expert) => expert).flatMap((expert) =>
            ['gate_proj', 'up_proj', 'down_proj'].map((name) => [
              `model.layers.${layer}.mlp.experts.${expert}.${name}`,
              { quant_algo: 'FP8' },
            ]),
          ),
        ),
      ),
    });
    expect(quantised(listed(4), QWEN).types).toMatchObject({ experts: 'fp8', attention: 'bf16' });
    expect(refused(listed(3), QWEN)).toContain('mlp.experts');
  });

  test('what the config does not say of the cache, the file beside does', () => {
    const quantization_config = { quant_method: 'modelopt', quant_algo: 'FP8' };
    const beside = { quantization: { quantization: { quant_algo: 'FP8', kv_cache_quant_algo: 'FP8' } } };
    expect(modelOf({ ...LLAMA, quantization_config }).types.kv).toBe('bf16');
    expect(modelOf({ ...LLAMA, quantization_config }, beside).types).toMatchObject({ weights: 'fp8', kv: 'fp8' });
  });

  test.each([
    ['FP8_PB_WO', 'fp8-block'],
    ['FP8_PER_CHANNEL_PER_TOKEN', 'fp8-channel'],
    ['MXFP8', 'mxfp8'],
    ['W4A8_MXFP4_FP8', 'mxfp4'],
    ['W4A16_AWQ', 'int4-128'],
    ['W8A8_SQ_PER_CHANNEL', 'int8'],
  ])('%s is %s', (quant_algo, weights) =>
    expect(quantised({ quant_method: 'modelopt', quant_algo }).types).toMatchObject({ weights }),
  );

  test.each([
    ['an algorithm', { quant_algo: 'W2A2' }, 'W2A2'],
    ['a field', { quant_algo: 'FP8', quantization: undefined, twist: 1 }, 'quantization_config.twist'],
    ['a nested field', { quantization: { quant_algo: 'FP8', twist: 1 } }, 'quantization_config.quantization.twist'],
    ['a cache', { quant_algo: 'FP8', kv_cache_quant_algo: 'INT2' }, 'INT2'],
  ])('%s is refused by name', (_, facts, named) =>
    expect(refused({ quant_method: 'modelopt', ...facts })).toContain(named),
  );

  test('a field of the file beside is refused by name', () => {
    const found = read(LLAMA, { quantization: { quantization: { quant_algo: 'FP8', twist: 1 } } });
    expect(found).toContain('quantization.twist');
    expect(found).toContain('hf_quant_config.json');
  });
});
