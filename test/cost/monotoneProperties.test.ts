import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Work } from '../../server/src/cost/layers/context.ts';
import { poolSetting } from '../../server/src/cost/steps/stage.ts';
import { decodeStep, forwardStep } from '../../server/src/cost/steps/step.ts';
import type { Cluster, Node } from '../../server/src/plan/cluster.ts';
import type { Deployment, Pool } from '../../server/src/plan/deployment.ts';
import { evaluated } from '../support/analysed.ts';
import { acrossMagnitudes, uniform } from '../support/numbers.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { plansReader, randomPlan, textOf } from '../support/randomPlans.ts';

/** Differences of rounding are no slow-down. */
const ROUNDING = 1 + 1e-9;

/** One of the numbers of a machine made better by a factor. */
const BETTER: Readonly<Record<string, (node: Node, times: number) => Node>> = {
  memory: ({ gpu, ...node }, times) => ({ ...node, gpu: { ...gpu, memoryBandwidth: gpu.memoryBandwidth * times } }),
  arithmetic: ({ gpu, ...node }, times) => {
    const { bf16, fp8, fp4, int8, fp32 } = gpu.peak;
    const peak = {
      bf16: bf16 * times,
      ...(fp8 !== undefined && { fp8: fp8 * times }),
      ...(fp4 !== undefined && { fp4: fp4 * times }),
      ...(int8 !== undefined && { int8: int8 * times }),
      ...(fp32 !== undefined && { fp32: fp32 * times }),
    };
    return { ...node, gpu: { ...gpu, peak } };
  },
  bf16: ({ gpu, ...node }, times) => ({ ...node, gpu: { ...gpu, peak: { ...gpu.peak, bf16: gpu.peak.bf16 * times } } }),
  'scale-up': (node, times) => ({ ...node, scaleUpBandwidth: node.scaleUpBandwidth * times }),
  'scale-out': (node, times) => ({ ...node, scaleOutBandwidth: node.scaleOutBandwidth * times }),
  latency: (node, times) => ({
    ...node,
    scaleUpLatency: node.scaleUpLatency / times,
    scaleOutLatency: node.scaleOutLatency / times,
  }),
};

function improved(cluster: Cluster, number: string, times: number): Cluster {
  const better = BETTER[number];
  const groups = cluster.groups.map((group) => ({ ...group, node: better?.(group.node, times) ?? group.node }));
  return { ...cluster, groups };
}

function seconds(cluster: Cluster, pool: Pool, work: Work): number {
  const setting = poolSetting(cluster, pool);
  return work.phase === 'decode'
    ? decodeStep(setting, work, 1, 1, 0).seconds
    : forwardStep(setting, work, 2, 1).seconds;
}

const works: fc.Arbitrary<Work> = fc
  .record({
    phase: fc.constantFrom('decode' as const, 'prefill' as const, 'forward' as const),
    sequences: fc.oneof(
      fc.nat(12).map((exponent) => 2 ** exponent),
      uniform(1, 4),
    ),
    length: fc.oneof(
      fc.integer({ min: 1, max: 8 }),
      fc.nat(14).map((exponent) => 2 ** exponent),
    ),
    prefix: fc.nat(16).map((exponent) => 2 ** exponent),
  })
  .map(({ phase, sequences, length, prefix }) => ({
    phase,
    sequences,
    length: phase === 'decode' ? Math.min(length, 4) : length,
    prefix: phase === 'forward' ? 0 : prefix,
  }));

const factors = acrossMagnitudes(1, 16);

describe('over everything in the catalogue', () => {
  const read = plansReader();
  const deployments = randomPlan.map((plan): Deployment | undefined => {
    const [resolved] = read(textOf(plan)).plan.deployments;
    return resolved?.deployment;
  });

  test('no better machine makes a step slower', () => {
    assertMost(
      fc.tuple(deployments, works, fc.constantFrom(...Object.keys(BETTER)), factors),
      ([deployment, work, number, times]) => {
        if (!deployment) return false;
        const { cluster } = deployment;
        for (const pool of deployment.pools) {
          const before = seconds(cluster, pool, work);
          expect(seconds(improved(cluster, number, times), pool, work), number).toBeLessThanOrEqual(before * ROUNDING);
        }
        return true;
      },
      { runs: 250 },
    );
  });

  test('no more tokens, sequences or context makes a step faster', () => {
    assertMost(
      fc.tuple(
        deployments,
        works,
        fc.constantFrom('sequences' as const, 'length' as const, 'prefix' as const),
        factors,
      ),
      ([deployment, work, what, times]) => {
        if (!deployment) return false;
        const more = what === 'sequences' ? work.sequences * times : Math.ceil(work[what] * times);
        const { cluster } = deployment;
        for (const pool of deployment.pools) {
          const before = seconds(cluster, pool, work);
          expect(seconds(cluster, pool, { ...work, [what]: more }) * ROUNDING, what).toBeGreaterThanOrEqual(before);
        }
        return true;
      },
      { runs: 250 },
    );
  });
});

describe('two-batch overlap', () => {
  const step = (length: number, scaleUp: number) =>
    evaluated(`node eight { gpu = H100-SXM, gpus = 8, scale-up = ${scaleUp} GB/s, scale-out = 50 GB/s }
cluster one { node = eight }
workload prompts { sequences = 1, length = ${length} tokens }
deployment plan {
  model = Qwen3-8B, cluster = one, workload = prompts
  parallel { tp = 8 }
  engine { name = sglang, two-batch-overlap = true }
}
`).prediction.stepSeconds;

  test('64 tokens are no slower than 1,024, and a tenth of the bandwidth is no faster', () => {
    expect(step(64, 450)).toBeLessThanOrEqual(step(1024, 450) * ROUNDING);
    expect(step(64, 450)).toBeLessThanOrEqual(step(64, 45) * ROUNDING);
  });
});

describe('drafts', () => {
  const { prediction, cluster } = evaluated(`cluster four { node = DGX-H100, count = 4 }
workload chat { input = 1000 tokens, output = 100 tokens, concurrency = 64 }
deployment plan {
  model = DeepSeek-V3, cluster = four, workload = chat
  parallel { tp = 4, ep = 2 }
  engine { name = trt-llm, speculative-tokens = 3, acceptance = 0.7, graphs = false }
}
`);
  const [pool] = prediction.pools;
  const decode = (length: number) =>
    pool ? seconds(cluster, pool.pool, { phase: 'decode', sequences: 1, length, prefix: 1 }) : Number.NaN;

  test('more positions to verify make no step faster', () => {
    expect(decode(3) * ROUNDING).toBeGreaterThanOrEqual(decode(1));
    expect(decode(4) * ROUNDING).toBeGreaterThanOrEqual(decode(3));
  });
});
