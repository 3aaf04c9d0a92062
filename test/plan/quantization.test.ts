import { describe, expect, test } from 'vitest';
import { typesOf } from '../../server/src/plan/huggingFace/types.ts';

const LAYERS = 3;
const fp8 = { quant_method: 'fp8', weight_block_size: [128, 128] };
const int4 = { num_bits: 4, type: 'int', strategy: 'group', group_size: 32 };

function compressed(weights: object, ignore: readonly string[] = ['lm_head']): object {
  return { quant_method: 'compressed-tensors', config_groups: { group_0: { weights } }, ignore };
}

function types(quantization: object): unknown {
  return typesOf(Object.fromEntries(Object.entries(quantization)), LAYERS);
}

describe('number types of a quantised checkpoint', () => {
  test('none: all in 16 bits', () => expect(typesOf(undefined, LAYERS)).toMatchObject({ weights: 'bf16', kv: 'bf16' }));

  test.each([
    ['blocks of fp8', fp8, { weights: 'fp8-block', experts: 'fp8-block', attention: 'fp8-block', embedding: 'bf16' }],
    ['fp8 per tensor', { quant_method: 'fp8' }, { weights: 'fp8', attention: 'fp8' }],
    ['mxfp4 on experts', { quant_method: 'mxfp4' }, { weights: 'bf16', experts: 'mxfp4', attention: 'bf16' }],
    [
      'nvfp4 with attention in 16 bits and a cache of 8',
      {
        quant_method: 'modelopt',
        quant_algo: 'NVFP4',
        ignore: ['lm_head', 'model.layers.*.self_attn*', 'model.layers.0.mlp.gate'],
        kv_cache_scheme: { num_bits: 8, type: 'float' },
      },
      { weights: 'nvfp4', experts: 'nvfp4', attention: 'bf16', kv: 'fp8' },
    ],
    [
      'attention left out layer by layer, in every layer',
      { ...fp8, modules_to_not_convert: [0, 1, 2].map((layer) => `model.layers.${layer}.self_attn`) },
      { weights: 'fp8-block', attention: 'bf16' },
    ],
    [
      'int4 on routed experts alone',
      compressed(int4, [
        'lm_head',
        're:.*self_attn.*',
        're:.*shared_experts.*',
        're:.*mlp\\.(gate|up|gate_up|down)_proj.*',
      ]),
      { weights: 'bf16', experts: 'int4', attention: 'bf16' },
    ],
    ['fp8 per channel', compressed({ num_bits: 8, type: 'float', strategy: 'channel' }), { weights: 'fp8-channel' }],
    ["fp8 per channel of Meta's FBGEMM", { quant_method: 'fbgemm_fp8' }, { weights: 'fp8-channel', embedding: 'bf16' }],
    ['mxfp8', { quant_method: 'modelopt', quant_algo: 'MXFP8' }, { weights: 'mxfp8' }],
    ['int4 in groups of 128', compressed({ ...int4, group_size: 128 }), { weights: 'int4-128', embedding: 'bf16' }],
    ['AWQ in groups of 64', { quant_method: 'awq', bits: 4, group_size: 64 }, { weights: 'int4-64' }],
    ['GPTQ in groups of 128', { quant_method: 'gptq', bits: 4, group_size: 128 }, { weights: 'int4-128' }],
    ['float of 8 bits per tensor', compressed({ num_bits: 8, type: 'float', strategy: 'tensor' }), { weights: 'fp8' }],
  ])('%s', (_, quantization, expected) => expect(types(quantization)).toMatchObject(expected));

  test.each([
    ['an unheard-of method', { quant_method: 'aqlm' }, 'aqlm'],
    ['blocks of another size', { quant_method: 'fp8', weight_block_size: [64, 64] }, 'fp8'],
    ['groups of another size', { quant_method: 'awq', bits: 4, group_size: 256 }, 'awq'],
    [
      'scales per channel of integers',
      compressed({ num_bits: 8, type: 'int', strategy: 'channel' }),
      'compressed-tensors',
    ],
    [
      'attention of some layers',
      { ...fp8, modules_to_not_convert: ['model.layers.0.self_attn'] },
      'layers.0.self_attn',
    ],
    ['one projection', { ...fp8, modules_to_not_convert: ['model.layers.1.mlp.down_proj'] }, 'down_proj'],
    ['shared experts without dense networks', compressed(int4, ['re:.*shared_experts.*']), 'shared_experts'],
  ])('%s is refused by name', (_, quantization, named) => {
    expect(types(quantization)).toEqual(expect.stringContaining(named));
  });
});
