import { describe, expect, test } from 'vitest';
import { cacheClasses, sequenceCacheBytes } from '../../server/src/cost/figures/cacheClasses.ts';
import { analyse } from '../../server/src/language/program.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { CATALOG, catalogSources } from '../catalog/catalog.ts';

const [anyFile = ''] = CATALOG.keys();
const program = analyse(anyFile, catalogSources());

function classesOf(name: string) {
  const entity = program.lookup('model', name);
  const model = entity && modelOf(entity);
  if (!model) throw new Error(`no model ${name}`);
  return cacheClasses(model);
}

describe('what a sequence keeps', () => {
  test('full attention: 128 KiB per token of Llama-3.1-8B in bf16', () => {
    expect(classesOf('Llama-3.1-8B')).toEqual([
      { kind: 'full', layers: 32, bytesPerToken: 32 * 2 * 8 * 128 * 2, bytesPerSequence: 0 },
    ]);
  });

  test('latent attention: 576 elements per token and layer of DeepSeek-V3, whatever its heads', () => {
    expect(classesOf('DeepSeek-V3')).toMatchObject([{ kind: 'latent', layers: 61, bytesPerToken: 61 * 576 * 2 }]);
  });

  test('an indexer keeps 132 bytes per token and layer beside the latent cache', () => {
    expect(classesOf('DeepSeek-V3.2')).toMatchObject([
      { kind: 'latent', layers: 61 },
      { kind: 'indexer', layers: 61, bytesPerToken: 61 * 132 },
    ]);
  });

  test('a layer that takes the keys of another keeps nothing for its indexer', () => {
    expect(classesOf('GLM-5.3')).toMatchObject([
      { kind: 'latent', layers: 78 },
      { kind: 'indexer', layers: 21, bytesPerToken: 21 * 132 },
    ]);
  });

  test('keys that serve as values are kept as both', () => {
    expect(classesOf('gemma-4-31B')).toMatchObject([
      { kind: 'window', layers: 50, bytesPerToken: 50 * 2 * 16 * 256 * 2 },
      { kind: 'full', layers: 10, bytesPerToken: 10 * 2 * 4 * 512 * 2 },
    ]);
  });

  test('windows and chunks stop growing, states never grow', () => {
    const windows = classesOf('gpt-oss-120b');
    expect(windows).toMatchObject([
      { kind: 'window', layers: 18, keptTokens: 128 },
      { kind: 'full', layers: 18 },
    ]);
    const perLayer = 2 * 8 * 64 * 2;
    expect(sequenceCacheBytes(windows, 100)).toBe(36 * perLayer * 100);
    expect(sequenceCacheBytes(windows, 10_000)).toBe(18 * perLayer * (128 + 10_000));
    expect(classesOf('Llama-4-Scout').map(({ kind, layers }) => [kind, layers])).toEqual([
      ['chunked', 36],
      ['full', 12],
    ]);
    const hybrid = classesOf('Qwen3-Next-80B-A3B');
    const state = hybrid.find(({ kind }) => kind === 'linear state');
    expect(state).toMatchObject({ layers: 36, bytesPerToken: 0 });
    const [fewer, more] = [1_000, 2_000].map((tokens) => sequenceCacheBytes(hybrid, tokens));
    expect((more ?? 0) - (fewer ?? 0)).toBe(1_000 * 12 * 2 * 2 * 256 * 2);
  });

  test('layers without attention keep nothing', () => {
    expect(classesOf('Nemotron-3-Nano-30B-A3B').map(({ kind, layers }) => [kind, layers])).toEqual([
      ['linear state', 23],
      ['full', 6],
    ]);
  });
});
