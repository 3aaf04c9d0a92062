import { describe, expect, test } from 'vitest';
import { microBatchesInFlight, peakOfChunks } from '../../server/src/cost/memory/inFlight.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import type { Engine, Workload } from '../../server/src/plan/deployment.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import { cluster, dense, deployment, experts, gqa, layer, model, pool, range, times } from '../support/deployments.ts';
import { classesOf, weightsOf } from '../support/memory.ts';

describe('weights that ZeRO 3 shards', () => {
  const TRAIN: Workload = {
    kind: 'training',
    name: 'train',
    length: 64,
    globalBatch: 64,
    microBatch: 1,
    optimizer: 'adam',
  };
  const of = model(1024, [layer('dense', gqa(8, 8, 128), dense(4096))], times(8), { vocabulary: 32_000 });
  const table = 32_000 * 1024 * 2;
  const perLayer = (parametersOf(of).weightBytes - 2 * table - 2048) / 8;
  const on = (zero: 2 | 3, engine: Partial<Engine>, parallel: Partial<Parallel> = {}) => {
    const [one] = classesOf(
      deployment(of, cluster(2), TRAIN, [pool(of, range(0, 16), { parallel: { zero, ...parallel }, engine })]),
    );
    if (!one) throw new Error('no class');
    return one;
  };

  test('are whole where they are used: embedding, head and two layers at once', () => {
    const more = on(3, { name: 'megatron' }).activationBytes - on(2, { name: 'megatron' }).activationBytes;
    // Behind the last layer there is a norm.
    expect(more).toBe(2 * table + 2048 + 2 * perLayer);
  });

  test("are torchtitan's fp32 masters themselves: 16 bytes per parameter, not 18", () => {
    const state = (engine: Partial<Engine>) => {
      const one = on(3, engine);
      return weightsOf(one) + one.gradientBytes + one.optimizerBytes;
    };
    const parameters = parametersOf(of).total;
    expect(state({ name: 'torchtitan' }) / parameters).toBeCloseTo(16 / 16, 5);
    expect(state({ name: 'megatron' }) / parameters).toBeCloseTo(18 / 16, 5);
  });

  test('stay whole between the micro-batches of a pipeline of torchtitan, with their gradients', () => {
    const whole = on(3, { name: 'torchtitan' }, { pp: 2, microBatches: 4 });
    const half = 4 * perLayer + table;
    expect(weightsOf(whole)).toBe(half);
    expect(whole.gradientBytes).toBe(2 * half);
  });
});

describe('what training keeps beside its layers', () => {
  const LENGTH = 512;
  const HIDDEN = 1024;
  const VOCABULARY = 32_000;
  const of = model(HIDDEN, [layer('dense', gqa(8, 8, 128), dense(4096))], times(8), { vocabulary: VOCABULARY });
  const activations = (
    engine: Partial<Engine>,
    parallel: Partial<Parallel>,
    changes: Partial<Extract<Workload, { kind: 'training' }>> = {},
    trained = of,
  ) => {
    const workload: Workload = {
      kind: 'training',
      name: 'train',
      length: LENGTH,
      globalBatch: 8,
      microBatch: 1,
      optimizer: 'adam',
      ...changes,
    };
    return classesOf(deployment(trained, cluster(1), workload, [pool(trained, range(0, 4), { parallel, engine })])).map(
      (one) => one.activationBytes,
    );
  };
  const full: Partial<Parallel> = { recompute: ['full'], tp: 2, pp: 2, sequenceParallel: true, microBatches: 8 };

  test('torchtitan receives the gradient of every micro-batch into a buffer of its own', () => {
    // Two stages: the first receives no inputs, and a gradient of each micro-batch.
    const boundary = (LENGTH / 2) * HIDDEN * 2;
    const [first = 0] = activations({ name: 'torchtitan' }, full);
    const twice = activations({ name: 'torchtitan' }, { ...full, microBatches: 16 }, { globalBatch: 16 })[0] ?? 0;
    expect((twice - first) / 1.07).toBeCloseTo(8 * boundary, -3);
  });

  test("torchtitan's last stage keeps the logits of all micro-batches until the step ends", () => {
    const last = (microBatches: number) =>
      activations({ name: 'torchtitan' }, { ...full, microBatches }, { globalBatch: microBatches })[1] ?? 0;
    const logits = (LENGTH * VOCABULARY * 2) / 2;
    const boundary = (LENGTH / 2) * HIDDEN * 2;
    expect((last(16) - last(8)) / 1.07).toBeCloseTo(8 * (logits + boundary), -3);
  });

  test("a compiled layer of torchtitan drops what nothing reads: the down-projection's output", () => {
    const kept = (fused: boolean) =>
      activations({ name: 'torchtitan', fused }, { recompute: ['selective'], microBatches: 2 })[0] ?? 0;
    expect((kept(false) - kept(true)) / 1.07).toBeCloseTo(8 * LENGTH * HIDDEN * 2, -2);
  });

  test("the losses of prediction modules keep their fp32 each, Megatron's 16-bit logits live once", () => {
    const loss = (mtpModules: number) =>
      activations({ name: 'megatron' }, { recompute: ['full'], microBatches: 2 }, {}, { ...of, mtpModules })[0] ?? 0;
    const input = LENGTH * HIDDEN * 2;
    expect(loss(1) - loss(0)).toBe(LENGTH * VOCABULARY * 4 + input);
    expect(loss(2) - loss(1)).toBe(LENGTH * VOCABULARY * 4 + input);
  });

  test('adapters keep the norms as they were gathered', () => {
    const kept = (trainable: 'all' | 'adapters', tp: number) =>
      activations({}, { tp, sequenceParallel: tp > 1, microBatches: 4 }, { trainable })[0] ?? 0;
    expect(kept('adapters', 4) - kept('all', 4)).toBe(8 * 2 * LENGTH * HIDDEN * 2);
    expect(kept('adapters', 1)).toBe(kept('all', 1));
  });

  test('an interleaved schedule takes more micro-batches through a chunk where the last group would be short', () => {
    const inFlight = (microBatches: number) =>
      activations(
        {},
        { schedule: 'interleaved', vpp: 2, pp: 4, microBatches, recompute: ['full'] },
        { globalBatch: microBatches },
        { ...of, vocabulary: 0 },
      )[3] ?? 0;
    // The last of 4 stages: (v - 1) groups of 4 and one more, half a chunk each; of 5 micro-batches all go at once.
    expect(inFlight(8) / inFlight(4)).toBe(1);
    const inputs = (chunks: number) => (chunks / 2) * 2 * LENGTH * HIDDEN * 2;
    expect(inFlight(5) - inFlight(8)).toBe(inputs(6) - inputs(5));
  });

  test('chunks of unequal size are held in the order in which they pass', () => {
    // Rank 0 of two warms up with two passes through each chunk. Then the next two go forward through its first chunk while the
    // first two come back through its second.
    expect(peakOfChunks(0, 2, 8, [1, 1])).toBe(5);
    expect(peakOfChunks(0, 2, 8, [10, 1])).toBe(4 * 10 + 1);
    expect(peakOfChunks(1, 2, 8, [10, 0])).toBe(3 * 10);
    // No more than there is.
    expect(peakOfChunks(0, 2, 2, [10, 1])).toBe(2 * 10 + 2 * 1);
    for (const [stages, index, m, vpp] of [
      [4, 0, 8, 2],
      [4, 3, 16, 3],
      [8, 2, 24, 4],
      [4, 1, 5, 2],
    ] as const) {
      const pipeline = pool(of, range(0, stages), { parallel: { pp: stages, vpp, schedule: 'interleaved' } });
      const alike = peakOfChunks(
        index,
        stages,
        m,
        times(vpp).map(() => 1 / vpp),
      );
      expect(alike).toBeCloseTo(microBatchesInFlight(pipeline, index, stages, m), 12);
    }
  });

  test('recomputing dense networks, shared experts or some layers keeps what is left out of it', () => {
    const all = activations({}, { recompute: [] })[0] ?? 0;
    // One rank of four, tokens of one sequence: the activation's input, two halves, and its output.
    const inner = LENGTH * 4096 * 3 * 2;
    expect(all - (activations({}, { recompute: ['dense'] })[0] ?? 0)).toBe(8 * inner);
    const moe = model(
      HIDDEN,
      [layer('moe', gqa(8, 8, 128), experts(8, 1, 512, { shared: 1, sharedFfn: 256 }))],
      times(2),
    );
    const shared = (recompute: Parallel['recompute']) => activations({}, { ep: 4, recompute }, {}, moe)[0] ?? 0;
    expect(shared([]) - shared(['shared-experts'])).toBe(2 * LENGTH * 256 * 3 * 2);
    const some = (recomputeLayers: number) => activations({}, { recompute: ['full'], recomputeLayers })[0] ?? 0;
    expect(some(0)).toBe(all);
    const less = some(2) - some(3);
    expect(less).toBeGreaterThan(inner);
    expect(some(3) - some(4)).toBe(less);
    expect(some(8)).toBe(activations({}, { recompute: ['full'] })[0]);
  });

  test('grouped products of Megatron have a workspace on each of four streams', () => {
    const moe = model(HIDDEN, [layer('moe', gqa(8, 8, 128), experts(8, 1, 512))], times(2));
    const kept = (trained: typeof of) => activations({ name: 'megatron' }, { ep: 4, microBatches: 2 }, {}, trained)[0];
    const ideal = activations({}, { ep: 4, microBatches: 2 }, {}, moe)[0] ?? 0;
    expect((kept(moe) ?? 0) - ideal).toBe(0.14e9 + 4 * 2 ** 25);
  });

  test('what is kept on the host is not on the GPU', () => {
    const workload: Workload = {
      kind: 'training',
      name: 't',
      length: LENGTH,
      globalBatch: 8,
      microBatch: 1,
      optimizer: 'adam',
    };
    const held = (parallel: Partial<Parallel>) => {
      const plain = { ...of, vocabulary: 0 };
      const [one] = classesOf(
        deployment(plain, cluster(1), workload, [
          pool(plain, range(0, 2), { parallel: { pp: 2, microBatches: 8, ...parallel } }),
        ]),
      );
      if (!one) throw new Error('no class');
      return one;
    };
    const whole = held({});
    const away = held({ offload: ['optimizer', 'activations'] });
    expect(away.optimizerBytes).toBe(0);
    expect(away.gradientBytes).toBe(whole.gradientBytes);
    expect(held({ offload: ['activations'] }).optimizerBytes).toBe(whole.optimizerBytes);
    // The first of two stages has two micro-batches of four layers in flight, and keeps two layers of them.
    expect(away.activationBytes).toBe(whole.activationBytes / 4);
  });

  test('the copy of the weights and each moment have types of their own', () => {
    const bytes = (types: Partial<typeof of.types>, optimizer: 'adam' | 'muon' | 'sgd' = 'adam') => {
      const typed = { ...of, types: { ...of.types, ...types } };
      const workload: Workload = { kind: 'training', name: 't', length: 64, globalBatch: 1, microBatch: 1, optimizer };
      const state = classesOf(deployment(typed, cluster(1), workload, [pool(typed, [0])]))[0]?.optimizerBytes ?? 0;
      return state / parametersOf(of).total;
    };
    expect(bytes({})).toBe(12);
    expect(bytes({ moments: 'bf16' })).toBe(8);
    expect(bytes({ main: 'bf16', moments: 'bf16' })).toBe(6);
    expect(bytes({ firstMoment: 'fp8' })).toBe(9);
    expect(bytes({ moments: 'bf16', firstMoment: 'fp8' })).toBe(7);
    expect(bytes({ secondMoment: 'bf16' })).toBe(10);
    expect(bytes({ main: 'fp16' }, 'sgd')).toBe(2);
    // fp32 weights are their own copy.
    expect(bytes({ weights: 'fp32', attention: 'fp32', embedding: 'fp32', main: 'bf16' })).toBe(8);
    expect(bytes({ firstMoment: 'bf16' }, 'muon')).toBeLessThan(bytes({}, 'muon'));
  });

  test("Muon's embedding and head keep both of Adam's moments", () => {
    const state = (optimizer: 'adam' | 'muon') => {
      const workload: Workload = { kind: 'training', name: 't', length: 64, globalBatch: 1, microBatch: 1, optimizer };
      return classesOf(deployment(of, cluster(1), workload, [pool(of, [0])]))[0]?.optimizerBytes ?? 0;
    };
    const { counts, total } = parametersOf(of);
    expect(state('adam')).toBe(12 * total);
    expect(state('muon')).toBe(8 * total + 4 * (counts.embedding + counts.head + counts.norms));
  });
});

describe('what a GPU that trains shows beside what it computes with', () => {
  const TRAIN: Workload = {
    kind: 'training',
    name: 'train',
    length: 512,
    globalBatch: 16,
    microBatch: 1,
    optimizer: 'adam',
  };
  const HIDDEN = 1024;
  const LAYERS = 4;
  const TOP_K = 2;
  const of = model(HIDDEN, [layer('moe', gqa(8, 8, 128), experts(16, TOP_K, 512))], times(LAYERS), {
    vocabulary: 32_000,
  });
  const on = (engine: Partial<Engine>, parallel: Partial<Parallel> = {}) => {
    const [one] = classesOf(
      deployment(of, cluster(1), TRAIN, [pool(of, range(0, 8), { parallel: { ep: 8, zero: 1, ...parallel }, engine })]),
    );
    if (!one) throw new Error('no class');
    return one;
  };

  test("experts' outputs are kept where probabilities multiply them behind the exchange", () => {
    const kept = on({ name: 'megatron', allToAll: 'nccl' }).activationBytes;
    const inside = on({ name: 'megatron-bridge', allToAll: 'nccl' }).activationBytes;
    expect(kept - inside).toBe(LAYERS * 512 * TOP_K * HIDDEN * 2);
  });

  test('idle blocks of the allocator are beside the total, and end where memory does', () => {
    const one = on({ name: 'megatron' });
    expect(one.idleBytes).toBeGreaterThan(weightsOf(one));
    expect(one.freeBytes).toBe(one.capacityBytes - one.totalBytes);
    const crowded = on({ name: 'megatron', reserveBytes: one.freeBytes - 1 });
    expect(crowded.idleBytes).toBe(1);
    expect(on({ name: 'torchtitan' }).idleBytes).toBe(0);
  });

  test('every group of ranks has buffers of its own', () => {
    const wide = on({ name: 'megatron' }).bufferBytes;
    const split = on({ name: 'megatron' }, { tp: 2, etp: 1 }).bufferBytes;
    expect(split / wide).toBeCloseTo(4 / 3, 5);
  });
});
