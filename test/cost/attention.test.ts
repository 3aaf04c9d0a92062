import { describe, expect, test } from 'vitest';
import { PROJECTION_KERNELS, profileOf } from '../../server/src/cost/attention/index.ts';
import { layerContext, stageSetting, type Work } from '../../server/src/cost/layers/context.ts';
import {
  type Attention,
  type GroupedQueryAttention,
  type LinearAttention,
  NO_ATTENTION,
  shapeOf,
} from '../../server/src/plan/attention.ts';
import { cluster, dense, gqa, layer, MLA, model, pool, range } from '../support/deployments.ts';

const COMMON = { name: 'attention', bias: false, outputBias: false, qkNorm: false, sinks: false, outputGate: false };

const GROUPED: GroupedQueryAttention = {
  ...COMMON,
  kind: 'gqa',
  heads: 32,
  kvHeads: 8,
  headSize: 128,
  valueHeadSize: 128,
};

const STATE: LinearAttention = {
  ...COMMON,
  kind: 'linear',
  heads: 32,
  headSize: 128,
  stateBytes: 4 * 32 * 128 * 128,
};

const PARALLEL = { kind: 'parallel', name: 'attention', attention: GROUPED, state: STATE } as const;

/** One of every kind: a kind that is forgotten here does not compile. */
const ATTENTION: { readonly [Kind in Attention['kind']]: Attention } = {
  gqa: gqa(32, 8, 128),
  mla: MLA,
  linear: STATE,
  parallel: PARALLEL,
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
        'state-gather',
        'state',
        'state-output',
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

test('a state-space part beside attention adds its parameters, cache and time, and one sum joins both', () => {
  const { attention, state } = PARALLEL;
  const [both, one, other] = [PARALLEL, attention, state].map(profileOf);
  const elements = (profile = both) =>
    profile?.tensors(4096).reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  expect(elements()).toBe((elements(one) ?? 0) + (elements(other) ?? 0));
  expect(both?.caches(2, 2)).toEqual([...(one?.caches(2, 2) ?? []), ...(other?.caches(2, 2) ?? [])]);
  for (const phase of ['prefill', 'decode', 'training'] as const) {
    const seconds = (of: Attention, keys: readonly string[]) =>
      operationsOf(of, phase)
        .filter(({ key }) => keys.includes(key))
        .reduce((sum, operation) => sum + operation.seconds, 0);
    const alone = ['qkv', 'context-gather', 'attention', 'output-projection'];
    const joint = [...alone, 'state-projection', 'state-gather', 'state', 'state-output'];
    expect(seconds(PARALLEL, joint)).toBeCloseTo(seconds(attention, alone) + seconds(state, alone), 12);
    const operations = operationsOf(PARALLEL, phase);
    const keys = operations.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(operations.filter(({ after }) => after.includes('state-output')).map(({ key }) => key)).toEqual([
      'attention-all-reduce',
    ]);
  }
});

test('a layer with the keys and values of an earlier one has none of its own, and reads as many', () => {
  const reusing = { ...GROUPED, qkNorm: true, reusesKv: true };
  const elements = (of: Attention) =>
    profileOf(of)
      .tensors(4096)
      .reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  expect(elements(reusing)).toBe(2 * 4096 * 32 * 128 + 128);
  expect(profileOf(reusing).caches(2, 1)).toEqual([]);
  for (const phase of ['prefill', 'decode'] as const) {
    const secondsOf = (of: Attention, key: string) =>
      operationsOf(of, phase).find((operation) => operation.key === key)?.seconds ?? Number.NaN;
    expect(secondsOf(reusing, 'attention')).toBe(secondsOf(GROUPED, 'attention'));
    expect(secondsOf(reusing, 'qkv')).toBeLessThan(secondsOf({ ...GROUPED, qkNorm: true }, 'qkv'));
  }
});

test('a gate of one number per head has a column for each in the projection', () => {
  const gated = { ...GROUPED, outputGate: true, gatePerHead: true };
  const added = profileOf(gated).tensors(4096).length - profileOf(GROUPED).tensors(4096).length;
  expect(added).toBe(1);
  expect(profileOf(gated).tensors(4096)).toContainEqual(
    expect.objectContaining({ rows: 4096, columns: 32, split: 'tp-columns' }),
  );
  const columns = (of: Attention) =>
    operationsOf(of, 'prefill')
      .find(({ key }) => key === 'qkv')
      ?.output.at(-1)?.size;
  // tp = 2 leaves 16 heads on a GPU.
  expect(columns(gated)).toBe((columns(GROUPED) ?? 0) + 16);
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
