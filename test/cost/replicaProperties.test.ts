import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { servesNone } from '../../server/src/cost/figures/figures.ts';
import type { Deployment } from '../../server/src/plan/deployment.ts';
import {
  CATALOGUE_MODELS,
  CATALOGUE_NODES,
  type Choice,
  catalogueDeployment,
  SERVING_ENGINES,
  type ServingWorkload,
} from '../support/catalogueDeployments.ts';
import { scaled } from '../support/numbers.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { crowded, loads, requestsPerSecond } from '../support/servingLoads.ts';

const isDense = (deployment: Deployment | undefined) =>
  deployment?.model.classes.every(({ feedForward }) => feedForward.kind !== 'moe') === true;

/** Models of the catalogue without experts. */
const DENSE_MODELS = CATALOGUE_MODELS.filter((model) =>
  isDense(catalogueDeployment({ model, node: 'DGX-H100', engine: 'ideal', layout: 'tp 1' })),
);

/** A dense model on `tp` GPUs, and ways to have that two and four times. */
const LAYOUTS = [
  [
    'tp 1',
    [
      ['tp 1, dp 2', 2],
      ['tp 1, dp 4', 4],
      ['tp 1, 2 replicas', 2],
    ],
  ],
  [
    'tp 2',
    [
      ['tp 2, dp 2', 2],
      ['tp 2, dp 4', 4],
      ['tp 2, 2 replicas', 2],
    ],
  ],
  [
    'tp 4',
    [
      ['tp 4, dp 2', 2],
      ['tp 4, dp 4', 4],
      ['tp 4, 2 replicas', 2],
    ],
  ],
] as const;

const ways = LAYOUTS.flatMap(([single, many]) => many.map(([layout, times]) => ({ single, layout, times })));

interface Case {
  readonly machine: Omit<Choice, 'layout'>;
  readonly way: (typeof ways)[number];
  readonly load: ServingWorkload;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    machine: fc.record({
      model: fc.constantFrom(...DENSE_MODELS),
      node: fc.constantFrom(...CATALOGUE_NODES),
      engine: fc.constantFrom(...SERVING_ENGINES),
    }),
    way: fc.constantFrom(...ways),
    load: loads,
    concurrency: fc.oneof(fc.constant(1), scaled(4096)),
  })
  .map(({ load, concurrency, ...rest }) => ({ ...rest, load: crowded(load, concurrency) }));

/** Ranks of one GPU each had the buffers of a library that they do not need, and held fewer requests. */
const FULL: Case = {
  machine: { model: 'Llama-3.1-8B', node: 'DGX-A100-40GB', engine: 'trt-llm' },
  way: { single: 'tp 1', layout: 'tp 1, dp 2', times: 2 },
  load: { kind: 'serving', name: 'load', input: 1, output: 1, concurrency: 2616, prefixShare: 0 },
};

/** Ranks without experts had room for tokens of each other, which they never exchange. */
const NEARLY_FULL: Case = {
  machine: { model: 'Qwen2.5-72B', node: 'DGX-H100', engine: 'vllm' },
  way: { single: 'tp 4', layout: 'tp 4, dp 2', times: 2 },
  load: { kind: 'serving', name: 'load', input: 1503, output: 2, concurrency: 400, prefixShare: 0 },
};

const figures = ({ prediction }: Evaluation) => [
  prediction.ttftSeconds ?? Number.NaN,
  prediction.tpotSeconds ?? Number.NaN,
  prediction.stepSeconds,
];

describe('a dense model', () => {
  test('is in the catalogue more than once', () => {
    expect(DENSE_MODELS.length).toBeGreaterThan(25);
  });

  test('serves on several attention ranks, or replicas, as so many machines would', () => {
    assertMost(
      cases,
      ({ machine, way: { single, layout, times }, load }) => {
        const alone = catalogueDeployment({ ...machine, layout: single });
        const together = catalogueDeployment({ ...machine, layout });
        if (!alone || !together) return false;
        const one = evaluate({ ...alone, workload: load });
        if (servesNone(one)) return false;
        const several = evaluate({ ...together, workload: crowded(load, times * (load.concurrency ?? 1)) });
        const rate = requestsPerSecond(several) / (times * requestsPerSecond(one));
        // Of more requests the last to end takes longer.
        if (load.requests === undefined) expect(rate).toBeCloseTo(1, 9);
        expect(rate).toBeLessThan(1 + 1e-9);
        expect(rate).toBeGreaterThan(0.8);
        const expected = figures(one);
        figures(several).forEach((seconds, index) => {
          expect(seconds / (expected[index] ?? Number.NaN)).toBeCloseTo(1, 9);
        });
        return true;
      },
      { runs: 150, examples: [FULL, NEARLY_FULL] },
    );
  });
});
