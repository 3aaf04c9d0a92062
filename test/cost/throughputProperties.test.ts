import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import type { Deployment } from '../../server/src/plan/deployment.ts';
import { type Choice, choices, type ServingWorkload } from '../support/catalogueDeployments.ts';
import { uniform } from '../support/numbers.ts';
import { assertMost } from '../support/propertyRuns.ts';
import {
  crowded,
  decodeSteps,
  enginesOf,
  loaded,
  loadOf,
  loads,
  planned,
  ROUNDING,
  requestsPerSecond,
  withMemory,
} from '../support/servingLoads.ts';

/** Kernels take tiles and waves whole. Without that nothing may fall when a deployment has more of anything. */
const kernels = vi.hoisted(() => ({ isWhole: true }));

vi.mock(import('../../server/src/cost/kernels/tiles.ts'), async (load) => {
  const { tileRows, wholeTiles, wholeWaves } = await load();
  return {
    tileRows: (rows) => (kernels.isWhole ? tileRows(rows) : Math.min(128, Math.max(64, rows))),
    wholeTiles: (rows, tile) => (kernels.isWhole ? wholeTiles(rows, tile) : Math.max(1, rows / tile)),
    wholeWaves: (waves) => (kernels.isWhole ? wholeWaves(waves) : Math.max(1, waves)),
  };
});

const rateOf = (deployment: Deployment) => requestsPerSecond(evaluate(deployment));

function withoutTiles<T>(answer: () => T): T {
  kernels.isWhole = false;
  try {
    return answer();
  } finally {
    kernels.isWhole = true;
  }
}

/**
 * `better` finishes at least as many requests a second as `worse`. It takes in more of them where it can, as engines do, so
 * its last tile and its last wave may be nearly empty: what those take from its own rate, and nothing else, may be lost.
 */
function expectNoSlower(better: Deployment, worse: Deployment): void {
  const [faster, slower] = withoutTiles(() => [rateOf(better), rateOf(worse)]);
  expect(faster).toBeGreaterThanOrEqual(slower * (1 - ROUNDING));
  const kept = rateOf(better) / faster;
  expect(kept).toBeLessThanOrEqual(1 + ROUNDING);
  expect(rateOf(better)).toBeGreaterThanOrEqual(kept * rateOf(worse) * (1 - ROUNDING));
}

function inside(evaluation: Evaluation): number {
  return decodeSteps(evaluation).reduce((sum, step) => sum + step.sequencesPerRank * step.microBatches, 0);
}

const plain = (load: Pick<ServingWorkload, 'input' | 'output' | 'concurrency'>): ServingWorkload => ({
  kind: 'serving',
  name: 'load',
  prefixShare: 0,
  ...load,
});

// Where each property was first seen to fail.
const LLAMA: Choice = { model: 'Llama-3.1-8B', node: 'DGX-H100', engine: 'ideal', layout: 'tp 1' };
const APART: Choice = { model: 'GLM-4.6', node: 'MI355X-8', engine: 'trt-llm', layout: 'prefill tp 4, decode tp 4' };
/** The activations of requests that wait took the cache of those that run. */
const FULL: Choice = {
  model: 'DeepSeek-V3.1',
  node: 'RTX-PRO-6000-8',
  engine: 'ideal',
  layout: 'prefill dp 8, decode dp 8',
};
/** The balance of the two pools was found to a thousandth. */
const BALANCED: Choice = {
  model: 'Llama-3-70B',
  node: 'DGX-H100',
  engine: 'sglang',
  layout: 'prefill tp 4, decode tp 4',
};
const WAVES: ServingWorkload = {
  ...plain({ input: 8273, output: 1, concurrency: 3340 }),
  lengthSpread: 0.1,
  requests: 3340,
};
/** Of two requests in step one waited for longer than they gained by company. */
const IN_STEP: Choice = { model: 'Mixtral-8x22B', node: 'L40S-8', engine: 'trt-llm', layout: 'tp 8' };
const TOGETHER: ServingWorkload = {
  ...plain({ input: 60_093, output: 100, concurrency: 1 }),
  prefixShare: 0.3,
  lengthSpread: 0,
  requests: 100,
};
const LONG = plain({ input: 2000, output: 100, concurrency: 1572 });

describe('throughput over models, machines and engines of the catalogue', () => {
  test('more memory never lowers it', () => {
    // More requests than the cache holds: most of these are served faster with more memory.
    const crowds: fc.Arbitrary<number | undefined> = uniform(1, 12);
    let limited = 0;
    let tried = 0;
    const check = ([choice, load, by, crowd]: readonly [Choice, ServingWorkload, number, number | undefined]) => {
      let deployment = planned(choice, load);
      if (!deployment) return false;
      if (crowd !== undefined) {
        const fitting = Math.min(...evaluate(deployment).memory.map(({ requestsThatFit }) => requestsThatFit));
        const many = Math.ceil(crowd * Math.min(2 ** 16, fitting));
        deployment = { ...deployment, workload: crowded(load, many) };
      }
      const roomy = { ...deployment, cluster: withMemory(deployment.cluster, by) };
      expectNoSlower(roomy, deployment);
      tried++;
      if (inside(evaluate(roomy)) > inside(evaluate(deployment))) limited++;
      return true;
    };
    assertMost(fc.tuple(choices, loads, fc.constantFrom(1.5, 4), crowds), check, {
      runs: 100,
      examples: [
        [APART, WAVES, 4, undefined],
        [BALANCED, LONG, 4, undefined],
      ],
    });
    expect(limited / tried).toBeGreaterThan(0.4);
  });

  test('twice the requests never lower it', () => {
    assertMost(
      fc.tuple(choices, loads),
      ([choice, load]) => {
        // The end of a benchmark of twice the requests takes longer, so that alone is left out.
        const { requests: _, ...endless } = load;
        const deployment = planned(choice, endless);
        if (!deployment) return false;
        const { concurrency = 1 } = load;
        expectNoSlower({ ...deployment, workload: crowded(endless, 2 * concurrency) }, deployment);
        return true;
      },
      {
        runs: 100,
        examples: [
          [FULL, { ...plain({ input: 1, output: 100, concurrency: 4428 }), prefixShare: 0.9 }],
          [BALANCED, LONG],
          [IN_STEP, TOGETHER],
        ],
      },
    );
  });

  test('drafts that are accepted more often never lower it', () => {
    const acceptance = uniform(0, 1);
    const drafts = fc.record({ tokens: fc.integer({ min: 1, max: 4 }), one: acceptance, other: acceptance });
    assertMost(
      fc.tuple(choices, loads, drafts),
      ([choice, load, { tokens, one, other }]) => {
        const deployment = planned(choice, load);
        if (!deployment) return false;
        const at = (share: number) => enginesOf(deployment, { speculativeTokens: tokens, acceptance: share });
        expectNoSlower(at(Math.max(one, other)), at(Math.min(one, other)));
        return true;
      },
      {
        runs: 100,
        examples: [[LLAMA, plain({ input: 32_768, output: 1, concurrency: 800 }), { tokens: 3, one: 0, other: 1 }]],
      },
    );
  });

  test('longer prompts never raise it', () => {
    assertMost(
      fc.tuple(choices, loads, uniform(0.2, 1)),
      ([choice, load, share]) => {
        const deployment = planned(choice, load);
        if (!deployment) return false;
        const { input } = loadOf(deployment);
        expectNoSlower(loaded(deployment, { input: Math.max(1, Math.floor(input * share)) }), deployment);
        return true;
      },
      { runs: 100, examples: [[BALANCED, LONG, 0.5]] },
    );
  });
});
