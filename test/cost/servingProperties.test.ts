import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { servesNone } from '../../server/src/cost/figures.ts';
import type { Step } from '../../server/src/cost/operation.ts';
import { type Cluster, placeOf } from '../../server/src/plan/cluster.ts';
import type { Deployment, Engine } from '../../server/src/plan/deployment.ts';
import {
  CATALOGUE_MODELS,
  CATALOGUE_NODES,
  type Choice,
  catalogueDeployment,
  choices,
  SERVING_ENGINES,
  type ServingWorkload,
} from '../support/catalogueDeployments.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

const RUNS = { numRuns: propertyRuns(60), seed: 11 };
const ROUNDING = 1e-6;

/** Whole numbers whose orders of magnitude come up equally often. */
function scaled(most: number): fc.Arbitrary<number> {
  return fc.double({ min: 0, max: Math.log(most), noNaN: true }).map((power) => Math.round(Math.exp(power)));
}

const loads: fc.Arbitrary<ServingWorkload> = fc
  .record({
    input: scaled(131_072),
    output: fc.oneof({ weight: 1, arbitrary: fc.constantFrom(1, 2) }, { weight: 5, arbitrary: scaled(16_384) }),
    concurrency: scaled(4096),
    prefixShare: fc.constantFrom(0, 0, 0.3, 0.9, 1),
    lengthSpread: fc.constantFrom(undefined, 0, 0.1, 0.5),
    rounds: fc.constantFrom(undefined, 1, 4, 100),
  })
  .map(({ lengthSpread, rounds, ...load }) => ({
    kind: 'serving',
    name: 'load',
    ...load,
    ...(lengthSpread !== undefined && { lengthSpread }),
    ...(rounds !== undefined && { requests: rounds * load.concurrency }),
  }));

// Where each property was first seen to fail.
const LLAMA: Choice = { model: 'Llama-3.1-8B', node: 'DGX-H100', engine: 'ideal', layout: 'tp 1' };
const APART: Choice = { model: 'GLM-4.6', node: 'MI355X-8', engine: 'trt-llm', layout: 'prefill tp 4, decode tp 4' };
const JAMBA: Choice = { model: 'Jamba-v0.1', node: 'DGX-B300', engine: 'vllm', layout: 'tp 2, pp 4' };
const ONE_TOKEN: ServingWorkload = {
  kind: 'serving',
  name: 'load',
  input: 32_768,
  output: 1,
  concurrency: 64,
  prefixShare: 0,
};

const WAVES: ServingWorkload = { ...ONE_TOKEN, input: 8273, concurrency: 3340, lengthSpread: 0.1, requests: 3340 };

/** The plan of a choice under a load; one that cannot be laid out so ends the run. */
function planned(choice: Choice, workload: ServingWorkload): Deployment {
  const deployment = catalogueDeployment(choice);
  fc.pre(deployment !== undefined);
  return { ...deployment, workload };
}

function loadOf({ workload }: Deployment): ServingWorkload {
  if (workload.kind !== 'serving') throw new RangeError('the deployment serves no requests');
  return workload;
}

function loaded(deployment: Deployment, changes: Partial<ServingWorkload>): Deployment {
  return { ...deployment, workload: { ...loadOf(deployment), ...changes } };
}

function enginesOf(deployment: Deployment, changes: Partial<Engine>): Deployment {
  const pools = deployment.pools.map((pool) => ({ ...pool, engine: { ...pool.engine, ...changes } }));
  return { ...deployment, pools };
}

function withMemory(cluster: Cluster, by: number): Cluster {
  const groups = cluster.groups.map((group) => {
    const gpu = { ...group.node.gpu, memoryBytes: by * group.node.gpu.memoryBytes };
    return { ...group, node: { ...group.node, gpu } };
  });
  return { ...cluster, groups };
}

function hasExperts({ model }: Deployment): boolean {
  return model.classes.some(({ feedForward }) => feedForward.kind === 'moe');
}

function requestsPerSecond({ deployment, prediction }: Evaluation): number {
  return prediction.throughputTokensPerSecond / loadOf(deployment).output;
}

/** Steps of the pools that generate: the first of a pool is the one drawn. */
function decodeSteps({ prediction }: Evaluation): Step[] {
  return prediction.pools.flatMap(({ steps }) => steps.filter(({ phase }) => phase === 'decode'));
}

const TILE = 128;

/** A batch that has just begun a tile pays for the whole of it: the share of the tiles' rows that it fills. */
function filled(evaluation: Evaluation): number {
  const rows = decodeSteps(evaluation).map(({ tokensPerRank }) => tokensPerRank);
  return Math.min(1, ...rows.map((count) => (count <= TILE / 2 ? 1 : count / (Math.ceil(count / TILE) * TILE))));
}

/** Bytes that a GPU of each stage reads and writes in a step over what its memory can move in that time. */
function bandwidthShares(evaluation: Evaluation): number[] {
  const { cluster, prediction } = evaluation;
  return prediction.pools.flatMap(({ pool, steps }) =>
    steps.flatMap((step) =>
      step.stages.map(({ entry, layers, exit }, index) => {
        const { gpu } = placeOf(cluster, pool.stages[index]?.gpus[0] ?? 0).group.node;
        const once = [...entry, ...exit].map((one) => ({ one, times: 1 }));
        const repeated = layers.flatMap(({ layers: equal, operations }) =>
          operations.map((one) => ({ one, times: equal.length })),
        );
        let bytes = 0;
        for (const { one, times } of [...once, ...repeated]) if (one.kind === 'compute') bytes += times * one.bytes;
        return (step.microBatches * bytes) / (step.seconds * gpu.memoryBandwidth);
      }),
    ),
  );
}

describe('serving over models, machines and engines of the catalogue', () => {
  test('the generator knows the catalogue', () => {
    expect(CATALOGUE_MODELS.length).toBeGreaterThan(70);
    expect(CATALOGUE_NODES.length).toBeGreaterThan(15);
    expect(SERVING_ENGINES).toContain('ideal');
  });

  test('times are positive and finite', () => {
    fc.assert(
      fc.property(choices, loads, (choice, load) => {
        const deployment = planned(choice, load);
        const { prediction } = evaluate(deployment);
        const { ttftSeconds = Number.NaN, tpotSeconds = Number.NaN, throughputTokensPerSecond } = prediction;
        for (const figure of [ttftSeconds, tpotSeconds, throughputTokensPerSecond, prediction.stepSeconds]) {
          expect(figure).toBeGreaterThan(0);
          expect(figure).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }),
      RUNS,
    );
  });

  test('no deployment computes or moves more than its GPUs can', () => {
    fc.assert(
      fc.property(choices, loads, (choice, load) => {
        const deployment = planned(choice, load);
        const evaluation = evaluate(deployment);
        const { utilisation, utilisationPerGpu } = evaluation.prediction;
        for (const share of [utilisation, ...utilisationPerGpu.map((one) => one.utilisation)]) {
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        for (const share of bandwidthShares(evaluation)) expect(share).toBeLessThanOrEqual(1);
      }),
      { ...RUNS, examples: [[LLAMA, ONE_TOKEN]] },
    );
  });

  test("Little's law: requests in flight are their rate times their latency", () => {
    fc.assert(
      fc.property(choices, loads, (choice, load) => {
        const deployment = planned(choice, load);
        const evaluation = evaluate(deployment);
        const { ttftSeconds = Number.NaN, tpotSeconds = Number.NaN } = evaluation.prediction;
        const { output, concurrency = Number.NaN } = loadOf(deployment);
        const inFlight = requestsPerSecond(evaluation) * (ttftSeconds + (output - 1) * tpotSeconds);
        expect(inFlight / concurrency).toBeCloseTo(1, 6);
        const generating = evaluation.prediction.pools.filter(({ pool }) => pool.role !== 'prefill');
        const generated = generating.reduce((sum, { throughput }) => sum + throughput, 0);
        expect(generated / evaluation.prediction.throughputTokensPerSecond).toBeCloseTo(1, 9);
      }),
      { ...RUNS, examples: [[LLAMA, ONE_TOKEN]] },
    );
  });

  test('a first token takes at least its prompt, a later one its step', () => {
    fc.assert(
      fc.property(choices, loads, (choice, load) => {
        const deployment = planned(choice, load);
        const { ttftSeconds, tpotSeconds, pools } = evaluate(deployment).prediction;
        const shortest = (phase: Step['phase']) =>
          Math.min(
            ...pools.flatMap(({ steps }) => steps.filter((step) => step.phase === phase)).map((one) => one.seconds),
          );
        expect(ttftSeconds).toBeGreaterThanOrEqual(shortest('prefill') * (1 - ROUNDING));
        expect(tpotSeconds).toBeGreaterThanOrEqual(shortest('decode') * (1 - ROUNDING));
      }),
      RUNS,
    );
  });

  test('more memory never lowers the throughput', () => {
    fc.assert(
      fc.property(choices, loads, fc.constantFrom(1.5, 4), (choice, load, by) => {
        const deployment = planned(choice, load);
        const roomy = evaluate({ ...deployment, cluster: withMemory(deployment.cluster, by) });
        const before = requestsPerSecond(evaluate(deployment));
        expect(requestsPerSecond(roomy)).toBeGreaterThanOrEqual(filled(roomy) * before * (1 - ROUNDING));
      }),
      { ...RUNS, examples: [[APART, WAVES, 4]] },
    );
  });

  test('twice the requests never lower the throughput', () => {
    fc.assert(
      fc.property(choices, loads, (choice, load) => {
        const deployment = planned(choice, load);
        const { concurrency = 1, requests } = loadOf(deployment);
        const more = { concurrency: 2 * concurrency, ...(requests !== undefined && { requests: 2 * requests }) };
        const crowded = evaluate(loaded(deployment, more));
        const before = requestsPerSecond(evaluate(deployment));
        expect(requestsPerSecond(crowded)).toBeGreaterThanOrEqual(filled(crowded) * before * (1 - ROUNDING));
      }),
      RUNS,
    );
  });

  test('drafts that are accepted more often never lower the throughput', () => {
    const acceptance = fc.double({ min: 0, max: 1, noNaN: true });
    const drafts = fc.record({ tokens: fc.integer({ min: 1, max: 4 }), one: acceptance, other: acceptance });
    fc.assert(
      fc.property(choices, loads, drafts, (choice, load, { tokens, one, other }) => {
        const deployment = planned(choice, load);
        const at = (share: number) =>
          requestsPerSecond(evaluate(enginesOf(deployment, { speculativeTokens: tokens, acceptance: share })));
        const [rarely, often] = [at(Math.min(one, other)), at(Math.max(one, other))];
        expect(often).toBeGreaterThanOrEqual(rarely * (1 - ROUNDING));
      }),
      { ...RUNS, examples: [[LLAMA, { ...ONE_TOKEN, concurrency: 800 }, { tokens: 3, one: 0, other: 1 }]] },
    );
  });

  test('longer prompts never raise the rate of requests', () => {
    fc.assert(
      fc.property(choices, loads, fc.double({ min: 0.2, max: 1, noNaN: true }), (choice, load, share) => {
        const deployment = planned(choice, load);
        const { input } = loadOf(deployment);
        const short = evaluate(loaded(deployment, { input: Math.max(1, Math.floor(input * share)) }));
        const long = requestsPerSecond(evaluate(deployment));
        expect(requestsPerSecond(short)).toBeGreaterThanOrEqual(filled(short) * long * (1 - ROUNDING));
      }),
      RUNS,
    );
  });

  test('an open loop finishes what arrives, or says that it cannot', () => {
    const rate = fc.double({ min: Math.log(1e-3), max: Math.log(1e3), noNaN: true }).map(Math.exp);
    fc.assert(
      fc.property(choices, loads, rate, (choice, { name, input, output, prefixShare }, requestRate) => {
        const load: ServingWorkload = { kind: 'serving', name, input, output, prefixShare, requestRate };
        const evaluation = evaluate(planned(choice, load));
        const { overload, ttftSeconds } = evaluation.prediction;
        const finished = requestsPerSecond(evaluation) / requestRate;
        if (overload) expect(finished).toBeLessThan(1);
        else expect(finished).toBeCloseTo(1, 9);
        expect(ttftSeconds === undefined).toBe(overload !== undefined);
      }),
      { ...RUNS, examples: [[JAMBA, { ...ONE_TOKEN, input: 130, output: 867 }, 0.6818]] },
    );
  });

  test('attention ranks of a dense model serve as so many machines would', () => {
    const dense = choices.map((choice) => ({ ...choice, layout: 'tp 4' as const }));
    fc.assert(
      fc.property(dense, loads, (choice, load) => {
        const single = catalogueDeployment(choice);
        const ranks = catalogueDeployment({ ...choice, layout: 'tp 4, dp 2' });
        fc.pre(single !== undefined && ranks !== undefined && !hasExperts(single));
        const twice = {
          concurrency: 2 * (load.concurrency ?? 1),
          ...(load.requests && { requests: 2 * load.requests }),
        };
        const one = evaluate({ ...single, workload: load });
        const two = evaluate({ ...ranks, workload: { ...load, ...twice } });
        fc.pre(!servesNone(one));
        expect(requestsPerSecond(two) / (2 * requestsPerSecond(one))).toBeCloseTo(1, 9);
        expect((two.prediction.ttftSeconds ?? 0) / (one.prediction.ttftSeconds ?? 0)).toBeCloseTo(1, 9);
      }),
      RUNS,
    );
  });
});
