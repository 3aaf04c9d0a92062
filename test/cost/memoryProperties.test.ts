import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { GpuMemory } from '../../server/src/cost/evaluation.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import type { Cluster } from '../../server/src/plan/cluster.ts';
import type { Deployment, EngineName, ExpertMap, Workload } from '../../server/src/plan/deployment.ts';
import type { Model } from '../../server/src/plan/model.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import {
  cluster,
  contiguousMap,
  DEEPSEEK_V3,
  dense,
  deployment,
  experts,
  gqa,
  layer,
  MLA,
  model,
  node,
  pool,
  range,
} from '../support/deployments.ts';
import { seeded } from '../support/propertyRuns.ts';

function classesOf(of: Deployment): readonly GpuMemory[] {
  return evaluate(of).memory.flatMap(({ classes }) => classes);
}

type Degrees = Readonly<Record<'perStage' | 'pp' | 'tp' | 'etp' | 'ep', number>>;

/** A stage's GPUs as attention and experts share them: tp x cp x dp = etp x ep x edp. */
const degrees: fc.Arbitrary<Degrees> = fc
  .record({
    perStage: fc.constantFrom(1, 2, 4, 8),
    pp: fc.constantFrom(1, 2, 4),
    tp: fc.constantFrom(1, 2, 4, 8),
    etp: fc.constantFrom(1, 2, 4, 8),
    ep: fc.constantFrom(1, 2, 4, 8),
  })
  .map(({ perStage, pp, tp, etp, ep }): Degrees => {
    const split = Math.min(etp, perStage);
    return { perStage, pp, tp: Math.min(tp, perStage), etp: split, ep: Math.min(ep, perStage / split) };
  });

/** Four or eight layers whose sizes all degrees divide; the first of each four is dense. */
const models = fc
  .record({ layers: fc.constantFrom(4, 8), isLatent: fc.boolean(), shared: fc.boolean(), tied: fc.boolean() })
  .map(({ layers, isLatent, shared, tied }): Model => {
    const attention = isLatent ? { ...MLA, heads: 16, queryRank: 256, kvRank: 128 } : gqa(16, 8, 64);
    const routed = experts(8, 2, 1024, shared ? { shared: 1, sharedFfn: 1024 } : {});
    return model(
      1024,
      [layer('dense', attention, dense(4096)), layer('moe', attention, routed)],
      Array.from({ length: layers }, (_, index) => (index % 4 === 0 ? 0 : 1)),
      { vocabulary: 32_000, tied },
    );
  });

const BATCH: Workload = { kind: 'batch', name: 'batch', sequences: 64, length: 512 };
const TRAINING: Extract<Workload, { kind: 'training' }> = {
  kind: 'training',
  name: 'train',
  globalBatch: 64,
  length: 512,
  microBatch: 1,
  optimizer: 'adam',
};
const CHAT: Extract<Workload, { kind: 'serving' }> = {
  kind: 'serving',
  name: 'chat',
  input: 1000,
  output: 500,
  concurrency: 64,
  prefixShare: 0,
};

function plan(
  of: Model,
  { perStage, pp, ...split }: Degrees,
  workload: Workload,
  more: {
    readonly parallel?: Partial<Parallel>;
    readonly engine?: EngineName;
    readonly on?: Cluster;
    readonly map?: ExpertMap;
  } = {},
): Deployment {
  const parallel = { ...split, pp, microBatches: 8, ...more.parallel };
  const engine = { name: more.engine ?? 'ideal' } as const;
  return deployment(of, more.on ?? cluster(4), workload, [
    pool(of, range(0, perStage * pp), { parallel, engine, ...(more.map && { map: more.map }) }),
  ]);
}

function total(classes: readonly GpuMemory[], of: (one: GpuMemory) => number): number {
  return classes.reduce((sum, one) => sum + of(one) * one.gpuClass.gpus.length, 0);
}

describe('weights over all GPUs', () => {
  test('are those of the model, each part as often as it has copies', () => {
    fc.assert(
      fc.property(models, degrees, (of, split) => {
        const { counts } = parametersOf(of);
        const classes = classesOf(plan(of, split, BATCH));
        const copies = split.perStage / split.tp;
        const bytes = (parameters: number, times: number) => 2 * parameters * times;
        // Latent attention's down-projections are the same on every tp rank: they and their copies are a rest.
        const isLatent = of.classes[0]?.attention.kind === 'mla';
        const attention = total(classes, (one) => one.attentionBytes);
        if (!isLatent) expect(attention).toBe(bytes(counts.attention, copies));
        else {
          expect(attention).toBeGreaterThanOrEqual(bytes(counts.attention, copies));
          expect(attention).toBeLessThanOrEqual(bytes(counts.attention, split.perStage));
        }
        expect(total(classes, (one) => one.expertBytes)).toBe(
          bytes(counts.routed, split.perStage / (split.etp * split.ep)),
        );
        expect(total(classes, (one) => one.denseBytes)).toBe(bytes(counts.dense, copies));
        expect(total(classes, (one) => one.sharedExpertBytes)).toBe(bytes(counts.shared, copies));
        // Every rank has norms and router whole.
        expect(total(classes, (one) => one.normBytes)).toBe(bytes(counts.norms, split.perStage));
        expect(total(classes, (one) => one.routerBytes)).toBe(bytes(counts.router, split.perStage));
        // A tied head on a stage of its own is a copy of the embedding.
        const tables = of.tied && split.pp > 1 ? 2 * counts.embedding : counts.embedding + counts.head;
        expect(total(classes, (one) => one.embeddingBytes + one.headBytes)).toBe(bytes(tables, copies));
      }),
      seeded(100),
    );
  });
});

describe('ZeRO', () => {
  const engines = fc.constantFrom<EngineName>('ideal', 'megatron', 'torchtitan');
  const state = (one: GpuMemory) =>
    one.totalBytes - one.activationBytes - one.bufferBytes - one.reserveBytes - one.kvCacheBytes;

  test('no stage holds more weights, gradients and optimizer than the one before', () => {
    fc.assert(
      fc.property(models, degrees, engines, (of, split, engine) => {
        let before: readonly number[] | undefined;
        for (const zero of [0, 1, 2, 3] as const) {
          const after = classesOf(plan(of, split, TRAINING, { engine, parallel: { zero } })).map(state);
          before?.forEach((bytes, index) => {
            // Shares are rounded up to whole bytes part by part.
            expect(after[index], `zero ${zero}`).toBeLessThanOrEqual(bytes + 16);
          });
          before = after;
        }
      }),
      seeded(100),
    );
  });

  test('stages 1 and 2 never take more in all; stage 3 pays where many GPUs share many layers', () => {
    fc.assert(
      fc.property(models, degrees, engines, (of, split, engine) => {
        const most = (zero: 0 | 1 | 2) =>
          Math.max(
            ...classesOf(plan(of, split, TRAINING, { engine, parallel: { zero } })).map((one) => one.totalBytes),
          );
        expect(most(1)).toBeLessThanOrEqual(most(0) + 16);
        expect(most(2)).toBeLessThanOrEqual(most(1) + 16);
      }),
      seeded(100),
    );
    const wide = { perStage: 32, pp: 1, tp: 1, etp: 1, ep: 8 };
    const of = { ...DEEPSEEK_V3, layers: DEEPSEEK_V3.layers.slice(0, 20) };
    const bytes = (zero: 2 | 3) => classesOf(plan(of, wide, TRAINING, { parallel: { zero } }))[0]?.totalBytes ?? 0;
    expect(bytes(3)).toBeLessThan(bytes(2));
  });

  test('fewer shards than GPUs divide experts by as many instances', () => {
    const of = model(1024, [layer('moe', gqa(16, 8, 64), experts(8, 2, 1024))], [0, 0]);
    const split = { perStage: 8, pp: 1, tp: 1, etp: 1, ep: 2 };
    const optimizer = (shards: number) =>
      classesOf(plan(of, split, TRAINING, { engine: 'megatron', parallel: { zero: 1, shards } }))[0]?.optimizerBytes ??
      0;
    const { counts } = parametersOf(of);
    const rest = counts.attention + counts.norms + counts.router;
    // Half of the experts on each rank, in four copies; two instances leave two shards of them.
    expect(optimizer(8)).toBe(12 * (rest / 8 + counts.routed / 2 / 4));
    expect(optimizer(4)).toBe(12 * (rest / 4 + counts.routed / 2 / 2));
  });
});

describe('folding equal GPUs', () => {
  /** The same GPUs in one group of nodes, or each in a group of its own, which are never folded. */
  const machines = (apart: boolean): Cluster => {
    if (!apart) return cluster(4);
    const single = node(undefined, { gpus: 1 });
    const groups = range(0, 32).map((gpu) => ({ name: `n${gpu}`, node: single, count: 1, firstGpu: gpu }));
    return cluster(32, single, { groups });
  };
  /** Experts in order, and on the first rank copies of the last two: ranks hold unequal shares. */
  const uneven = (ep: number): ExpertMap => {
    const [first = [], ...others] = contiguousMap(8, ep).ranks;
    return { ranks: ep === 1 ? [first] : [[...first, 6, 7], ...others] };
  };

  test.each([BATCH, TRAINING, CHAT])('changes no byte of any GPU: $kind', (workload) => {
    fc.assert(
      fc.property(models, degrees, (of, split) => {
        const byGpu = (apart: boolean) => {
          const map = uneven(split.ep);
          const classes = classesOf(plan(of, split, workload, { on: machines(apart), map }));
          const found = new Map<number, number>();
          for (const { gpuClass, totalBytes } of classes) for (const gpu of gpuClass.gpus) found.set(gpu, totalBytes);
          return [...found].sort(([left], [right]) => left - right);
        };
        expect(byGpu(true)).toEqual(byGpu(false));
      }),
      seeded(100),
    );
  });
});

describe('longer contexts', () => {
  const lengths = fc.tuple(fc.integer({ min: 1, max: 8192 }), fc.integer({ min: 1, max: 8192 }));
  const most = (of: Deployment) => Math.max(...classesOf(of).map(({ totalBytes }) => totalBytes));

  test('never take less memory where all requests fit, and never let more requests in', () => {
    fc.assert(
      fc.property(models, degrees, lengths, (of, split, [one, other]) => {
        const short = Math.min(one, other);
        const long = Math.max(one, other);
        const served = (input: number) => plan(of, split, { ...CHAT, input });
        expect(most(served(long))).toBeGreaterThanOrEqual(most(served(short)));
        const fitting = (input: number) => evaluate(served(input)).memory[0]?.requestsThatFit ?? 0;
        expect(fitting(long)).toBeLessThanOrEqual(fitting(short));
        const trained = (length: number) => most(plan(of, split, { ...TRAINING, length }));
        expect(trained(long)).toBeGreaterThanOrEqual(trained(short));
      }),
      seeded(100),
    );
  });
});
