import { describe, expect, test } from 'vitest';
import { profileOf } from '../../server/src/cost/attention/index.ts';
import { cacheClasses } from '../../server/src/cost/figures/cacheClasses.ts';
import { layerContext, stageSetting, type Work } from '../../server/src/cost/layers/context.ts';
import { cacheSize } from '../../server/src/cost/memory/kvCache.ts';
import { elements, layerTensors, parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import type { Attention } from '../../server/src/plan/attention.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { catalogModel as model } from '../catalog/catalogModels.ts';
import { cluster, pool, range } from '../support/deployments.ts';

/** DeepSeek-V4, Kimi-K3 and MiniMax-M3 by hand: shapes of the published checkpoints, sums token by token. */

function attention(of: Model, layer: number): Attention {
  const found = of.classes[of.layers[layer] ?? -1]?.attention;
  if (!found) throw new Error(`no layer ${layer}`);
  return found;
}

const PRO = model('DeepSeek-V4-Pro');
const FLASH = model('DeepSeek-V4-Flash');
const K3 = model('Kimi-K3');
const M3 = model('MiniMax-M3');

function contextOf(of: Model, phase: Work['phase'], length: number, prefix: number, tp = 1) {
  const on = pool(of, range(0, 8), { parallel: { tp } });
  const [stage] = on.stages;
  if (!stage) throw new Error('a pool without a stage');
  return layerContext(stageSetting(cluster(1), on, stage), { phase, sequences: 1, length, prefix });
}

function attentionOf(of: Model, layer: number, phase: Work['phase'], length: number, prefix: number, tp = 1) {
  const operations = profileOf(attention(of, layer)).operations(contextOf(of, phase, length, prefix, tp));
  const found = operations.find(({ key }) => key === 'attention');
  if (!found) throw new Error('no attention');
  return found;
}

describe('tensors of DeepSeek-V4-Pro', () => {
  const window = 7168 * 1536 + 1536 + 1536 * 65_536 + 7168 * 512 + 512 + 16_384 * 4096 + 7168 * 16_384 + 128;
  const heavy = window + 2 * 512 * 7168 + 128 * 512 + 512;
  const sparse = window + 2 * 1024 * 7168 + 4 * 1024 + 512 + 8192 * 1536 + 64 * 7168 + 2 * 256 * 7168 + 4 * 256 + 128;

  test('are those of its checkpoint, by class of layer', () => {
    expect(elements(profileOf(attention(PRO, 0)).tensors(7168))).toBe(heavy);
    expect(elements(profileOf(attention(PRO, 2)).tensors(7168))).toBe(sparse);
    expect(elements(profileOf(PRO.mtpLayer?.attention ?? attention(PRO, 0)).tensors(7168))).toBe(window);
  });

  test('have hyper-connections in every layer, and no correction bias where a table chooses experts', () => {
    const [first, fourth] = [0, 3].map((layer) => PRO.classes[PRO.layers[layer] ?? -1]);
    if (!first || !fourth) throw new Error('no layers');
    const router = 384 * 7168;
    const beside = router + 3 * 7168 * 3072 + 2 * 7168 + 2 * (24 * 28_672 + 24 + 3);
    expect(elements(layerTensors(first, PRO))).toBe(heavy + beside);
    expect(elements(layerTensors(fourth, PRO))).toBe(heavy + beside + 384);
  });

  test('are active as the maker says', () => {
    expect(parametersOf(PRO).active / 1e9).toBeCloseTo(48.9, 1);
    expect(parametersOf(FLASH).active / 1e9).toBeCloseTo(13.3, 1);
    expect(parametersOf(K3).active / 1e9).toBeCloseTo(104.2, 1);
  });
});

describe('what DeepSeek-V4 keeps', () => {
  test('is a vector of 584 bytes per token of the window and per entry', () => {
    const classes = cacheClasses(PRO).map(({ kind, layers, bytesPerToken, bytesPerSequence }) => [
      kind,
      layers,
      bytesPerToken,
      bytesPerSequence,
    ]);
    expect(classes).toEqual([
      ['window', 61, 61 * 584, 0],
      ['compressed', 61, (30 * 584) / 4 + (31 * 584) / 128, 0],
      ['compressor state', 91, 0, 31 * 128 * 4096 + 30 * 8 * (8192 + 2048)],
      ['indexer', 30, (30 * 132) / 4, 0],
    ]);
    const wide = { ...PRO, types: { ...PRO.types, kv: 'bf16' as const } };
    expect(cacheClasses(wide)[0]?.bytesPerToken).toBe(61 * 1024);
  });

  test('has a cap for its window alone, and counts the prediction module that drafts', () => {
    const on = pool(FLASH, range(0, 8));
    const [stage] = on.stages;
    if (!stage) throw new Error('a pool without a stage');
    const plain = cacheSize(on, stage);
    expect(plain.capped).toEqual([
      { cap: 128, bytesPerToken: 2 * 584 },
      { cap: 128, bytesPerToken: 21 * 584 },
      { cap: 128, bytesPerToken: 20 * 584 },
    ]);
    expect(cacheSize(on, stage, 1).bytesPerToken).toBe(plain.bytesPerToken + 584);
  });
});

describe('pairs of a query and what it sees', () => {
  /** Query by query, as the report has it: a window, and entries that are closed. */
  function counted(length: number, prefix: number, compress: number, topK: number): number {
    let pairs = 0;
    for (let seen = prefix + 1; seen <= prefix + length; seen++)
      pairs += Math.min(seen, 128) + Math.min(Math.floor(seen / compress), topK);
    return pairs;
  }

  test.each([
    [1, 0],
    [4096, 0],
    [513, 100],
    [2000, 9999],
    [7, 131_071],
  ])('%i tokens behind %i', (length, prefix) => {
    const perPair = 4 * 128 * 512;
    expect(profileOf(attention(PRO, 2)).pairFlop(length, prefix)).toBe(perPair * counted(length, prefix, 4, 1024));
    const all = Number.POSITIVE_INFINITY;
    expect(profileOf(attention(PRO, 0)).pairFlop(length, prefix)).toBe(perPair * counted(length, prefix, 128, all));
  });
});

describe('time of attention', () => {
  test('grows with the context no further than what is chosen, but for the indexer', () => {
    const short = attentionOf(PRO, 2, 'decode', 1, 8192);
    const long = attentionOf(PRO, 2, 'decode', 1, 131_072);
    const scores = (2 * 64 * 128 * (131_072 - 8192)) / 4;
    expect(long.flop - short.flop).toBe(scores);
    expect(long.bytes - short.bytes).toBe(((131_072 - 8192) / 4) * 132);
    expect(short.flop).toBe(4 * 128 * 512 * (128 + 1024) + (2 * 64 * 128 * 8192) / 4);
  });

  test('of entries that stand for many tokens grows with all of them', () => {
    const { flop, bytes } = attentionOf(PRO, 0, 'decode', 1, 131_072);
    expect(flop).toBe(4 * 128 * 512 * (128 + 1024));
    expect(bytes).toBe((128 + 1024) * 584);
  });

  test('has the band of a guess where no kernel was measured', () => {
    for (const [of, layer] of [
      [PRO, 0],
      [PRO, 2],
      [M3, 3],
    ] as const)
      for (const phase of ['prefill', 'decode'] as const) {
        const { constants } = attentionOf(
          of,
          layer,
          phase,
          phase === 'decode' ? 1 : 4096,
          phase === 'decode' ? 4096 : 0,
        );
        expect(Math.min(...constants.map(({ residual }) => residual))).toBeGreaterThanOrEqual(0.3);
        expect(constants.some(({ row }) => row?.isOwn)).toBe(false);
      }
  });
});

describe('MiniMax-M3', () => {
  test('has an indexer for each key/value head and keeps its keys in 16 bits', () => {
    const full = 6144 * 64 * 128 * 2 + 2 * 6144 * 4 * 128 + 2 * 128;
    expect(elements(profileOf(attention(M3, 0)).tensors(6144))).toBe(full);
    expect(elements(profileOf(attention(M3, 3)).tensors(6144))).toBe(full + 6144 * 5 * 128 + 2 * 128);
    const kept = cacheClasses(M3).map(({ kind, layers, bytesPerToken }) => [kind, layers, bytesPerToken]);
    expect(kept).toEqual([
      ['full', 60, 60 * 2 * 4 * 128 * 2],
      ['indexer', 57, 57 * 128 * 2],
    ]);
  });

  test('splits the heads of its indexer with the key/value heads', () => {
    const alone = attentionOf(M3, 3, 'decode', 1, 65_536);
    const split = attentionOf(M3, 3, 'decode', 1, 65_536, 4);
    expect(alone.flop).toBe(2 * 64 * 256 * 2048 + 2 * 4 * 128 * 65_536);
    expect(split.flop).toBe(alone.flop / 4);
  });
});

describe('Kimi-K3', () => {
  test('has an output gate as wide as its values', () => {
    const mla = 7168 * 1536 + 1536 + 1536 * 96 * 192 + 7168 * 576 + 512 + 512 * 96 * 256 + 2 * 7168 * 96 * 128;
    expect(elements(profileOf(attention(K3, 3)).tensors(7168))).toBe(mla);
  });

  test('weighs blocks of layers in every half, and has a norm behind its latent experts', () => {
    const last = K3.classes[K3.layers[92] ?? -1];
    if (!last) throw new Error('no layer');
    const moe = 896 * 7168 + 896 + 2 * 7168 * 3584 + 3584 + 3 * 7168 * 6144;
    const own = elements(profileOf(last.attention).tensors(7168));
    expect(elements(layerTensors(last, K3))).toBe(own + moe + 2 * 7168 + 4 * 7168);
  });

  test('keeps the state of Kimi delta attention: 96 heads of 128 x 128 in fp32, and three tokens of three convolutions', () => {
    const [state] = cacheClasses(K3);
    expect(state).toMatchObject({ kind: 'linear state', layers: 69 });
    expect(state?.bytesPerSequence).toBe(69 * (96 * 128 * 128 * 4 + 3 * 3 * 12_288 * 2));
  });
});

test('more streams and blocks cost more', () => {
  const streams = (residual: Model['residual']) => {
    const of: Model = { ...PRO, ...(residual && { residual }) };
    const { residual: _, ...plain } = PRO;
    const operations = profileOf(attention(PRO, 0)).operations(contextOf(residual ? of : plain, 'prefill', 4096, 0));
    return operations.reduce((sum, { seconds }) => sum + seconds, 0);
  };
  const [plain, two, four] = [undefined, 2, 4].map((count) =>
    streams(count === undefined ? undefined : { kind: 'streams', streams: count }),
  );
  expect(two).toBeGreaterThan(plain ?? 0);
  expect(four).toBeGreaterThan(two ?? 0);
  expect(streams({ kind: 'blocks', layers: 6 })).toBeGreaterThan(streams({ kind: 'blocks', layers: 12 }));
});
