import { describe, expect, test } from 'vitest';
import { DEEPSEEK, LLAMA, modelOf, QWEN, quantised, refused, weightBytes } from './models.ts';

const INT4 = { num_bits: 4, type: 'int', strategy: 'group', group_size: 32 };
const FLOAT8 = { num_bits: 8, type: 'float' };

function compressed(weights: object, ignore: readonly string[] = ['lm_head'], targets = ['Linear']): object {
  return { quant_method: 'compressed-tensors', config_groups: { group_0: { weights, targets } }, ignore };
}

describe('compressed-tensors', () => {
  test.each([
    ['float per tensor', { ...FLOAT8, strategy: 'tensor' }, 'fp8'],
    ['float per channel', { ...FLOAT8, strategy: 'channel' }, 'fp8-channel'],
    ['float in blocks', { ...FLOAT8, strategy: 'block', block_structure: [128, 128] }, 'fp8-block'],
    ['float in groups of 32', { ...FLOAT8, strategy: 'group', group_size: 32 }, 'mxfp8'],
    ['float of 4 bits in groups of 16', { num_bits: 4, type: 'float', group_size: 16 }, 'nvfp4'],
    ['float of 4 bits in groups of 32', { num_bits: 4, type: 'float', group_size: 32 }, 'mxfp4'],
    ['integers per channel', { num_bits: 8, type: 'int', strategy: 'channel' }, 'int8'],
    ['int4 in groups of 32', INT4, 'int4'],
    ['int4 in groups of 128', { ...INT4, group_size: 128 }, 'int4-128'],
  ])('%s', (_, weights, type) =>
    expect(quantised(compressed(weights)).types).toMatchObject({ weights: type, embedding: 'bf16' }),
  );

  test('targets name what is quantised, and nothing else is', () => {
    const model = quantised(compressed(INT4, ['lm_head'], ['re:.*mlp.experts.*']), QWEN);
    expect(model.types).toMatchObject({ experts: 'int4', attention: 'bf16' });
    const experts = 2 * 4 * 3 * 256 * 128;
    expect(weightBytes(model)).toBe(weightBytes(modelOf(QWEN)) - (2 - 0.5625) * experts);
  });

  test('groups have a type each', () => {
    const model = quantised(
      {
        quant_method: 'compressed-tensors',
        config_groups: {
          group_0: { targets: ['re:.*self_attn\\.(q|k|v|o)_proj$'], weights: { ...FLOAT8, strategy: 'channel' } },
          group_1: { targets: ['re:.*mlp.*'], weights: INT4 },
        },
        ignore: ['lm_head'],
      },
      LLAMA,
    );
    expect(model.types).toMatchObject({ attention: 'fp8-channel', weights: 'int4' });
  });

  test('names and expressions of all groups are tried before classes of modules', () => {
    const groups = (...group: readonly object[]) => ({
      quant_method: 'compressed-tensors',
      config_groups: Object.fromEntries(group.map((each, index) => [`group_${index}`, each])),
      ignore: ['lm_head'],
    });
    const attention = { targets: ['re:.*self_attn.*'], weights: { ...FLOAT8, strategy: 'channel' } };
    const types = { weights: 'int4', attention: 'fp8-channel' };
    expect(quantised(groups({ targets: ['Linear'], weights: INT4 }, attention)).types).toMatchObject(types);
    expect(quantised(groups(attention, { targets: ['Linear'], weights: INT4 })).types).toMatchObject(types);
    const mixed = { targets: ['Linear', 're:.*self_attn.*'], weights: { ...FLOAT8, strategy: 'channel' } };
    expect(quantised(groups({ targets: ['re:.*mlp.*'], weights: INT4 }, mixed)).types).toMatchObject(types);
    // What two groups have is that of the later one.
    const again = { targets: ['Linear'], weights: { ...FLOAT8, strategy: 'tensor' } };
    expect(quantised(groups({ targets: ['Linear'], weights: INT4 }, again)).types).toMatchObject({ weights: 'fp8' });
  });

  test('a group may mean the table of tokens too', () => {
    const eight = { num_bits: 8, type: 'int', strategy: 'channel' };
    const both = quantised(compressed(eight, ['lm_head'], ['Embedding', 'Linear'])).types;
    expect(both).toMatchObject({ weights: 'int8', embedding: 'int8', parts: { head: 'bf16' } });
    const table = quantised(compressed(eight, ['lm_head'], ['re:.*embed_tokens'])).types;
    expect(table).toMatchObject({ weights: 'bf16', embedding: 'int8' });
  });

  test('expressions leave modules out', () => {
    const kept = [
      'lm_head',
      're:.*self_attn.*',
      're:.*shared_experts.*',
      're:.*mlp\\.(gate|up|gate_up|down)_proj.*',
      're:.*vision_tower.*',
    ];
    expect(quantised(compressed(INT4, kept), DEEPSEEK).types).toMatchObject({
      weights: 'bf16',
      experts: 'int4',
      attention: 'bf16',
    });
  });

  test('expressions with numbers mean their layers', () => {
    const kept = ['lm_head', 're:model\\.layers\\.(0|2)\\..*'];
    const model = quantised(compressed({ ...FLOAT8, strategy: 'tensor' }, kept));
    expect(model.layers.map((index) => (model.classes[index]?.types ?? model.types).weights)).toEqual([
      'bf16',
      'fp8',
      'bf16',
    ]);
    expect(weightBytes(model)).toBe(weightBytes(modelOf(LLAMA)) - (4 * 256 * 256 + 3 * 256 * 512));
  });

  test('groups that are not symmetric have zero points', () => {
    const [even, odd] = [true, false].map((symmetric) => quantised(compressed({ ...INT4, symmetric })));
    const matrices = 3 * (4 * 256 * 256 + 3 * 256 * 512);
    expect(weightBytes(odd ?? modelOf(LLAMA)) - weightBytes(even ?? modelOf(LLAMA))).toBe(matrices / 32 / 2);
  });

  test('the head is one of all linear modules unless it is ignored', () => {
    expect(quantised(compressed(INT4, [])).types.parts).toEqual({ head: 'int4' });
    expect(quantised(compressed(INT4)).types.parts).toBeUndefined();
  });

  test.each([
    [{ num_bits: 8, type: 'float', dynamic: false }, 'fp8'],
    [{ num_bits: 8, type: 'int' }, 'int8'],
    [{ num_bits: 4, type: 'float', group_size: 16 }, 'nvfp4'],
  ])('the cache %j is %s', (kv_cache_scheme, kv) => {
    expect(quantised({ ...compressed(INT4), kv_cache_scheme }).types).toMatchObject({ kv });
  });

  test.each([
    ['a group size', compressed({ ...INT4, group_size: 48 }), '48'],
    ['bits', compressed({ ...INT4, num_bits: 3 }), 'num_bits'],
    ['a field of a group', compressed({ ...INT4, sparsity: '2:4' }), 'config_groups.group_0.weights.sparsity'],
    ['sparsity', { ...compressed(INT4), sparsity_config: { format: 'sparse-24-bitmask' } }, 'sparsity_config'],
    ['no groups', { quant_method: 'compressed-tensors' }, 'config_groups'],
    ['groups of everything', compressed({ ...INT4, group_size: -1 }), '"group_size":-1'],
    ['a target that it has not', compressed(INT4, ['lm_head'], ['re:.*foo.*', 'Linear']), 're:.*foo.*'],
    ['look-ahead', compressed(INT4, ['re:^(?!.*experts).*$']), '(?!.*experts)'],
    ['a target', compressed(INT4, ['lm_head'], ['TwistedLinear']), 'TwistedLinear'],
  ])('%s is refused by name', (_, quantization, named) => expect(refused(quantization)).toContain(named));
});
