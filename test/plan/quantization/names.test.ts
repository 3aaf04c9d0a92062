import { describe, expect, test } from 'vitest';
import { modelInTypes } from '../../../server/src/plan/derive/types.ts';
import type { Model, ModulePart, NumberType, TensorTypes } from '../../../server/src/plan/model.ts';
import { CLASS_OF_PART } from '../../../server/src/plan/typedLayers.ts';
import { ERNIE, HYBRID, LLAMA, modelOf, NEMOTRON, QWEN, quantised, refused, weightBytes } from './models.ts';

const WIDE = { weights: 'bf16', experts: 'bf16', attention: 'bf16', parts: {} };

function nvfp4(ignore: readonly string[], config: object): Model {
  return quantised({ quant_method: 'modelopt', quant_algo: 'NVFP4', ignore }, config);
}

function fp8(ignored_layers: readonly string[], config: object = LLAMA): Model {
  return quantised({ quant_method: 'fp8', ignored_layers }, config);
}

/** The type of one class of tensor in each layer. */
function byLayer(model: Model, name: 'weights' | 'attention' | 'experts' = 'weights'): readonly string[] {
  return model.layers.map((index) => (model.classes[index]?.types ?? model.types)[name]);
}

function typeOf(types: TensorTypes, part: ModulePart): NumberType {
  return types.parts?.[part] ?? types[CLASS_OF_PART[part]];
}

const MODULE = { ...HYBRID, mtp_num_hidden_layers: 1 };

describe('a prediction module is left out by its name', () => {
  test.each(
    [
      'mtp*',
      'mtp.*',
      'mtp',
      'mtp.layers*',
      'mtp.layers.0',
      'mtp.layers.0*',
      'mtp.layers.*.mlp mtp.layers.*.self_attn',
      're:^mtp.*',
      're:.*mtp.*',
      'model.mtp.layers.0*',
      'language_model.mtp.layers.0*',
    ].map((names) => [names]),
  )('%s', (names) => {
    const model = nvfp4(['lm_head', ...names.split(' ')], MODULE);
    expect(model.mtpLayer?.types).toEqual(WIDE);
    expect(model.types.weights).toBe('nvfp4');
    // Its joining projection and norms are wide anyway.
    const whole = nvfp4(['lm_head'], MODULE);
    expect(weightBytes(model)).toBeGreaterThan(weightBytes(whole));
  });

  test("of GPTQ's `dynamic`", () => {
    const dynamic = { '-:.*mtp.*': {}, '-:.*visual.*': {} };
    const model = quantised({ quant_method: 'gptq', bits: 4, group_size: 128, dynamic }, MODULE);
    expect(model.mtpLayer?.types).toEqual(WIDE);
  });

  test('module by module', () => {
    const attention = ['q', 'k', 'v', 'o'].map((name) => `mtp.layers.0.self_attn.${name}_proj`);
    const model = nvfp4(['lm_head', 'mtp.fc', ...attention], MODULE);
    expect(model.mtpLayer?.types).toEqual({ weights: 'nvfp4', experts: 'nvfp4', attention: 'bf16', parts: {} });
  });

  test('as ERNIE calls it', () => {
    expect(nvfp4(['lm_head', 'model.mtp_block.0.*'], ERNIE).mtpLayer?.types).toMatchObject({
      weights: 'bf16',
      attention: 'bf16',
    });
    expect(nvfp4(['lm_head', 'model.mtp_linear_proj.0'], ERNIE).mtpLayer?.types).toBeUndefined();
  });

  test('by layers where attention and experts are two', () => {
    const model = nvfp4(['lm_head', 'mtp.layers.1.mixer.experts*'], NEMOTRON);
    expect(model.mtpLayer?.types).toMatchObject({ weights: 'nvfp4', experts: 'bf16', attention: 'nvfp4' });
    expect(nvfp4(['lm_head', 'mtp.layers.0*'], NEMOTRON).mtpLayer?.types).toMatchObject({
      experts: 'nvfp4',
      attention: 'bf16',
    });
  });

  test('and one that the model has not is named without effect', () => {
    expect(nvfp4(['lm_head', 'mtp*', 'mtp.layers.0.mlp.experts'], QWEN).types.weights).toBe('nvfp4');
  });

  test('a module of it that there is not is refused by name', () => {
    const quantization = { quant_method: 'fp8', ignored_layers: ['mtp.layers.0.self_attn.w_proj'] };
    expect(refused(quantization, MODULE)).toContain('mtp.layers.0.self_attn.w_proj');
  });
});

describe('a pattern names the layers that it fits', () => {
  const TWELVE = { ...LLAMA, num_hidden_layers: 12 };
  const upTo = (count: number) => Array.from({ length: 12 }, (_, layer) => (layer < count ? 'bf16' : 'fp8'));

  test.each([
    ['re:model\\.layers\\.\\d\\.mlp.*', 10],
    ['re:model\\.layers\\..\\.mlp.*', 10],
    ['model.layers.?.mlp*', 10],
    ['re:model\\.layers\\.\\d+\\.mlp.*', 12],
    ['model.layers.1*.mlp model.layers.?.mlp', 12],
    ['re:model\\.layers\\.[0-4]\\.mlp.*', 5],
  ])('%s', (patterns, count) => expect(byLayer(fp8(patterns.split(' '), TWELVE))).toEqual(upTo(count)));

  test('and experts by their numbers', () => {
    expect(fp8(['re:.*experts\\.\\d+\\..*'], QWEN).types).toMatchObject({ experts: 'bf16', attention: 'fp8' });
    const some = { quant_method: 'fp8', ignored_layers: ['re:.*experts\\.[0-2]\\..*'] };
    expect(refused(some, QWEN)).toContain('experts.0');
  });
});

describe('both matrices of a gated network have one type', () => {
  test.each([
    ['re:.*\\.up_proj$'],
    ['model.layers.0.mlp.up_proj'],
    ['model.layers.0.mlp.gate_proj'],
    ['re:.*mlp.gate.*'],
  ])('%s alone is refused', (pattern) =>
    expect(refused({ quant_method: 'fp8', ignored_layers: [pattern] })).toMatch(/mlp\.(?:up|gate)_proj/),
  );

  test.each([['re:.*\\.(gate|up)_proj$'], ['re:.*gate_up_proj$'], ['re:.*(gate|up|gate_up)_proj$']])(
    '%s are both',
    (pattern) => {
      const { types } = fp8([pattern]);
      expect([typeOf(types, 'ffn-up'), typeOf(types, 'ffn-down')]).toEqual(['bf16', 'fp8']);
    },
  );

  test('a network without a gate has one', () => {
    const { types } = fp8(['re:.*experts.*up_proj$'], NEMOTRON);
    expect([typeOf(types, 'expert-up'), typeOf(types, 'expert-down')]).toEqual(['bf16', 'fp8']);
  });

  test('an expression that fits a fused name by chance means the projections that it names', () => {
    const attention = ['q', 'k', 'v', 'o'] as const;
    const of = (pattern: string) => attention.map((part) => typeOf(fp8([pattern]).types, part));
    expect(of('re:.*self_attn\\.q.*')).toEqual(['bf16', 'fp8', 'fp8', 'fp8']);
    expect(of('re:.*self_attn\\.qkv_proj')).toEqual(['bf16', 'bf16', 'bf16', 'fp8']);
  });
});

describe('what is quantised by name', () => {
  const mixed = (quantized_layers: object, config: object) =>
    quantised({ quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION', quantized_layers }, config);
  const NVFP4 = { quant_algo: 'NVFP4', group_size: 16 };

  test('may be the table of tokens', () => {
    const model = mixed({ 'model.embed_tokens': NVFP4 }, LLAMA);
    expect(model.types).toMatchObject({ embedding: 'nvfp4', weights: 'bf16', parts: { head: 'bf16' } });
    expect(weightBytes(model)).toBe(weightBytes(modelOf(LLAMA)) - (2 - 9 / 16) * 1000 * 256);
  });

  test('may be a prediction module', () => {
    const model = mixed({ 'mtp.layers.0.mlp.experts': NVFP4 }, MODULE);
    expect(model.mtpLayer?.types).toMatchObject({ experts: 'nvfp4', attention: 'bf16' });
  });

  test.each([
    ['a prediction module that the model has not', { 'mtp.layers.0.mlp.experts': NVFP4 }, 'mtp.layers.0.mlp.experts'],
    ['a norm', { 'model.norm': NVFP4 }, 'model.norm'],
    ['a router', { 'model.layers.0.mlp.gate': NVFP4 }, 'model.layers.0.mlp.gate'],
  ])('is refused where it is %s', (_, quantized_layers, named) =>
    expect(
      refused({ quant_method: 'modelopt', quant_algo: 'MIXED_PRECISION', quantized_layers }, { ...QWEN }),
    ).toContain(named),
  );

  test('has no head of its own where the table is the head', () => {
    const quantization = {
      quant_method: 'compressed-tensors',
      config_groups: { group_0: { targets: ['Linear'], weights: { num_bits: 4, type: 'int', group_size: 128 } } },
      ignore: [],
    };
    expect(quantised(quantization).types.parts).toEqual({ head: 'int4-128' });
    expect(quantised(quantization, { ...LLAMA, tie_word_embeddings: true }).types.parts).toBeUndefined();
  });
});

describe('classes of layers that differ in types', () => {
  test('are named by what is different', () => {
    const kept = ['model.layers.0.self_attn', 'model.layers.1.mlp.down_proj'];
    const names = (model: Model) => model.layers.map((index) => model.classes[index]?.name);
    const four = { ...LLAMA, num_hidden_layers: 5 };
    expect(names(fp8([...kept, 'model.layers.2'], four))).toEqual([
      'dense with attention in bf16',
      'dense with ffn-down in bf16',
      'dense in bf16 with attention in bf16',
      'dense',
      'dense',
    ]);
  });

  test('are one again in a type that is stated', () => {
    const model = fp8(['model.layers.0.self_attn', 'model.layers.2'], { ...LLAMA, num_hidden_layers: 5 });
    const stated = modelInTypes(model, { weights: 'bf16' });
    expect(stated.classes.map(({ name }) => name)).toEqual(['dense']);
    expect(stated.layers).toEqual([0, 0, 0, 0, 0]);
    const attention = modelInTypes(model, { attention: 'bf16' });
    expect(attention.classes.map(({ name }) => name)).toEqual(['dense', 'dense in bf16']);
    expect(attention.layers).toEqual([0, 0, 1, 0, 0]);
  });
});
