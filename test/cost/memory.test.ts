import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import { dispatchBufferBytes, lowLatencyBufferBytes } from '../../server/src/engines/deepep/kernels.ts';
import type { Deployment, Engine, Workload } from '../../server/src/plan/deployment.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import {
  ANALYSIS_MODEL,
  analysis,
  cluster,
  DEEPSEEK_V3,
  dense,
  deployment,
  experts,
  FP8_TYPES,
  gqa,
  H200,
  layer,
  model,
  node,
  pool,
  range,
  times,
} from '../support/deployments.ts';
import { classesOf, weightsOf } from '../support/memory.ts';

describe('the analysis on 16 H100', () => {
  test('EP = 16: 4 experts and 2 GiB of expert weights per GPU', () => {
    const classes = classesOf(analysis({ ep: 16 }));
    expect(classes).toHaveLength(1);
    expect(classes[0]?.gpuClass.gpus).toEqual(range(0, 16));
    expect(classes[0]?.gpuClass.experts).toBe(4);
    expect(classes[0]?.expertBytes).toBe(2_147_483_648);
  });

  for (const reading of [{ ep: 8 }, { etp: 8 }]) {
    test(`TP = 8, PP = 2, ${JSON.stringify(reading)}: 2 GiB of expert weights per GPU`, () => {
      for (const one of classesOf(analysis({ tp: 8, pp: 2, ...reading }))) expect(one.expertBytes).toBe(2_147_483_648);
    });
  }

  test('whole experts are 4 per GPU, split ones 32 parts', () => {
    expect(classesOf(analysis({ tp: 8, pp: 2, ep: 8 }))[0]?.gpuClass.experts).toBe(4);
    expect(classesOf(analysis({ tp: 8, pp: 2, etp: 8 }))[0]?.gpuClass.experts).toBe(32);
  });

  test('a batch forward keeps no KV cache', () => {
    const { requestsThatFit } = evaluate(analysis({ ep: 16 })).memory[0] ?? {};
    expect(requestsThatFit).toBe(Number.POSITIVE_INFINITY);
  });
});

const CHAT: Workload = { kind: 'serving', name: 'chat', input: 1000, output: 500, concurrency: 64, prefixShare: 0 };

function served(parallel: Partial<Parallel>, of = ANALYSIS_MODEL, workload = CHAT): Deployment {
  return deployment(of, cluster(2), workload, [pool(of, range(0, 16), { parallel })]);
}

describe('KV cache', () => {
  const grouped = model(4096, [layer('moe', gqa(32, 4, 128), experts(16, 2, 4096))], times(4));

  test('grouped-query: 2 x heads x size x bytes per layer, heads replicated where tp exceeds them', () => {
    const perToken = (tp: number) => evaluate(served({ tp, ep: 16 }, grouped)).memory[0]?.kvBytesPerToken;
    expect(perToken(1)).toBe(4 * 2 * 4 * 128 * 2);
    expect(perToken(4)).toBe(4 * 2 * 1 * 128 * 2);
    expect(perToken(8)).toBe(4 * 2 * 1 * 128 * 2);
  });

  test('latent attention: 70,272 bytes per token of DeepSeek-V3 on every tp rank', () => {
    const of = { ...DEEPSEEK_V3, types: FP8_TYPES };
    for (const tp of [1, 8]) {
      const on = deployment(of, cluster(4, node(H200)), CHAT, [pool(of, range(0, 32), { parallel: { tp, ep: 32 } })]);
      expect(evaluate(on).memory[0]?.kvBytesPerToken).toBe(61 * 576 * 2);
    }
  });

  test.each([
    ['vllm', FP8_TYPES, 2],
    ['sglang', FP8_TYPES, 1],
    ['vllm', DEEPSEEK_V3.types, 0],
    ['sglang', DEEPSEEK_V3.types, 2],
  ] as const)("%s keeps latent attention's up-projection again, beside narrow weights", (name, types, width) => {
    const of = { ...DEEPSEEK_V3, types };
    const other = (engine: Partial<Engine>) => {
      const on = [pool(of, range(0, 32), { parallel: { tp: 8, ep: 32 }, engine })];
      return classesOf(deployment(of, cluster(4, node(H200)), CHAT, on))[0]?.otherWeightBytes ?? 0;
    };
    // 61 layers of 16 heads on a GPU, 128 + 128 wide from rank 512.
    expect(other({ name }) - other({})).toBe(61 * 16 * 256 * 512 * width);
  });

  test('is held in whole pages', () => {
    const [one] = classesOf(served({ ep: 16 }, grouped));
    // 4 requests per rank of 1,500 tokens in pages of 64.
    expect(one?.kvCacheBytes).toBe(4 * 4 * 2 * 4 * 128 * 2 * Math.ceil(1500 / 64) * 64);
  });

  test('a window caps what is kept', () => {
    const local = model(4096, [layer('local', gqa(32, 4, 128, { window: 128 }), experts(16, 2, 4096))], times(4));
    const [one] = classesOf(served({ ep: 16 }, local));
    expect(one?.kvCacheBytes).toBe(4 * 4 * 2 * 4 * 128 * 2 * 128);
  });

  test('requests that fit, each of full length', () => {
    const { requestsThatFit = 0, classes = [] } = evaluate(served({ ep: 16 }, grouped)).memory[0] ?? {};
    const [one] = classes;
    if (!one) throw new Error('no class');
    const perRequest = one.kvCacheBytes / 4;
    const room = one.capacityBytes - (one.totalBytes - one.kvCacheBytes);
    expect(requestsThatFit).toBe(16 * Math.floor(room / perRequest));
  });
});

test("DeepEP's low-latency buffer is 1.91 GB for DeepSeek-V3 at 128 tokens", () => {
  expect(lowLatencyBufferBytes(256, 128, 7168) / 1e9).toBeCloseTo(1.91, 2);
});

test("DeepEP's low-latency buffer has room for redundant experts too", () => {
  const model384 = model(5120, [layer('moe', gqa(32, 4, 128), experts(384, 8, 2048))], times(4));
  const engine: Partial<Engine> = { allToAll: 'deepep-low-latency', dispatchTokens: 2048 };
  const [plain] = served({ dp: 16, ep: 16 }, model384).pools;
  const [stage] = plain?.stages ?? [];
  if (!plain || !stage) throw new Error('no pool');
  const gib = (copies: number) => {
    const held = range(0, (384 + copies) / 16);
    const map = { ranks: range(0, 16).map(() => held) };
    const placed = { ...stage, experts: new Map(stage.layers.map((of) => [of, map])) };
    return dispatchBufferBytes({ ...plain, engine: { ...plain.engine, ...engine }, stages: [placed] }) / 2 ** 30;
  };
  expect(gib(0)).toBeCloseTo(30.47, 2);
  expect(gib(64)).toBeCloseTo(35.55, 2);
});

describe('training', () => {
  const workload: Workload = {
    kind: 'training',
    name: 'train',
    length: 4096,
    globalBatch: 64,
    microBatch: 1,
    optimizer: 'adam',
  };

  test('Adam with bf16 weights: 18 bytes per parameter, 6 + 12 / dp with a sharded optimizer', () => {
    const state = (zero: 0 | 1) => {
      const [one] = classesOf(served({ ep: 16, zero, microBatches: 4 }, ANALYSIS_MODEL, workload));
      if (!one) throw new Error('no class');
      const experts = 4 * 268_435_456;
      const parameters = experts + (weightsOf(one) - one.expertBytes) / 2;
      return { ...one, parameters, experts };
    };
    const plain = state(0);
    expect(plain.gradientBytes + plain.optimizerBytes + weightsOf(plain)).toBe(18 * plain.parameters);
    const sharded = state(1);
    // Experts have one copy (edp = 1): only the other parameters are shared by 16.
    const dense = sharded.parameters - sharded.experts;
    expect(sharded.optimizerBytes).toBe(Math.ceil(12 * (dense / 16 + sharded.experts)));
  });

  test('DualPipe holds the parameters of both directions', () => {
    const weights = (schedule: Parallel['schedule']) =>
      classesOf(served({ pp: 2, ep: 8, microBatches: 8, schedule }, ANALYSIS_MODEL, workload)).map(weightsOf);
    expect(weights('dualpipe')).toEqual(weights('1f1b').map((bytes) => 2 * bytes));
  });

  test('DualPipe adds the stage at the other end, with its gradients and its optimizer', () => {
    const of = { ...ANALYSIS_MODEL, vocabulary: 32000 };
    const state = (schedule: Parallel['schedule']) =>
      classesOf(served({ pp: 4, ep: 4, microBatches: 8, schedule }, of, workload)).map(
        (one) => weightsOf(one) + one.gradientBytes + one.optimizerBytes,
      );
    const [first = 0, second = 0, third = 0, last = 0] = state('1f1b');
    expect(state('dualpipe')).toEqual([first + last, second + third, second + third, first + last]);
    expect(first + last).not.toBe(2 * first);
  });

  test("a prediction module's experts are sharded over their own copies", () => {
    const optimizer = (mtpModules: number) => {
      const of = { ...ANALYSIS_MODEL, vocabulary: 1, mtpModules };
      return classesOf(served({ ep: 16, zero: 1, microBatches: 4 }, of, workload))[0]?.optimizerBytes ?? 0;
    };
    // One expert of 2 x 4,096 x 32,768 parameters per GPU, one copy of it (edp = 1): 12 bytes for each.
    const experts = 12 * 2 * 4096 * 32768;
    const added = optimizer(1) - optimizer(0);
    expect(added).toBeGreaterThan(experts);
    expect(added).toBeLessThan(1.05 * experts);
  });

  test('narrow gradients and moments take what their types take', () => {
    const state = (types: object) => {
      const of = { ...ANALYSIS_MODEL, types: { ...ANALYSIS_MODEL.types, ...types } };
      const [one] = classesOf(served({ ep: 16, microBatches: 4 }, of, workload));
      return one ? { gradients: one.gradientBytes, optimizer: one.optimizerBytes } : undefined;
    };
    const wide = state({});
    const narrow = state({ gradients: 'bf16', moments: 'bf16' });
    expect(narrow?.gradients).toBe((wide?.gradients ?? 0) / 2);
    expect(narrow?.optimizer).toBe(((wide?.optimizer ?? 0) * 8) / 12);
  });

  test('frozen weights have neither gradients nor an optimizer', () => {
    const adapters: Workload = { ...workload, trainable: 'adapters' };
    const [one] = classesOf(served({ ep: 16, microBatches: 4 }, ANALYSIS_MODEL, adapters));
    expect(one?.gradientBytes).toBe(0);
    expect(one?.optimizerBytes).toBe(0);
  });

  test('the first stage of 1F1B holds as many micro-batches as there are stages', () => {
    const classes = classesOf(served({ pp: 2, ep: 8, microBatches: 8 }, ANALYSIS_MODEL, workload));
    expect(classes[0]?.activationBytes).toBe(2 * (classes[1]?.activationBytes ?? 0));
  });

  test('full recomputation leaves the inputs of all layers and the inside of one', () => {
    const deep = { ...ANALYSIS_MODEL, layers: times(40) };
    const kept = (recompute: Parallel['recompute']) =>
      classesOf(served({ ep: 16, recompute, microBatches: 4 }, deep, workload))[0]?.activationBytes ?? 0;
    const inputs = 40 * 4096 * 4096 * 2;
    expect(kept(['full'])).toBe(inputs + kept([]) / 40);
  });
});

describe('longest context', () => {
  const full = model(4096, [layer('moe', gqa(32, 4, 128), experts(16, 2, 4096))], times(4));

  test('of one request is what the room holds, in whole pages', () => {
    const {
      longestContext = 0,
      classes = [],
      kvBytesPerToken = 0,
    } = evaluate(served({ ep: 16 }, full)).memory[0] ?? {};
    const [one] = classes;
    if (!one) throw new Error('no class');
    const room = one.capacityBytes - (one.totalBytes - one.kvCacheBytes);
    expect(longestContext).toBe(Math.floor(room / (kvBytesPerToken * 64)) * 64);
  });

  test('has no limit where every layer forgets', () => {
    const local = model(4096, [layer('local', gqa(32, 4, 128, { window: 128 }), experts(16, 2, 4096))], times(4));
    expect(evaluate(served({ ep: 16 }, local)).memory[0]?.longestContext).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('training activations', () => {
  const gpt = (changes: Partial<Parallel>, engine: Partial<Engine> = {}, dropout = 0.1) => {
    const of = model(2048, [layer('dense', gqa(16, 16, 128), dense(8192, { gated: false }))], times(1));
    const workload: Workload = {
      kind: 'training',
      name: 'train',
      length: 1024,
      globalBatch: 8,
      microBatch: 2,
      optimizer: 'adam',
      dropout,
    };
    const on = deployment(of, cluster(1), workload, [
      pool(of, range(0, 4), { parallel: { tp: 4, ...changes }, engine }),
    ]);
    return classesOf(on)[0]?.activationBytes ?? 0;
  };
  const sbh = 1024 * 2 * 2048;
  const statistics = 2 * 1024 * 4 * 4;

  test('34 s b h / t with sequence parallelism (Korthikanti 2022, equation 4, attention without scores)', () => {
    expect(gpt({ sequenceParallel: true })).toBe((34 * sbh) / 4 + statistics);
  });

  test('s b h (10 + 24 / t) without (equation 2)', () => {
    expect(gpt({})).toBe(10 * sbh + (24 * sbh) / 4 + statistics);
  });

  test('5 a s^2 b / t more where attention writes its scores, none of it with selective recomputation', () => {
    const scores = (5 * 16 * 1024 ** 2 * 2) / 4;
    expect(gpt({ sequenceParallel: true }, { flashAttention: 0 })).toBe((34 * sbh) / 4 + scores);
    expect(gpt({ sequenceParallel: true, recompute: ['selective'] }, { flashAttention: 0 })).toBe((34 * sbh) / 4);
  });

  test('without dropout no masks are kept', () => {
    expect(gpt({ sequenceParallel: true }, {}, 0)).toBe((32 * sbh) / 4 + statistics);
  });
});

describe('totals', () => {
  const shapes = fc.record({
    ep: fc.constantFrom(1, 2, 4, 8, 16),
    layers: fc.integer({ min: 1, max: 6 }),
    width: fc.constantFrom(256, 512, 1024),
    topK: fc.constantFrom(1, 2, 4),
  });

  test('expert weights over all GPUs are those of the model', () => {
    fc.assert(
      fc.property(shapes, ({ ep, layers, width, topK }) => {
        const of = model(512, [layer('moe', gqa(8, 8, 64), experts(16, topK, width))], times(layers));
        const on = deployment(of, cluster(2), { kind: 'batch', name: 'b', sequences: 16, length: 128 }, [
          pool(of, range(0, ep), { parallel: { ep } }),
        ]);
        const total = classesOf(on).reduce((sum, one) => sum + one.expertBytes * one.gpuClass.gpus.length, 0);
        expect(total).toBe(16 * layers * parametersOf(of).bytesPerExpert);
      }),
    );
  });

  test('parameters over all GPUs of a pipeline, experts spread, are those of the model', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(1, 2, 3), ({ ep, layers, width, topK }, pp) => {
        const of = model(512, [layer('moe', gqa(8, 8, 64), experts(16, topK, width))], times(layers * pp), {
          vocabulary: 1024,
        });
        const perStage = ep * 2;
        const on = deployment(of, cluster(12), { kind: 'batch', name: 'b', sequences: 16, length: 128 }, [
          pool(of, range(0, perStage * pp), { parallel: { ep, pp, etp: 1 } }),
        ]);
        let total = 0;
        for (const one of classesOf(on)) {
          const copies = { experts: 2, rest: perStage };
          const parts = one.expertBytes / copies.experts + (weightsOf(one) - one.expertBytes) / copies.rest;
          total += parts * one.gpuClass.gpus.length;
        }
        expect(total).toBeCloseTo(parametersOf(of).weightBytes, 0);
      }),
    );
  });

  test('on one GPU all weights are those of the model, and the parts are the total', () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), ({ layers, width, topK }, tied) => {
        const of = model(512, [layer('moe', gqa(8, 2, 64), experts(16, topK, width))], times(layers), {
          vocabulary: 1000,
          tied,
        });
        const [one] = classesOf(deployment(of, cluster(1), CHAT, [pool(of, [0])]));
        if (!one) throw new Error('no class');
        expect(weightsOf(one)).toBe(parametersOf(of).weightBytes);
        const { kvCacheBytes, activationBytes, gradientBytes, optimizerBytes, bufferBytes, reserveBytes } = one;
        expect(one.totalBytes).toBe(
          weightsOf(one) + kvCacheBytes + activationBytes + gradientBytes + optimizerBytes + bufferBytes + reserveBytes,
        );
        expect(one.freeBytes).toBe(one.capacityBytes - one.totalBytes);
      }),
    );
  });
});
