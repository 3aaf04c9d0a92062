import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Hardware, hardwareOf, precisionOf } from '../../server/src/cost/hardware.ts';
import {
  attendedPairs,
  decodeAttention,
  indexerScores,
  prefillAttention,
} from '../../server/src/cost/kernels/attention.ts';
import { gemm } from '../../server/src/cost/kernels/gemm.ts';
import { groupedGemm } from '../../server/src/cost/kernels/grouped.ts';
import { joined } from '../../server/src/cost/kernels/primitive.ts';
import { experts, H100, H200 } from '../support/deployments.ts';

const H20 = {
  ...H100,
  name: 'H20',
  family: 'hopper-h20' as const,
  memoryBandwidth: 4e12,
  peak: { bf16: 148e12, fp8: 296e12 },
  multiprocessors: 78,
};
const hopper = hardwareOf(H200, 'trt-llm');
const MI300X = {
  ...H100,
  name: 'MI300X',
  family: 'cdna3' as const,
  memoryBandwidth: 5.3e12,
  peak: { bf16: 1307e12, fp8: 2615e12 },
  multiprocessors: 304,
};
/** Until a kernel's activations are narrowed, and tokens sorted by expert: aiter's times leave that out. */
const [NARROWED, SORTED] = [4.5, 15];

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

  // ROCm aiter, aiter/configs/a8w8_blockscale_tuned_gemm.csv at 118ba06: m, n, k and microseconds.
  for (const [m, n, k, microseconds] of [
    [16, 1536, 7168, 19.3],
    [16, 7168, 2048, 8.4],
    [128, 7168, 256, 4.3],
    [2048, 4608, 7168, 195.6],
    [8192, 7168, 2048, 339],
  ] as const) {
    test(`aiter ${m} x ${n} x ${k} on MI300X`, () => {
      const { seconds } = gemm(hardwareOf(MI300X, 'sglang'), m, n, k, 'fp8-block');
      within(seconds * 1e6, microseconds + NARROWED, 0.2);
    });
  }

  // The same, model_configs/a8w8_blockscale_tuned_fmoe_ds_v3.csv at 0b1924d: 33 experts of DeepSeek-V3's size, 9 for each token.
  for (const [tokens, microseconds] of [
    [4, 220.9],
    [64, 363.5],
    [1024, 1091],
    [16384, 13797],
  ] as const) {
    test(`aiter's experts of ${tokens} tokens on MI300X`, () => {
      const active = 33 * (1 - (1 - 9 / 33) ** tokens);
      const of = experts(33, 9, 2048);
      const { seconds } = groupedGemm(
        hardwareOf(MI300X, 'sglang'),
        of,
        7168,
        2048,
        9 * tokens,
        active,
        'fp8-block',
        tokens,
      );
      within(seconds * 1e6, microseconds + SORTED, 0.3);
    });
  }

  // aiconfigurator, H200, TensorRT-LLM 1.3: latent attention of a prompt, 128 heads; tokens, and microseconds with a cache of 16 and 8 bits.
  for (const [tokens, wide, narrow] of [
    [1024, 135.9, 175.2],
    [4096, 1249, 1292],
    [16384, 19165, 16270],
  ] as const) {
    test(`latent attention of ${tokens} tokens on H200, with a wide and a narrow cache`, () => {
      const pairs = attendedPairs(tokens, 0, Number.POSITIVE_INFINITY);
      const of = (isNarrow: boolean) =>
        prefillAttention(hopper, true, isNarrow, 128, 320, 1, pairs, tokens, 0).seconds * 1e6;
      within(of(false), wide, 0.1);
      within(of(true), narrow, 0.15);
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
  const ampere = { ...H100, name: 'A100-SXM', family: 'ampere' as const, peak: { bf16: 312e12 } };

  test('a GPU without 8-bit units widens fp8 weights', () => {
    expect(precisionOf(ampere, 'fp8-block')).toBe('weight-only');
    expect(precisionOf(H100, 'fp8-block')).toBe('fp8-block');
    expect(precisionOf(H100, 'nvfp4')).toBe('weight-only');
    expect(precisionOf(H100, 'fp8-channel')).toBe('fp8');
    expect(precisionOf(ampere, 'fp8-channel')).toBe('weight-only');
    expect(precisionOf(H100, 'mxfp8')).toBe('weight-only');
    expect(precisionOf({ ...H100, peak: { ...H100.peak, fp4: 9e15 } }, 'mxfp8')).toBe('fp8');
    expect(precisionOf(H100, 'int4-128')).toBe('weight-only');
  });

  test('fp8 halves a large product and a large read', () => {
    const wide = gemm(hopper, 8192, 8192, 8192, 'bf16').seconds;
    within(gemm(hopper, 8192, 8192, 8192, 'fp8').seconds, wide / 2, 0.5);
    expect(gemm(hopper, 8, 16384, 16384, 'fp8').seconds).toBeLessThan(
      0.7 * gemm(hopper, 8, 16384, 16384, 'bf16').seconds,
    );
  });

  test('constants follow the family and never the name', () => {
    expect(hardwareOf({ ...H100, name: 'A100' }, 'ideal').family).toBe('hopper');
    expect(hardwareOf({ ...H100, family: 'other' }, 'ideal').family).toBe('generic');
  });
});

describe('no kernel gains from more work or less machine', () => {
  const blackwell = {
    ...H100,
    name: 'B200-SXM',
    family: 'blackwell' as const,
    memoryBandwidth: 7.7e12,
    peak: { bf16: 2250e12, fp8: 4500e12, fp4: 9000e12 },
    multiprocessors: 148,
  };
  const machines = [H100, H200, H20, blackwell].flatMap((gpu) =>
    (['trt-llm', 'sglang', 'vllm', 'ideal'] as const).map((engine) => hardwareOf(gpu, engine)),
  );
  const machine = fc.constantFrom(...machines);
  const type = fc.constantFrom('bf16', 'fp8', 'fp8-block', 'nvfp4');
  const size = fc.integer({ min: 16, max: 16384 });
  const rows = fc.integer({ min: 1, max: 20000 });
  const more = fc.integer({ min: 0, max: 3000 });

  function withBandwidth(hardware: Hardware, factor: number): Hardware {
    return { ...hardware, gpu: { ...hardware.gpu, memoryBandwidth: hardware.gpu.memoryBandwidth * factor } };
  }

  /** Rounding must not fail a test; a millionth is none of the model's doing. */
  function notLess(larger: number, smaller: number): void {
    expect(larger).toBeGreaterThanOrEqual(smaller * (1 - 1e-6));
  }

  test('dense products: more rows, a slower memory', () => {
    fc.assert(
      fc.property(machine, type, rows, more, size, size, (hardware, weights, m, extra, n, k) => {
        const { seconds } = gemm(hardware, m, n, k, weights);
        notLess(gemm(hardware, m + extra, n, k, weights).seconds, seconds);
        notLess(seconds, gemm(withBandwidth(hardware, 1.5), m, n, k, weights).seconds);
      }),
    );
  });

  test('experts: more tokens, which wake more experts, and a slower memory', () => {
    const count = 128;
    const time = (hardware: Hardware, tokens: number, topK: number, ffn: number, weights: 'bf16' | 'nvfp4') => {
      const active = count * (1 - (1 - topK / count) ** tokens);
      const work = tokens * topK;
      return groupedGemm(hardware, experts(count, topK, ffn), 4096, ffn, work, active, weights, tokens).seconds;
    };
    const chosen = fc.constantFrom('bf16', 'nvfp4');
    fc.assert(
      fc.property(
        machine,
        chosen,
        rows,
        more,
        fc.integer({ min: 1, max: 8 }),
        size,
        (hardware, weights, tokens, extra, topK, ffn) => {
          const seconds = time(hardware, tokens, topK, ffn, weights);
          notLess(time(hardware, tokens + extra, topK, ffn, weights), seconds);
          notLess(seconds, time(withBandwidth(hardware, 1.5), tokens, topK, ffn, weights));
        },
      ),
    );
  });

  test('attention: longer prompts and longer caches', () => {
    fc.assert(
      fc.property(
        machine,
        fc.boolean(),
        fc.boolean(),
        rows,
        more,
        rows,
        (hardware, latent, narrow, length, extra, prefix) => {
          const prefill = (queries: number, before: number) => {
            const pairs = attendedPairs(queries, before, Number.POSITIVE_INFINITY);
            return prefillAttention(hardware, latent, narrow, 32, 256, 2, pairs, queries, 0).seconds;
          };
          notLess(prefill(length + extra, prefix), prefill(length, prefix));
          notLess(prefill(length, prefix + extra), prefill(length, prefix));
          const decode = (keys: number) => decodeAttention(hardware, latent, narrow, keys * 2048, keys * 16384).seconds;
          notLess(decode(length + extra), decode(length));
        },
      ),
    );
  });
});

describe('structure of kernels', () => {
  // aiconfigurator, TensorRT-LLM 1.3, 512 sequences of 32,768 tokens: 16 heads take half of the time of 128, not an eighth,
  // on a faster memory too.
  test('few heads of latent attention fill a tile that many fill', () => {
    const keys = 512 * 32768;
    const seconds = (heads: number) => decodeAttention(hopper, true, true, keys * 576, 2 * heads * 1088 * keys).seconds;
    within(seconds(16) * 1e6, 3097.765, 0.15);
    within(seconds(128) * 1e6, 6277.829, 0.15);
  });

  // Alibaba InferSim: FlashMLA on H800 over 2,048 chosen keys, 64 sequences, and DeepGEMM's index scores of 131,072 keys.
  test('sparse attention costs what its chosen keys cost, and the indexer reads all', () => {
    const h800 = hardwareOf({ ...H100, name: 'H800-SXM' }, 'sglang');
    const chosen = 64 * 2048;
    const sparse = decodeAttention(h800, true, true, chosen * 576, 2 * 128 * 1088 * chosen, true);
    within(sparse.seconds * 1e6, 96.5, 0.15);
    const keys = 64 * 131072;
    within(indexerScores(h800, 2 * 64 * 128 * keys, keys * 132).seconds * 1e6, 394.036, 0.15);
  });

  test('tokens that only pass through the experts of one rank take time', () => {
    const on = (tokens: number) => groupedGemm(hopper, experts(128, 8, 768), 2048, 768, 128, 2, 'bf16', tokens).seconds;
    expect(on(16384)).toBeGreaterThan(on(128) + 10e-6);
  });

  // aiconfigurator, B200, nvfp4, 256 experts of 7168 x 2048 over 8 ranks, 16 tokens: 84.8 us by the kernels made for few
  // tokens and 184.9 us by the others.
  test('few tokens on Blackwell run the kernels made for them', () => {
    const b200 = hardwareOf(
      {
        ...H100,
        name: 'B200-SXM',
        family: 'blackwell' as const,
        memoryBandwidth: 7.7e12,
        peak: { bf16: 2250e12, fp8: 4500e12, fp4: 9000e12 },
        multiprocessors: 148,
      },
      'trt-llm',
    );
    const seconds = groupedGemm(b200, experts(256, 8, 2048), 7168, 2048, 16, 16, 'nvfp4', 16).seconds;
    within(seconds * 1e6, 84.773, 0.3);
  });
});

test('16-bit experts on Blackwell take longer by Triton where weights decide, and less where copies do', () => {
  const gpu = {
    ...H100,
    name: 'B200-SXM',
    family: 'blackwell' as const,
    memoryBandwidth: 7.7e12,
    peak: { ...H100.peak, bf16: 2.25e15 },
  };
  const ratio = (copies: number, active: number, width: number) => {
    const on = (engine: 'sglang' | 'trt-llm') =>
      groupedGemm(hardwareOf(gpu, engine), experts(128, 8, width), 4096, width, copies, active, 'bf16', copies / 8)
        .seconds;
    return on('sglang') / on('trt-llm');
  };
  expect(ratio(128, 100, 1536)).toBeGreaterThan(1.3);
  expect(ratio(65_536, 128, 192)).toBeLessThan(0.9);
});
