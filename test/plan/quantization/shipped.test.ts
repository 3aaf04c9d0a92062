import { describe, expect, test } from 'vitest';
import { notCounted, shippedOf } from '../../../server/src/plan/huggingFace/shipped.ts';
import { DEEPSEEK, ERNIE, HYBRID, LLAMA, modelOf, NEMOTRON } from './models.ts';

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

  test('by all names that they have', () => {
    const counted = (config: object, count: number, names: readonly string[]) =>
      modelOf(config, index([...ENDS, ...layers(count), ...names])).mtpModules;
    const at = (...stems: readonly string[]) => stems.map((stem) => `${stem}.self_attn.o_proj.weight`);
    expect(counted(DEEPSEEK, 3, at('model.mtp_layers.0', 'model.mtp_layers.1', 'model.mtp_layers.2'))).toBe(3);
    expect(counted(HYBRID, 4, at('language_model.mtp.layers.0'))).toBe(1);
    expect(counted(HYBRID, 4, at('model.language_model.mtp.layers.0'))).toBe(1);
    expect(counted(ERNIE, 3, at('model.mtp_block.0'))).toBe(1);
    expect(counted(DEEPSEEK, 3, at('mtp.0', 'mtp.1'))).toBe(2);
    // Attention and experts of one module are two layers.
    expect(counted(NEMOTRON, 3, ['mtp.layers.0.mixer.o_proj.weight', 'mtp.layers.1.mixer.gate.weight'])).toBe(1);
  });

  test('that a family ships modules which its config does not state, or not', () => {
    const next = { ...HYBRID, model_type: 'qwen3_next' };
    expect(modelOf(next).checkpoint?.unstatedModules).toBe(1);
    expect(modelOf(next, index([...ENDS, ...layers(4)])).checkpoint?.unstatedModules).toBe(0);
    const shipped = modelOf(next, index([...ENDS, ...layers(4), 'mtp.layers.0.mlp.gate.weight']));
    expect([shipped.mtpModules, shipped.checkpoint?.unstatedModules]).toEqual([1, 0]);
  });

  test('whether there is a head', () => {
    const tied = (names: readonly string[], config: object = LLAMA) => modelOf(config, index(names)).tied;
    expect(tied([...ENDS, ...layers(3)])).toBe(false);
    expect(tied([...ENDS.slice(0, 2), ...layers(3)])).toBe(true);
    // A tied model that stores its head again ties it all the same.
    expect(tied([...ENDS, ...layers(3)], { ...LLAMA, tie_word_embeddings: true })).toBe(true);
  });

  test('of which modules nothing is counted, and not of which a family may count more', () => {
    const names = ['attn.compressor.wkv', 'self_attn.f_a_proj', 'mlp.experts.3.w1', 'hc_attn_fn', 'engram.3.table'];
    const { index: shipped } = index(names.map((name) => `model.layers.0.${name}.weight`));
    const found = shippedOf(shipped);
    expect(found && notCounted(found)).toEqual(['engram.*.table']);
  });

  test('nothing where its names say nothing', () => {
    const names = ['transformer.encoder.layer.0.weight', 'transformer.wte.weight'];
    expect(modelOf(DEEPSEEK, index(names))).toEqual(modelOf(DEEPSEEK));
    expect(modelOf(DEEPSEEK, { index: { weight_map: [] } })).toEqual(modelOf(DEEPSEEK));
  });
});
