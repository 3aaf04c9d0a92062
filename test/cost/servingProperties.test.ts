import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import type { Step } from '../../server/src/cost/operation.ts';
import { placeOf } from '../../server/src/plan/cluster.ts';
import {
  CATALOGUE_MODELS,
  CATALOGUE_NODES,
  type Choice,
  choices,
  SERVING_ENGINES,
  type ServingWorkload,
} from '../support/catalogueDeployments.ts';
import { acrossMagnitudes } from '../support/numbers.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { loadOf, loads, planned, ROUNDING, requestsPerSecond } from '../support/servingLoads.ts';

// Where each property was first seen to fail.
const LLAMA: Choice = { model: 'Llama-3.1-8B', node: 'DGX-H100', engine: 'ideal', layout: 'tp 1' };
const JAMBA: Choice = { model: 'Jamba-v0.1', node: 'DGX-B300', engine: 'vllm', layout: 'tp 2, pp 4' };
const ONE_TOKEN: ServingWorkload = {
  kind: 'serving',
  name: 'load',
  input: 32_768,
  output: 1,
  concurrency: 64,
  prefixShare: 0,
};

/** Checks what is predicted for most choices and loads. */
function assertServing(
  check: (evaluation: Evaluation) => void,
  examples: readonly [Choice, ServingWorkload][] = [],
): void {
  const checked = ([choice, load]: readonly [Choice, ServingWorkload]) => {
    const deployment = planned(choice, load);
    if (deployment) check(evaluate(deployment));
    return deployment !== undefined;
  };
  assertMost(fc.tuple(choices, loads), checked, { runs: 60, examples });
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
    assertServing(({ prediction }) => {
      const { ttftSeconds = Number.NaN, tpotSeconds = Number.NaN, throughputTokensPerSecond } = prediction;
      for (const figure of [ttftSeconds, tpotSeconds, throughputTokensPerSecond, prediction.stepSeconds]) {
        expect(figure).toBeGreaterThan(0);
        expect(figure).toBeLessThan(Number.POSITIVE_INFINITY);
      }
    });
  });

  test('no deployment computes or moves more than its GPUs can', () => {
    assertServing(
      (evaluation) => {
        const { utilisation, utilisationPerGpu } = evaluation.prediction;
        for (const share of [utilisation, ...utilisationPerGpu.map((one) => one.utilisation)]) {
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        for (const share of bandwidthShares(evaluation)) expect(share).toBeLessThanOrEqual(1);
      },
      [[LLAMA, ONE_TOKEN]],
    );
  });

  test("Little's law: requests in flight are their rate times their latency", () => {
    assertServing(
      (evaluation) => {
        const { ttftSeconds = Number.NaN, tpotSeconds = Number.NaN } = evaluation.prediction;
        const { output, concurrency = Number.NaN } = loadOf(evaluation.deployment);
        const inFlight = requestsPerSecond(evaluation) * (ttftSeconds + (output - 1) * tpotSeconds);
        // A benchmark that ends has fewer in flight than it keeps up.
        if (loadOf(evaluation.deployment).requests === undefined) expect(inFlight / concurrency).toBeCloseTo(1, 6);
        expect(inFlight / concurrency).toBeLessThan(1 + 1e-6);
        expect(inFlight / concurrency).toBeGreaterThan(0.6);
        const generating = evaluation.prediction.pools.filter(({ pool }) => pool.role !== 'prefill');
        const generated = generating.reduce((sum, { throughput }) => sum + throughput, 0);
        expect(generated / evaluation.prediction.throughputTokensPerSecond).toBeCloseTo(1, 9);
      },
      [[LLAMA, ONE_TOKEN]],
    );
  });

  test('a first token takes at least its prompt, a later one its step', () => {
    assertServing(({ deployment, prediction: { ttftSeconds, tpotSeconds, pools } }) => {
      const shortest = (phase: Step['phase']) =>
        Math.min(
          ...pools.flatMap(({ steps }) => steps.filter((step) => step.phase === phase)).map((one) => one.seconds),
        );
      expect(ttftSeconds).toBeGreaterThanOrEqual(shortest('prefill') * (1 - ROUNDING));
      expect(tpotSeconds).toBeGreaterThanOrEqual(shortest('decode') * (1 - ROUNDING));
      const isApart = deployment.pools.some(({ role }) => role === 'prefill');
      if (isApart) expect(pools.map(({ steps }) => steps[0]?.phase)).toContain('prefill');
    });
  });

  test('an open loop finishes what arrives, or says that it cannot', () => {
    const rates = acrossMagnitudes(1e-3, 1e3);
    assertMost(
      fc.tuple(choices, loads, rates),
      ([choice, { name, input, output, prefixShare }, requestRate]) => {
        const deployment = planned(choice, { kind: 'serving', name, input, output, prefixShare, requestRate });
        if (!deployment) return false;
        const evaluation = evaluate(deployment);
        const { overload, ttftSeconds } = evaluation.prediction;
        const finished = requestsPerSecond(evaluation) / requestRate;
        if (overload) expect(finished).toBeLessThan(1);
        else expect(finished).toBeCloseTo(1, 9);
        expect(ttftSeconds === undefined).toBe(overload !== undefined);
        return true;
      },
      { runs: 60, examples: [[JAMBA, { ...ONE_TOKEN, input: 130, output: 867 }, 0.6818]] },
    );
  });
});
