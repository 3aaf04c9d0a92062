import { describe, expect, test } from 'vitest';
import { PROJECTION_KERNELS, profileOf } from '../../server/src/cost/attention/index.ts';
import { layerContext, stageSetting, type Work } from '../../server/src/cost/layers/context.ts';
import { type Attention, NO_ATTENTION, shapeOf } from '../../server/src/plan/attention.ts';
import { cluster, dense, gqa, layer, MLA, model, pool, range } from '../support/deployments.ts';

const COMMON = { name: 'attention', bias: false, outputBias: false, qkNorm: false, sinks: false, outputGate: false };

/** One of every kind: a kind that is forgotten here does not compile. */
const ATTENTION: { readonly [Kind in Attention['kind']]: Attention } = {
  gqa: gqa(32, 8, 128),
  mla: MLA,
  linear: { ...COMMON, kind: 'linear', heads: 32, headSize: 128, stateBytes: 4 * 32 * 128 * 128 },
  compressed: {
    ...COMMON,
    kind: 'compressed',
    heads: 64,
    headSize: 512,
    ropeSize: 64,
    queryRank: 1024,
    outputGroups: 8,
    outputRank: 1024,
    window: 128,
    compress: 4,
    indexer: { heads: 64, headSize: 128, topK: 512 },
  },
  none: NO_ATTENTION,
};

function operationsOf(attention: Attention, phase: Work['phase']) {
  const of = model(4096, [layer('dense', attention, dense(8192))], [0], { vocabulary: 32_000 });
  const on = pool(of, range(0, 4), { parallel: { tp: 2, cp: 2 } });
  const [stage] = on.stages;
  if (!stage) throw new Error('a pool without a stage');
  const work: Work = {
    phase,
    sequences: 2,
    length: phase === 'decode' ? 1 : 1000,
    prefix: phase === 'decode' ? 1000 : 0,
  };
  return profileOf(attention).operations(layerContext(stageSetting(cluster(1), on, stage), work));
}

describe.each(Object.entries(ATTENTION))('attention of kind %s', (kind, attention) => {
  const profile = profileOf(attention);

  test.each(['prefill', 'decode', 'training'] as const)(
    'in %s projects with operations that are known as such',
    (phase) => {
      const frame = [
        'input-norm',
        'context-gather',
        'attention',
        'output-projection',
        'attention-all-reduce',
        'attention-add',
      ];
      const keys = operationsOf(attention, phase).map(({ key }) => key);
      const projections = keys.filter((key) => !frame.includes(key));
      expect(projections.filter((key) => !PROJECTION_KERNELS.has(key))).toEqual([]);
      expect(projections.length > 0).toBe(kind !== 'none');
      expect(keys.at(-1)).toBe(kind === 'none' ? undefined : 'attention-add');
    },
  );

  test('a layer keeps something of its tokens where it has a shape', () => {
    const kept = profile.caches(2, 1).reduce((sum, cache) => sum + cache.bytesPerToken + cache.bytesPerSequence, 0);
    expect(kept > 0).toBe(shapeOf(attention) !== undefined);
  });

  test('the matrices have the columns of its query heads', () => {
    const { heads = 0, queryWidth = 0 } = shapeOf(attention) ?? {};
    const widths = profile.tensors(4096).map(({ columns }) => columns);
    expect(widths.includes(heads * queryWidth)).toBe(heads > 0);
  });
});

test('a linear layer of stated parameters has these in no matrix, and no head to split where it says none', () => {
  const stated: Attention = {
    ...COMMON,
    kind: 'linear',
    heads: 1,
    headSize: 4096,
    stateBytes: 2 ** 20,
    parameters: 5_000,
  };
  expect(profileOf(stated).unshapedParameters).toBe(5_000);
  expect(profileOf(stated).tensors(4096)).toMatchObject([{ rows: 1, columns: 5_000 }]);
  expect(shapeOf(stated)?.isSplitByHeads).toBe(false);
});
