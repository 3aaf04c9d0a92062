import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hardwareOf, precisionOf } from '../../server/src/cost/hardware.ts';
import { attendedPairs, decodeAttention, prefillAttention } from '../../server/src/cost/kernels/attention.ts';
import { gemm } from '../../server/src/cost/kernels/gemm.ts';
import { groupedGemm } from '../../server/src/cost/kernels/grouped.ts';
import { joined } from '../../server/src/cost/kernels/primitive.ts';
import { experts, H100, H200 } from '../support/deployments.ts';

const H20 = {
  ...H100,
  name: 'H20',
  lineage: ['H20'],
  memoryBandwidth: 4e12,
  peak: { bf16: 148e12, fp8: 296e12 },
  multiprocessors: 78,
};
const hopper = hardwareOf(H200, 'trt-llm');

function within(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(tolerance);
}

describe('the primitive', () => {
  test('a large exponent is a roofline, 1 a sum', () => {
    expect(joined(1, 2, 3, 1000)).toBeCloseTo(4);
    expect(joined(1, 2, 3, 1)).toBeCloseTo(6);
    expect(joined(1, 0, 0, 2)).toBe(1);
  });
});

describe('measured kernels', () => {
  // Alibaba InferSim, bench_data/gemm/h20: DeepGEMM fp8 with block scales on H20; m, n, k and microseconds.
  for (const [m, n, k, microseconds] of [
    [16, 6144, 2048, 10.63],
    [64, 6144, 2048, 10.696],
    [128, 6144, 2048, 16.166],
  ] as const) {
    test(`DeepGEMM ${m} x ${n} x ${k} on H20`, () => {
      within(gemm(hardwareOf(H20, 'sglang'), m, n, k, 'fp8-block').seconds * 1e6, microseconds, 0.15);
    });
  }

  // aiconfigurator, H200, TensorRT-LLM 1.3: experts of Qwen3-30B-A3B with block scales, ep 64, tokens and microseconds.
  for (const [tokens, microseconds] of [
    [128, 23.525],
    [4096, 51.259],
    [16384, 134.368],
  ] as const) {
    test(`experts of 128, 8 chosen, 2 on a GPU, ${tokens} tokens`, () => {
      const active = 2 * (1 - (1 - 8 / 128) ** tokens);
      const cost = groupedGemm(hopper, experts(128, 8, 768), 2048, 768, (tokens * 8) / 64, active, 'fp8-block', tokens);
      within(cost.seconds * 1e6, microseconds, 0.3);
    });
  }

  // aiconfigurator, TensorRT-LLM 1.3: H200, 512 sequences of 32,768 tokens over MLA with 16 heads, 8-bit cache.
  test('latent attention reads 9.7 GB of cache', () => {
    const keys = 512 * 32768;
    within(decodeAttention(hopper, true, true, keys * 576, 2 * 16 * 1088 * keys).seconds * 1e6, 3097.765, 0.1);
  });

  // The same, 16 sequences of 16,384 tokens over one key/value head.
  test('a small grouped-query cache', () => {
    const bytes = 16 * 16384 * 2 * 128;
    within(decodeAttention(hopper, false, true, bytes, 4 * 8 * 128 * 16 * 16384).seconds * 1e6, 35.029, 0.15);
  });

  // The same, 4 prompts of 16,384 tokens over MLA with 128 heads.
  test('latent prefill', () => {
    const pairs = attendedPairs(16384, 0, Number.POSITIVE_INFINITY);
    within(prefillAttention(hopper, true, false, 128, 320, 4, pairs, 16384, 0).seconds * 1e6, 65398.163, 0.25);
  });
});

describe('attended pairs', () => {
  test('causal: each token sees itself and what was before', () => {
    expect(attendedPairs(4, 0, Number.POSITIVE_INFINITY)).toBe(1 + 2 + 3 + 4);
    expect(attendedPairs(2, 10, Number.POSITIVE_INFINITY)).toBe(11 + 12);
  });

  test('a cap, token by token', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 60 }), (queries, prefix, cap) => {
        let sum = 0;
        for (let token = 1; token <= queries; token++) sum += Math.min(cap, prefix + token);
        expect(attendedPairs(queries, prefix, cap)).toBe(sum);
      }),
    );
  });
});

describe('arithmetic of narrow types', () => {
  const ampere = { ...H100, name: 'A100-SXM', lineage: ['A100-SXM'], peak: { bf16: 312e12 } };

  test('a GPU without 8-bit units widens fp8 weights', () => {
    expect(precisionOf(ampere, 'fp8-block')).toBe('weight-only');
    expect(precisionOf(H100, 'fp8-block')).toBe('fp8-block');
    expect(precisionOf(H100, 'nvfp4')).toBe('weight-only');
  });

  test('fp8 halves a large product and a large read', () => {
    const wide = gemm(hopper, 8192, 8192, 8192, 'bf16').seconds;
    within(gemm(hopper, 8192, 8192, 8192, 'fp8').seconds, wide / 2, 0.5);
    expect(gemm(hopper, 8, 16384, 16384, 'fp8').seconds).toBeLessThan(
      0.7 * gemm(hopper, 8, 16384, 16384, 'bf16').seconds,
    );
  });

  test('constants of a base hold for what extends it, and a strange GPU has the wide band of none', () => {
    const mine = hardwareOf({ ...H100, name: 'mine', lineage: ['mine', 'H100-SXM'] }, 'ideal');
    expect(mine.family).toBe('hopper');
    expect(hardwareOf({ ...H100, name: 'strange', lineage: ['strange'] }, 'ideal').family).toBe('generic');
  });
});
