import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import type { Operation, Shape } from '../../server/src/cost/operation.ts';
import type { Node } from '../../server/src/plan/cluster.ts';
import type { Deployment, Workload } from '../../server/src/plan/deployment.ts';
import type { Model } from '../../server/src/plan/model.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import {
  ANALYSIS_MODEL,
  analysis,
  cluster,
  DEEPSEEK_V3,
  deployment,
  experts,
  FP8_TYPES,
  gqa,
  H100,
  H200,
  LONG_BATCH,
  layer,
  MIXTRAL,
  model,
  node,
  type PoolChanges,
  pool,
  range,
  times,
} from '../support/deployments.ts';
import { uniform } from '../support/numbers.ts';

const V3 = { ...DEEPSEEK_V3, types: FP8_TYPES };
const CHAT: Workload = { kind: 'serving', name: 'chat', input: 4000, output: 1000, concurrency: 512, prefixShare: 0 };
const TRAIN: Workload = {
  kind: 'training',
  name: 'train',
  length: 4096,
  globalBatch: 128,
  microBatch: 1,
  optimizer: 'adam',
};
const BATCH: Workload = { kind: 'batch', name: 'batch', sequences: 64, length: 2048 };

function on(
  gpus: number,
  of: Model,
  workload: Workload,
  changes: PoolChanges = {},
  machine: Node = node(H200),
): Deployment {
  return deployment(of, cluster(Math.ceil(gpus / 8), machine), workload, [pool(of, range(0, gpus), changes)]);
}

const LATENT = model(
  2048,
  [layer('moe', gqa(16, 4, 128), experts(32, 4, 1024, { latent: 512, shared: 1, sharedFfn: 2048 }))],
  times(4),
  {
    vocabulary: 32000,
  },
);
const RESIDUAL = model(2048, [layer('moe', gqa(16, 4, 128), experts(32, 4, 1024, { parallelFfn: 4096 }))], times(4));

const DEPLOYMENTS: readonly (readonly [string, Deployment])[] = [
  ['the proposal of the analysis', analysis({ ep: 16 })],
  ['the baseline with whole experts', analysis({ tp: 8, pp: 2, ep: 8 })],
  ['the baseline with split experts', analysis({ tp: 8, pp: 2, etp: 8, microBatches: 4 })],
  ['tensor parallel attention over data parallel experts', on(32, V3, BATCH, { parallel: { tp: 4, ep: 32 } })],
  ['experts split and spread', on(16, MIXTRAL, BATCH, { parallel: { tp: 2, etp: 2, ep: 8 } })],
  ['context parallel', on(16, MIXTRAL, BATCH, { parallel: { tp: 2, cp: 2, ep: 8, etp: 2 } })],
  [
    'sequence parallel training',
    on(16, MIXTRAL, TRAIN, { parallel: { tp: 4, pp: 2, ep: 8, sequenceParallel: true, microBatches: 16 } }),
  ],
  [
    'DeepEP serving',
    on(32, V3, CHAT, { parallel: { ep: 32 }, engine: { name: 'sglang', allToAll: 'deepep', chunkTokens: 1024 } }),
  ],
  [
    'two-batch overlap',
    on(32, V3, CHAT, {
      parallel: { ep: 32 },
      engine: { allToAll: 'deepep', twoBatchOverlap: true, sharedOverlap: true },
    }),
  ],
  ['gathered tokens', on(16, V3, CHAT, { parallel: { ep: 16, tp: 1 }, engine: { name: 'vllm', allToAll: 'gather' } })],
  [
    'drafted tokens',
    on(16, { ...V3, mtpModules: 1 }, CHAT, { parallel: { ep: 16 }, engine: { speculativeTokens: 1, acceptance: 0.8 } }),
  ],
  ['latent experts', on(8, LATENT, BATCH, { parallel: { ep: 8 } })],
  ['dense residual', on(8, RESIDUAL, BATCH, { parallel: { tp: 8, ep: 8 } })],
  ['one GPU', on(1, LATENT, BATCH)],
];

function text(shape: Shape): string {
  return shape.map(({ name, size }) => `${name}=${size}`).join(' ');
}

/** Every chain of operations of every step: entry, a layer of each class, exit. */
function chains(evaluation: Evaluation): { readonly operations: readonly Operation[]; readonly isLayer: boolean }[] {
  return evaluation.prediction.pools.flatMap(({ steps }) =>
    steps.flatMap(({ stages }) =>
      stages.flatMap(({ entry, layers, exit }) => [
        { operations: entry, isLayer: false },
        ...layers.map(({ operations }) => ({ operations, isLayer: true })),
        { operations: exit, isLayer: false },
      ]),
    ),
  );
}

describe('operations', () => {
  for (const [name, of] of DEPLOYMENTS) {
    test(`${name}: shapes meet, all lie between the input and the last operation, figures are sound`, () => {
      for (const { operations, isLayer } of chains(evaluate(of))) {
        const byKey = new Map(operations.map((operation) => [operation.key, operation]));
        expect(byKey.size).toBe(operations.length);
        const used = new Set(operations.flatMap(({ after }) => after));
        const input = operations[0]?.input;
        operations.forEach((operation, index) => {
          for (const key of operation.after) {
            const before = byKey.get(key);
            if (key === 'input') expect(text(operation.input)).toBe(text(input ?? []));
            else if (before?.kind !== 'gate')
              expect(text(operation.input), operation.key).toBe(text(before?.output ?? []));
            if (before) expect(operations.indexOf(before)).toBeLessThan(index);
          }
          if (index < operations.length - 1) expect(used, operation.key).toContain(operation.key);
          for (const figure of [operation.flop, operation.bytes, operation.seconds]) {
            expect(Number.isFinite(figure) && figure >= 0, operation.key).toBe(true);
          }
        });
        if (isLayer) expect(text(operations.at(-1)?.output ?? [])).toBe(text(input ?? []));
      }
    });
  }

  test('routing, aggregation and gate of the proposal, each GPU holding one expert per layer', () => {
    const [step] = evaluate(analysis({ ep: 16 })).prediction.pools[0]?.steps ?? [];
    const operations = step?.stages[0]?.layers[0]?.operations ?? [];
    const shapes = operations.map(({ key, kind, group, output }) => `${key} ${kind} ${group} [${text(output)}]`);
    expect(shapes).toContain('router gate gpu [tokens=80000 top-k=2]');
    expect(shapes).toContain('dispatch routing expert-group [experts=1 tokens=160000 hidden=4096]');
    expect(shapes).toContain('combine aggregation expert-group [batch=8 seq=10000 hidden=4096]');
  });
});

describe('figures of a deployment', () => {
  for (const [name, of] of DEPLOYMENTS) {
    test(`${name}: finite, and no more than the peak`, () => {
      const { prediction, memory } = evaluate(of);
      for (const figure of [
        prediction.stepSeconds,
        prediction.latencySeconds ?? Number.NaN,
        prediction.throughputTokensPerSecond,
      ]) {
        expect(Number.isFinite(figure) && figure > 0).toBe(true);
      }
      expect(prediction.utilisation).toBeGreaterThan(0);
      expect(prediction.utilisation).toBeLessThan(1);
      for (const { utilisation } of prediction.utilisationPerGpu) expect(utilisation).toBeLessThan(1);
      expect(prediction.bottleneck.share).toBeGreaterThan(0);
      expect(prediction.bottleneck.share).toBeLessThanOrEqual(1);
      for (const { classes } of memory) {
        const covered = classes.flatMap(({ gpuClass }) => gpuClass.gpus);
        expect(new Set(covered).size).toBe(covered.length);
      }
    });
  }

  test('FLOP of the batch: matrices and causal attention, by hand', () => {
    const { prediction } = evaluate(analysis({ ep: 16 }));
    const tokens = 1_280_000;
    const matrices = 4 * (4 * 4096 * 4096 + 16 * 4096 + 2 * 2 * 4096 * 32768);
    const pairs = (10_000 * 10_001) / 2;
    const flop = 2 * tokens * matrices + 4 * 128 * 2 * 32 * 256 * pairs;
    expect(prediction.utilisation * prediction.stepSeconds * 16 * 989e12).toBeCloseTo(flop, -8);
  });

  test('micro-batches shrink the bubble of two stages', () => {
    const bubble = (microBatches: number) =>
      evaluate(analysis({ tp: 8, pp: 2, ep: 8, microBatches })).prediction.bubbleFraction;
    // Half of the time each stage waits for the other, and a little for the transfer.
    expect(bubble(1)).toBeGreaterThan(0.5);
    expect(bubble(1)).toBeLessThan(0.6);
    expect(bubble(16)).toBeCloseTo(1 / 17, 1);
  });

  test('more requests than the cache holds wait', () => {
    const few = evaluate(on(16, V3, { ...CHAT, concurrency: 64 }, { parallel: { ep: 16 } }));
    const most = few.memory[0]?.requestsThatFit ?? 0;
    const at = (concurrency: number) =>
      evaluate(on(16, V3, { ...CHAT, concurrency }, { parallel: { ep: 16 } })).prediction;
    expect(at(2 * most).throughputTokensPerSecond).toBeCloseTo(at(most).throughputTokensPerSecond, 3);
    expect(at(2 * most).ttftSeconds).toBeGreaterThan(2 * (at(most).ttftSeconds ?? 0));
  });

  test('an open loop serves what arrives while it can', () => {
    const { concurrency: _, ...open } = { ...CHAT, requestRate: 2 };
    const { throughputTokensPerSecond, latencySeconds = Number.NaN } = evaluate(
      on(16, V3, open, { parallel: { ep: 16 } }),
    ).prediction;
    expect(throughputTokensPerSecond / 2000).toBeCloseTo(1, 1);
    // Little's law: a closed loop with that concurrency gives the same.
    const closed = evaluate(
      on(16, V3, { ...CHAT, concurrency: 2 * latencySeconds }, { parallel: { ep: 16 } }),
    ).prediction;
    expect(closed.throughputTokensPerSecond / throughputTokensPerSecond).toBeCloseTo(1, 2);
  });

  test('drafted tokens: a verified step yields 1 + 0.8 tokens', () => {
    const { prediction } = evaluate(
      on(
        16,
        { ...V3, mtpModules: 1 },
        { ...CHAT, concurrency: 16 },
        { parallel: { ep: 16 }, engine: { speculativeTokens: 1, acceptance: 0.8 } },
      ),
    );
    expect(prediction.tpotSeconds).toBeCloseTo(prediction.stepSeconds / 1.8, 6);
  });

  test('prefill and decode apart: the time per token is that of decode alone', () => {
    const of = deployment(V3, cluster(4, node(H200)), CHAT, [
      pool(V3, range(0, 16), { name: 'prefill', role: 'prefill', parallel: { ep: 16 } }),
      pool(V3, range(16, 32), { name: 'decode', role: 'decode', parallel: { ep: 16 } }),
    ]);
    const { prediction } = evaluate(of);
    const [prefill, decode] = prediction.pools;
    expect(prefill?.steps.map(({ phase }) => phase)).toEqual(['prefill']);
    expect(decode?.steps.map(({ phase }) => phase)).toEqual(['decode']);
    expect(prediction.tpotSeconds).toBeCloseTo(decode?.steps[0]?.seconds ?? 0, 6);
    expect(prediction.ttftSeconds).toBeGreaterThanOrEqual(prefill?.steps[0]?.seconds ?? 0);
    const inFlight = (prediction.throughputTokensPerSecond / 1000) * (prediction.latencySeconds ?? Number.NaN);
    expect(inFlight / 512).toBeCloseTo(1, 1);
  });

  test('equal deployments give equal evaluations', () => {
    expect(evaluate(analysis({ ep: 16 })).prediction).toEqual(evaluate(analysis({ ep: 16 })).prediction);
  });
});

describe('properties', () => {
  const plans: fc.Arbitrary<Partial<Parallel>> = fc.constantFrom(
    { ep: 16 },
    { tp: 8, pp: 2, ep: 8 },
    { tp: 8, pp: 2, etp: 8 },
    { tp: 4, ep: 16 },
    { tp: 2, etp: 2, ep: 8 },
    { pp: 4, ep: 4, microBatches: 4 },
  );
  const workloads = fc.constantFrom(LONG_BATCH, CHAT, TRAIN);

  function seconds(machine: Node, parallel: Partial<Parallel>, workload: Workload): number {
    return evaluate(
      deployment(ANALYSIS_MODEL, cluster(2, machine), workload, [pool(ANALYSIS_MODEL, range(0, 16), { parallel })]),
    ).prediction.stepSeconds;
  }

  test('more bandwidth of any kind never slows a step', () => {
    const wider = fc.constantFrom<(by: number) => Node>(
      (by) => node(H100, { scaleUpBandwidth: 450e9 * by }),
      (by) => node(H100, { scaleOutBandwidth: 50e9 * by }),
      (by) => node({ ...H100, memoryBandwidth: 3.35e12 * by }),
    );
    fc.assert(
      fc.property(plans, workloads, wider, uniform(1, 8), (parallel, workload, machine, by) => {
        expect(seconds(machine(by), parallel, workload)).toBeLessThanOrEqual(
          seconds(node(), parallel, workload) * (1 + 1e-12),
        );
      }),
    );
  });

  test('more tokens never shorten a step', () => {
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 1, max: 256 }),
        fc.integer({ min: 1, max: 64 }),
        (parallel, sequences, more) => {
          const at = (count: number) => seconds(node(), parallel, { ...BATCH, sequences: count });
          expect(at(sequences + more)).toBeGreaterThanOrEqual(at(sequences) * (1 - 1e-12));
        },
      ),
    );
  });

  test('equal GPUs are one class, whose members are told apart by nothing', () => {
    fc.assert(
      fc.property(plans, workloads, (parallel, workload) => {
        const { memory } = evaluate(
          deployment(ANALYSIS_MODEL, cluster(2), workload, [pool(ANALYSIS_MODEL, range(0, 16), { parallel })]),
        );
        const gpus = memory.flatMap(({ classes }) => classes.flatMap(({ gpuClass }) => gpuClass.gpus));
        expect([...gpus].sort((a, b) => a - b)).toEqual(range(0, 16));
        expect(memory[0]?.classes.length).toBe(parallel.pp ?? 1);
      }),
    );
  });

  test('a thousand GPUs of equal stages cost what two do', () => {
    const small = evaluate(on(64, V3, BATCH, { parallel: { ep: 64 } }));
    const copies = deployment(V3, cluster(128, node(H200)), { ...BATCH, sequences: 64 * 16 }, [
      pool(V3, range(0, 1024), { parallel: { ep: 64 }, replicas: 16 }),
    ]);
    const large = evaluate(copies);
    expect(large.prediction.stepSeconds).toBeCloseTo(small.prediction.stepSeconds, 9);
    expect(large.prediction.throughputTokensPerSecond).toBeCloseTo(16 * small.prediction.throughputTokensPerSecond, 3);
    expect(large.memory[0]?.classes.flatMap(({ gpuClass }) => gpuClass.gpus)).toHaveLength(1024);
  });
});
