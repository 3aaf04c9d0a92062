import { describe, expect, test } from 'vitest';
import { DEEPSEEK, HYBRID, LLAMA, modelOf } from './models.ts';

/** An index with these tensors, whatever their size. */
function index(names: readonly string[]): { readonly index: Readonly<Record<string, unknown>> } {
  return {
    index: {
      metadata: { total_size: 1 },
      weight_map: Object.fromEntries(names.map((name) => [name, 'model-1.safetensors'])),
    },
  };
}

function layers(count: number, prefix = 'model.'): readonly string[] {
  return Array.from({ length: count }, (_, layer) => `${prefix}layers.${layer}.self_attn.o_proj.weight`);
}

const ENDS = ['model.embed_tokens.weight', 'model.norm.weight', 'lm_head.weight'];

describe('where the index of a checkpoint lies beside its config, it decides', () => {
  test('how many prediction modules there are', () => {
    const modules = (names: readonly string[], config: object = DEEPSEEK) => modelOf(config, index(names)).mtpModules;
    expect(modules([...ENDS, ...layers(3)])).toBe(0);
    expect(modules([...ENDS, ...layers(4)])).toBe(1);
    expect(modules([...ENDS, ...layers(5)])).toBe(2);
    expect(modules([...ENDS, ...layers(4, 'model.language_model.')], HYBRID)).toBe(0);
    expect(modules([...ENDS, ...layers(4), 'mtp.fc.weight', 'mtp.layers.0.self_attn.o_proj.weight'], HYBRID)).toBe(1);
  });

  test('whether there is a head', () => {
    const tied = (names: readonly string[], config: object = LLAMA) => modelOf(config, index(names)).tied;
    expect(tied([...ENDS, ...layers(3)])).toBe(false);
    expect(tied([...ENDS.slice(0, 2), ...layers(3)])).toBe(true);
    // A tied model that stores its head again ties it all the same.
    expect(tied([...ENDS, ...layers(3)], { ...LLAMA, tie_word_embeddings: true })).toBe(true);
  });

  test('nothing where its names say nothing', () => {
    const names = ['transformer.encoder.layer.0.weight', 'transformer.wte.weight'];
    expect(modelOf(DEEPSEEK, index(names))).toEqual(modelOf(DEEPSEEK));
    expect(modelOf(DEEPSEEK, { index: { weight_map: [] } })).toEqual(modelOf(DEEPSEEK));
  });
});
