import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestParts } from '../../server/src/cost/breakdown/request.ts';
import { partsOfStep } from '../../server/src/cost/breakdown/step.ts';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { evaluated, exampleEvaluations } from '../support/analysed.ts';
import { choices } from '../support/catalogueDeployments.ts';
import { assertMost, seeded } from '../support/propertyRuns.ts';
import { smallDeployment } from '../support/randomDeployments.ts';
import { loads, planned } from '../support/servingLoads.ts';

/** The parts of each step add up to it, and those in which nothing runs are the bubble that is stated. */
function expectWhole(evaluation: Evaluation): void {
  for (const prediction of evaluation.prediction.pools)
    for (const step of prediction.steps) {
      const parts = partsOfStep(evaluation, prediction, step);
      const sum = parts.reduce((total, { seconds }) => total + seconds, 0);
      expect(sum / step.seconds).toBeCloseTo(1, 9);
      const bubble = parts.find(({ kind }) => kind === 'bubble')?.seconds ?? 0;
      expect(bubble / step.seconds).toBeCloseTo(step.bubbleFraction, 6);
      expect(parts.every(({ seconds, unevenSeconds }) => seconds > 0 && unevenSeconds <= seconds)).toBe(true);
    }
}

function shares(evaluation: Evaluation, phase: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const prediction of evaluation.prediction.pools)
    for (const step of prediction.steps.filter((candidate) => candidate.phase === phase))
      for (const { kind, seconds } of partsOfStep(evaluation, prediction, step))
        found.set(kind, (found.get(kind) ?? 0) + seconds / step.seconds);
  return found;
}

describe('the parts of a step', () => {
  test('add up to it in every example', () => {
    for (const evaluation of exampleEvaluations().values()) expectWhole(evaluation);
  });

  test('add up to it for batches and training of any degrees', () => {
    fc.assert(
      fc.property(smallDeployment, (deployment) => expectWhole(evaluate(deployment))),
      seeded(60),
    );
  });

  test('add up to it for any load of the catalogue, prompts in chunks included', () => {
    assertMost(
      fc.tuple(choices, loads),
      ([choice, load]) => {
        const deployment = planned(choice, load);
        if (!deployment) return false;
        const evaluation = evaluate(deployment);
        expectWhole(evaluation);
        const parts = requestParts(deployment, evaluation.prediction);
        const { latencySeconds } = evaluation.prediction;
        const sum = parts.reduce((total, { seconds }) => total + seconds, 0);
        if (latencySeconds !== undefined) expect(sum / latencySeconds).toBeCloseTo(1, 9);
        return true;
      },
      { runs: 40, least: 0.3 },
    );
  });

  test('communication that computation hides is no part, and the rest of it is', () => {
    const plan = (overlap: string) => `
cluster machines { node = DGX-H100, count = 4 }
workload chat { input = 4000 tokens, output = 500 tokens, concurrency = 2048 }
deployment it {
  model = DeepSeek-V3, cluster = machines, workload = chat
  parallel { dp = 32, ep = 32 }
  engine { name = sglang, all-to-all = deepep-normal, graph-batch = 64, chunk = 4096 tokens${overlap} }
}`;
    const apart = shares(evaluated(plan('')), 'prefill');
    const beside = shares(evaluated(plan(', two-batch-overlap = true')), 'prefill');
    expect(apart.get('dispatch')).toBeGreaterThan(0.03);
    expect(beside.get('dispatch') ?? 0).toBeLessThan(0.01);
  });
});

describe('what limits a deployment', () => {
  const apart = (concurrency: number, output: number) => `
cluster racks { node = DGX-H100, count = 13 }
workload chat { input = 4000 tokens, output = ${output} tokens, concurrency = ${concurrency} }
deployment apart {
  model = DeepSeek-R1, cluster = racks, workload = chat
  pool prefill {
    gpus = 0..31
    parallel { dp = 32, ep = 32 }
    engine { name = sglang, all-to-all = deepep-normal, chunk = 8_192 tokens }
  }
  pool decode {
    gpus = 32..103
    parallel { dp = 72, ep = 72 }
    redundant-experts = 32
    engine { name = sglang, all-to-all = deepep-low-latency, dispatch-tokens = 128 tokens, graph-batch = 128 }
  }
  prefill -> decode
}`;

  test('is the pool for which requests wait, in its own step, and the other has little to do', () => {
    const { bottleneck } = evaluated(apart(4000, 100)).prediction;
    expect(bottleneck).toMatchObject({ pool: 'prefill', phase: 'prefill', wait: { kind: 'pool', pool: 'prefill' } });
    expect(bottleneck.wait?.share).toBeGreaterThan(0.9);
    expect(bottleneck.text).toMatch(
      /^A request waits [\d.,]+ of [\d.,]+ s for pool prefill, while pool decode is at [\d.]+ % of its capacity\. The largest part of the prefill step is launches and host: \d+ %\.$/,
    );
  });

  test('is the pool that generates where that is full', () => {
    const { bottleneck } = evaluated(apart(4000, 30_000)).prediction;
    expect(bottleneck).toMatchObject({ pool: 'decode', phase: 'decode', wait: { kind: 'pool', pool: 'decode' } });
    expect(bottleneck.text).toContain('for pool decode, while pool prefill is at');
  });

  const together = (concurrency: string, more = '') => `
cluster machines { node = DGX-H100, count = 1 }
workload chat { input = 4000 tokens, output = 500 tokens, ${concurrency} }
deployment it {
  model = Mixtral-8x7B, cluster = machines, workload = chat
  parallel { tp = 4, dp = 2 }
  engine { name = vllm${more} }
}`;

  test('is the step alone where nobody waits', () => {
    const { bottleneck } = evaluated(together('concurrency = 8')).prediction;
    expect(bottleneck.wait).toBeUndefined();
    expect(bottleneck.text).toMatch(
      /^The largest part of the decode step is routed experts: \d+ %, bound by memory bandwidth\.$/,
    );
  });

  test('is room in the cache where requests wait for that', () => {
    const { bottleneck } = evaluated(together('concurrency = 4000', ', cache-tokens = 40_000 tokens')).prediction;
    expect(bottleneck.wait).toMatchObject({ kind: 'cache' });
    expect(bottleneck.text).toMatch(
      /^A request waits .* s for room in the KV cache, which holds \d+ of 4,000 requests\./,
    );
  });

  test('is a queue without end where more arrive than are finished', () => {
    const { bottleneck } = evaluated(together('request-rate = 500 requests/s')).prediction;
    expect(bottleneck.wait).toMatchObject({ kind: 'overload', share: 1 });
    expect(bottleneck.text).toMatch(/^Of 500 requests\/s that arrive [\d.]+ requests\/s are finished/);
  });

  test('is nothing at all of a service whose cache has no room', () => {
    const { bottleneck } = evaluated(
      together('concurrency = 8').replace('input = 4000', 'input = 9_000_000'),
    ).prediction;
    expect(bottleneck.text).toMatch(/^The KV cache has room for no request of this length, so nothing is served\./);
  });

  test('of training counts the exchange of tokens as far as paired passes do not hide it', () => {
    const training = (schedule: string) => `
cluster machines { node = H800x8, count = 32 }
workload learn { mode = training, global-batch = 960, micro-batch = 1, length = 4096 tokens }
deployment it {
  model = DeepSeek-V3, cluster = machines, workload = learn
  engine { name = megatron }
  parallel { pp = 16, ep = 16, schedule = ${schedule} }
}`;
    const exchange = (schedule: string) => {
      const found = shares(evaluated(training(schedule)), 'training');
      return (found.get('dispatch') ?? 0) + (found.get('combine') ?? 0);
    };
    // Half of it is hidden, and the step is shorter by that.
    expect(exchange('dualpipe')).toBeLessThan(0.85 * exchange('1f1b'));
    expect(exchange('dualpipe')).toBeGreaterThan(0);
  });
});
