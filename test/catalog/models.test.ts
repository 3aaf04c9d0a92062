import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesByType } from '../../server/src/cost/parameters/checkpoint.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { MODEL_ENTITIES as entities, catalogModel as model } from './catalogModels.ts';

/** One row of published-totals.json. */
interface Published {
  readonly model: string;
  readonly published: number;
  readonly blockScales?: boolean;
  readonly embeddingCopies?: number;
  readonly other?: number;
  readonly otherReason?: string;
}

const { models: rows }: { readonly models: readonly Published[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'published-totals.json'), 'utf8'),
);

/** Numbers stored beside the weights: one fp32 scale of 4 bytes for each block. */
function blockScales(blocked: Model): number {
  const { types } = blocked;
  const perTensor: Model = { ...blocked, types: { ...types, weights: 'fp8', experts: 'fp8', attention: 'fp8' } };
  return (parametersOf(blocked).weightBytes - parametersOf(perTensor).weightBytes) / 4;
}

describe('models of the catalogue', () => {
  test('all resolve without a problem', () => {
    for (const entity of entities) expect(modelOf(entity), entity.name).toBeDefined();
  });

  test.each(rows)('$model has the published number of parameters', (row) => {
    const found = model(row.model);
    const copies = (row.embeddingCopies ?? 0) * found.vocabulary * found.hidden;
    const scales = row.blockScales ? blockScales(found) : 0;
    expect(parametersOf(found).total + scales + copies + (row.other ?? 0)).toBe(row.published);
  });

  test('every model says the longest sequence that it is made for', () => {
    for (const entity of entities) {
      const context = model(entity.name ?? '').context ?? 0;
      expect(context, entity.name).toBeGreaterThanOrEqual(2048);
      expect(context, entity.name).toBeLessThanOrEqual(10_485_760);
    }
    expect(model('DeepSeek-R1').context).toBe(163_840);
    expect(model('Llama-3-8B').context).toBe(8192);
    expect(model('Qwen3-30B-A3B-2507').context).toBe(262_144);
  });

  test('what a total counts beside parameters has a reason', () => {
    for (const { model: name, other, otherReason } of rows) {
      expect(other === undefined, name).toBe(otherReason === undefined);
    }
  });

  test('every model that is not just another name has a published total', () => {
    const checked = new Set(rows.map((row) => row.model));
    const unchecked = entities.filter((entity) => !checked.has(entity.name ?? '')).map((entity) => entity.name);
    const sameAs: Readonly<Record<string, string>> = {
      'DeepSeek-R1': 'DeepSeek-V3',
      'DeepSeek-R1-Distill-Qwen-14B': 'Qwen2.5-14B',
      'DeepSeek-R1-Distill-Qwen-7B': 'Qwen2.5-7B',
      'DeepSeek-V3.1': 'DeepSeek-V3',
      'GLM-4.6': 'GLM-4.5',
      'GLM-4.6V': 'GLM-4.5V',
      'GLM-5.1': 'GLM-5',
      'GLM-5.2': 'GLM-5.3',
      'Kimi-Dev-72B': 'Qwen2.5-72B',
      'Kimi-K2-0905': 'Kimi-K2',
      'Kimi-K2-Thinking': 'Kimi-K2',
      'Kimi-K2.6': 'Kimi-K2.5',
      'LFM2.5-1.2B': 'LFM2-1.2B',
      'Llama-3-70B': 'Llama-3.1-70B',
      'Llama-3-8B': 'Llama-3.1-8B',
      'Llama-3.3-70B': 'Llama-3.1-70B',
      'MiniMax-M1': 'MiniMax-Text-01',
      'MiniMax-M2.7': 'MiniMax-M2',
      'Mistral-Small-3.2-24B': 'Mistral-Small-3.1-24B',
      'Qwen3-235B-A22B-2507': 'Qwen3-235B-A22B',
      'Qwen3-30B-A3B-2507': 'Qwen3-30B-A3B',
      'Qwen3-Coder-30B-A3B': 'Qwen3-30B-A3B',
      'Qwen3.6-27B': 'Qwen3.5-27B',
      'Qwen3.6-35B-A3B': 'Qwen3.5-35B-A3B',
      'Qwen3.8-27B': 'Qwen3.5-27B',
      'granite-3.1-8b': 'granite-3.0-8b',
    };
    for (const [name, other] of Object.entries(sameAs)) {
      expect(parametersOf(model(name)).total, name).toBe(parametersOf(model(other)).total);
    }
    // Billions, of which nothing more exact is published.
    const rounded: Readonly<Record<string, number>> = {
      Arctic: 480,
      'GPT-3-175B': 174.6,
      'Grok-1': 314,
      'MiMo-V2-Flash': 309,
      'Nemotron-3-Super-120B-A12B': 120.6,
    };
    for (const [name, billions] of Object.entries(rounded)) {
      expect(Math.abs(parametersOf(model(name)).total / (billions * 1e9) - 1), name).toBeLessThan(0.006);
    }
    expect(unchecked.sort()).toEqual([...Object.keys(sameAs), ...Object.keys(rounded)].sort());
  });

  test('weights by stored type sum to the weights of the model', () => {
    for (const entity of entities) {
      const found = model(entity.name ?? '');
      const sum = [...bytesByType(found).values()].reduce((total, bytes) => total + bytes, 0);
      expect(sum, entity.name).toBe(parametersOf(found).weightBytes);
    }
    const experts = bytesByType(model('gpt-oss-120b')).get('mxfp4');
    expect(experts).toBe(36 * 128 * 3 * 2880 * 2880 * (0.5 + 1 / 32));
  });

  test('parameters that a token meets are what the makers say', () => {
    // Billions, as published by the makers; with or without the head they differ by what the rounding hides.
    const active: readonly (readonly [string, number, number])[] = [
      ['Mixtral-8x7B', 12.9, 0.3],
      ['Mixtral-8x22B', 39, 0.6],
      ['DeepSeek-V3', 37, 1],
      ['DeepSeek-V2', 21, 1],
      ['Qwen3-235B-A22B', 22, 1],
      ['Qwen3-30B-A3B', 3.3, 0.4],
      ['gpt-oss-120b', 5.1, 0.6],
      ['gpt-oss-20b', 3.6, 0.6],
      ['GLM-4.5', 32, 1.5],
      ['Llama-4-Maverick', 17, 1.5],
      ['Llama-4-Scout', 17, 1.5],
      ['MiniMax-M2', 10, 1],
      ['Qwen3-Next-80B-A3B', 3, 0.9],
      ['Qwen3.5-397B-A17B', 17, 1],
      ['LongCat-Flash', 27, 1],
      ['Kimi-K2', 32, 1],
      ['MiniMax-Text-01', 45.9, 1.3],
      ['Nemotron-3-Nano-30B-A3B', 3.5, 0.4],
      ['Nemotron-3-Super-120B-A12B', 12.7, 0.6],
      ['Jamba-v0.1', 12, 0.5],
      ['Hunyuan-A13B', 13, 0.5],
      ['dots.llm1', 14, 0.7],
      ['DBRX', 36, 0.5],
      ['Hy3', 21, 0.9],
      ['Step-3.5-Flash', 11, 0.5],
      ['MiMo-V2-Flash', 15, 0.3],
      ['LFM2-8B-A1B', 1.5, 0.1],
      // With the embedding's two billion.
      ['Qwen3.8-2.4T-A95B', 95, 2],
    ];
    for (const [name, billions, tolerance] of active) {
      const found = parametersOf(model(name)).active / 1e9;
      expect(Math.abs(found - billions), `${name}: ${found.toFixed(2)} billion`).toBeLessThan(tolerance);
    }
  });

  test('makers that count the embedding among active parameters are met to their last digit', () => {
    // DeepSeek-V3: README_WEIGHTS says 36.7 with the embedding's 0.9 counted; the others: model cards.
    const { activeWithEmbedding, activeInLayers, counts } = parametersOf(model('dots.llm1'));
    expect(activeWithEmbedding / 1e9).toBeCloseTo(14, 1);
    expect(activeWithEmbedding - activeInLayers).toBe(counts.embedding + counts.head);
    const tied = parametersOf(model('Hunyuan-A13B'));
    expect(tied.activeWithEmbedding).toBe(tied.active);
    expect(parametersOf(model('Mixtral-8x7B')).activeWithEmbedding / 1e9).toBeCloseTo(12.9, 1);
  });

  test('layers are of the class that the config says', () => {
    const moeLayers = (name: string) => {
      const { layers, classes } = model(name);
      return layers.flatMap((index, layer) => (classes[index]?.feedForward.kind === 'moe' ? [layer] : []));
    };
    expect(moeLayers('DeepSeek-V3')).toEqual(Array.from({ length: 58 }, (_, index) => index + 3));
    expect(moeLayers('Llama-4-Maverick')).toEqual(Array.from({ length: 24 }, (_, index) => 2 * index + 1));
    const { layers, classes } = model('gpt-oss-120b');
    const windows = layers.map((index) => {
      const attention = classes[index]?.attention;
      return attention?.kind === 'gqa' ? attention.window : undefined;
    });
    expect(windows.slice(0, 4)).toEqual([128, undefined, 128, undefined]);
    const chunked = model('Llama-4-Scout');
    const full = chunked.layers.flatMap((index, layer) => {
      const attention = chunked.classes[index]?.attention;
      return attention?.kind === 'gqa' && attention.chunk === undefined ? [layer] : [];
    });
    expect(full.slice(0, 3)).toEqual([3, 7, 11]);
  });
});
