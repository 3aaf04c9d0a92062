import { describe, expect, test } from 'vitest';
import { storedBytes } from '../../../server/src/cost/parameters/checkpoint.ts';
import { modelInTypes } from '../../../server/src/plan/derive/types.ts';
import {
  DEEPSEEK,
  LLAMA_ATTENTION,
  LLAMA_NETWORK,
  LLAMA_WIDE,
  QWEN,
  quantised,
  refused,
  weightBytes,
} from './models.ts';

const MATRICES = 3 * (LLAMA_ATTENTION + LLAMA_NETWORK);

describe('AWQ, GPTQ and bitsandbytes', () => {
  test.each([
    [
      'AWQ in groups of 64',
      { quant_method: 'awq', bits: 4, group_size: 64, zero_point: true, version: 'gemm' },
      'int4-64',
      0.5 + 2.5 / 64,
    ],
    ['AWQ by its older names', { quant_method: 'awq', w_bit: 4, q_group_size: 128 }, 'int4-128', 0.5 + 2.5 / 128],
    [
      'AWQ without zero points',
      { quant_method: 'awq', bits: 4, group_size: 128, zero_point: false },
      'int4-128',
      0.5 + 2 / 128,
    ],
    [
      'GPTQ with zero points',
      { quant_method: 'gptq', bits: 4, group_size: 128, sym: false },
      'int4-128',
      0.5 + 2.5 / 128,
    ],
    [
      'GPTQ in groups of 128',
      { quant_method: 'gptq', bits: 4, group_size: 128, desc_act: false, sym: true },
      'int4-128',
      0.5 + 2 / 128,
    ],
    ['GPTQ of 8 bits', { quant_method: 'gptq', bits: 8, group_size: 128 }, 'int8', 1],
    ['bitsandbytes of 4 bits', { quant_method: 'bitsandbytes', load_in_4bit: true }, 'int4', 0.5 + 4 / 64],
    ['bitsandbytes of 8 bits', { quant_method: 'bitsandbytes', load_in_8bit: true }, 'int8', 1],
  ])('%s', (_, quantization, type, bytes) => {
    const model = quantised(quantization);
    expect(model.types).toMatchObject({ weights: type, attention: type, embedding: 'bf16' });
    expect(weightBytes(model)).toBe(bytes * MATRICES + 2 * LLAMA_WIDE);
  });

  test('zero points of a symmetric GPTQ are stored and not loaded', () => {
    const model = quantised({ quant_method: 'gptq', bits: 4, group_size: 128, sym: true });
    expect(storedBytes(model, true) - weightBytes(model)).toBe(MATRICES / 128 / 2);
    const stated = modelInTypes(model, { weights: 'int4' });
    expect(storedBytes(stated, true)).toBe(weightBytes(stated));
  });

  test('what is left out stays wide', () => {
    expect(
      quantised({ quant_method: 'awq', bits: 4, modules_to_not_convert: ['gate', 'self_attn'] }, QWEN).types,
    ).toMatchObject({ experts: 'int4-128', attention: 'bf16' });
    expect(
      quantised({ quant_method: 'bitsandbytes', load_in_4bit: true, llm_int8_skip_modules: ['lm_head', 'mlp'] }).types,
    ).toMatchObject({ weights: 'bf16', attention: 'int4' });
  });

  test("GPTQ's `dynamic` leaves modules out, or gives them bits of their own", () => {
    const dynamic = { '-:.*self_attn.*': {}, '+:.*shared_experts.*': { bits: 8 } };
    const model = quantised({ quant_method: 'gptq', bits: 4, group_size: 128, dynamic }, DEEPSEEK);
    expect(model.types).toMatchObject({
      experts: 'int4-128',
      attention: 'bf16',
      weights: 'int8',
      parts: { 'ffn-up': 'int4-128' },
    });
  });

  test('the first expression of `dynamic` that fits decides', () => {
    const model = quantised({
      quant_method: 'gptq',
      bits: 4,
      group_size: 128,
      dynamic: { '+:.*layers\\.1\\..*': { bits: 8 }, '-:.*down_proj.*': {} },
    });
    const down = model.layers.map((index) => {
      const types = model.classes[index]?.types ?? model.types;
      return types.parts?.['ffn-down'] ?? types.weights;
    });
    expect(down).toEqual(['bf16', 'int8', 'bf16']);
  });

  test('`dynamic` means neither the table nor a head that is not quantised', () => {
    const dynamic = { '+:.*': { bits: 8 } };
    const model = quantised({ quant_method: 'gptq', bits: 4, group_size: 128, dynamic });
    expect(model.types).toMatchObject({ weights: 'int8', embedding: 'bf16' });
    expect(model.types.parts).toBeUndefined();
    const withHead = quantised({ quant_method: 'gptq', bits: 4, group_size: 128, dynamic, lm_head: true });
    expect(withHead.types).toMatchObject({ embedding: 'bf16', parts: { head: 'int8' } });
  });

  test('MXFP4 converts routed experts alone', () => {
    const kept = ['model.layers.*.self_attn', 'model.layers.*.mlp.router', 'model.embed_tokens', 'lm_head'];
    const model = quantised({ quant_method: 'mxfp4', modules_to_not_convert: kept }, DEEPSEEK);
    expect(model.types).toMatchObject({ experts: 'mxfp4', weights: 'bf16', attention: 'bf16' });
  });

  test.each([
    ['groups of another size', { quant_method: 'awq', bits: 4, group_size: 256 }, '256'],
    ['bits', { quant_method: 'gptq', bits: 3, group_size: 128 }, 'bits'],
    ['a field', { quant_method: 'gptq', bits: 4, group_size: 128, twist: 1 }, 'quantization_config.twist'],
    ['nothing that is loaded in fewer bits', { quant_method: 'bitsandbytes' }, 'load_in_4bit'],
  ])('%s is refused by name', (_, quantization, named) => expect(refused(quantization)).toContain(named));
});
