import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { engineProfile } from '../../server/src/engines/index.ts';
import type { EngineName, Workload } from '../../server/src/plan/deployment.ts';
import type { Model } from '../../server/src/plan/model.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import {
  cluster,
  DEEPSEEK_V3,
  dense,
  deployment,
  experts,
  FP8_TYPES,
  gqa,
  H200,
  layer,
  model,
  node,
  type PoolChanges,
  pool,
  QWEN3_235B,
  range,
  times,
} from '../support/deployments.ts';
import { uniform } from '../support/numbers.ts';

type Serving = Extract<Workload, { kind: 'serving' }>;

const LOAD: Serving = { kind: 'serving', name: 'load', input: 2000, output: 500, concurrency: 64, prefixShare: 0 };
const LLAMA_8B = model(4096, [layer('dense', gqa(32, 8, 128), dense(14336))], times(32), { vocabulary: 128256 });
const V3 = { ...DEEPSEEK_V3, types: FP8_TYPES };
const SGLANG = engineProfile('sglang').constants;
const ENGINES: readonly EngineName[] = ['vllm', 'sglang', 'trt-llm'];

function serve(of: Model, gpus: number, workload: Partial<Serving>, changes: PoolChanges = {}, gpu = H200) {
  const load = { ...LOAD, ...workload };
  const plan = deployment(of, cluster(Math.ceil(gpus / 8), node(gpu)), load, [pool(of, range(0, gpus), changes)]);
  const { prediction, memory } = evaluate(plan);
  const { ttftSeconds: ttft = Number.NaN, tpotSeconds: tpot = Number.NaN } = prediction;
  return { ttft, tpot, throughput: prediction.throughputTokensPerSecond, fits: memory[0]?.requestsThatFit ?? 0 };
}

function engine(name: EngineName, changes: PoolChanges['engine'] = {}): PoolChanges {
  return { parallel: { tp: 2 }, engine: { name, ...changes } };
}

describe('a closed loop', () => {
  test.each(ENGINES)(
    '%s: a benchmark that starts at once waits longer for first tokens, by what later ones wait less',
    (name) => {
      const spread = { lengthSpread: 0.1 };
      const steady = serve(LLAMA_8B, 2, spread, engine(name));
      const burst = serve(LLAMA_8B, 2, { ...spread, requests: 640 }, engine(name));
      const longer = serve(LLAMA_8B, 2, { ...spread, requests: 6400 }, engine(name));
      expect(burst.ttft).toBeGreaterThan(1.2 * steady.ttft);
      expect(longer.ttft).toBeLessThan(burst.ttft);
      expect(burst.tpot).toBeLessThan(steady.tpot);
      // What is waited for is read in any case; the end alone lowers the rate.
      expect(burst.throughput / steady.throughput).toBeGreaterThan(0.98);
      expect(burst.throughput / steady.throughput).toBeLessThan(1);
    },
  );

  test('the mean of a benchmark has fewer requests in flight than it keeps, the fewer its rounds', () => {
    const inFlight = (requests: number, lengthSpread: number) => {
      const { throughput, ttft, tpot } = serve(LLAMA_8B, 2, { requests, lengthSpread }, engine('sglang'));
      return (throughput * (ttft + 499 * tpot)) / 500 / 64;
    };
    // What lengths from 0 to twice their mean leave of 5 rounds in a simulation of the queue: 0.84 to 0.93.
    expect(inFlight(320, 1)).toBeGreaterThan(0.85);
    expect(inFlight(320, 1)).toBeLessThan(0.95);
    expect(inFlight(6400, 1)).toBeGreaterThan(0.99);
    expect(inFlight(320, 0.1)).toBeGreaterThan(inFlight(320, 1));
    expect(inFlight(320, 0)).toBeCloseTo(1, 6);
  });

  test('prompts first: each of 8 attention ranks that exchange tokens waits for prompts of all of them', () => {
    const ranks: PoolChanges = { parallel: { tp: 1, dp: 8, ep: 8 }, engine: { name: 'sglang' } };
    const short = { input: 100, output: 100 };
    const decode = serve(QWEN3_235B, 8, { ...short, output: 20_000 }, ranks).tpot;
    const prompt = serve(QWEN3_235B, 8, { ...short, concurrency: 8 }, ranks).ttft - SGLANG.perRequest;
    // Eight requests of each rank in flight: a life has 64 prompts, 8 of them the rank's own.
    const stalls = (99 * (serve(QWEN3_235B, 8, short, ranks).tpot - decode)) / prompt;
    expect(stalls).toBeGreaterThan(20);
    expect(stalls).toBeLessThan(60);
  });

  test('a short prompt takes as long as its kernels take to be launched, of latent attention longer', () => {
    const alone = { input: 64, output: 500, concurrency: 1 };
    const first = (of: Model) => serve(of, 8, alone, { parallel: { tp: 8 }, engine: { name: 'sglang' } }).ttft;
    const launches = (of: Model) => (first(of) - SGLANG.perRequest) / of.layers.length;
    // 20 to 50 kernels of a layer of experts, one behind the other.
    expect(launches(QWEN3_235B) / SGLANG.launch).toBeGreaterThan(20);
    expect(launches(V3) / SGLANG.launch).toBeLessThan(50);
    expect(launches(V3)).toBeGreaterThan(1.2 * launches(QWEN3_235B));
  });

  test('prompts first and equal lengths: requests go in waves, and the mean one waits for half of them', () => {
    const waves = serve(LLAMA_8B, 2, { lengthSpread: 0 }, engine('sglang'));
    const varied = serve(LLAMA_8B, 2, { lengthSpread: 0.2 }, engine('sglang'));
    const twice = serve(LLAMA_8B, 2, { lengthSpread: 0, concurrency: 128 }, engine('sglang'));
    expect(waves.ttft).toBeGreaterThan(3 * varied.ttft);
    expect(waves.tpot).toBeLessThan(varied.tpot);
    expect(twice.ttft / waves.ttft).toBeGreaterThan(1.6);
  });

  test.each(ENGINES)('%s: longer answers make prompts of others rarer', (name) => {
    const short = serve(LLAMA_8B, 2, { output: 128, input: 8000 }, engine(name));
    const long = serve(LLAMA_8B, 2, { output: 1024, input: 8000 }, engine(name));
    expect(short.tpot).toBeGreaterThan(1.5 * long.tpot);
  });

  test('an engine whose caches grow runs more requests at once than one that keeps their full length free', () => {
    // Equal memory for both, so that only the way of giving it out differs.
    const memory = { memoryFraction: 0.9, reserveBytes: 0 };
    const crowd = { concurrency: 4096, input: 1000, output: 8000 };
    const grows = serve(LLAMA_8B, 1, crowd, { engine: { name: 'vllm', ...memory } });
    const keeps = serve(LLAMA_8B, 1, crowd, { engine: { name: 'trt-llm', ...memory } });
    const running = ({ ttft, tpot }: { ttft: number; tpot: number }) => (4096 * tpot * 8000) / (ttft + tpot * 8000);
    expect(running(grows) / grows.fits).toBeGreaterThan(1.5);
    expect(running(keeps) / keeps.fits).toBeLessThan(1.1);
  });
});

describe('requests beyond the cache', () => {
  // 2,000 tokens of prompt and 8,000 of output: far fewer of 600 requests fit than are sent.
  const full = { input: 2000, output: 8000, concurrency: 600 };

  test('an engine that takes pages back lets them wait after their first token, others before it', () => {
    const preempting = serve(LLAMA_8B, 1, full, { engine: { name: 'vllm' } });
    const admitting = serve(LLAMA_8B, 1, full, { engine: { name: 'sglang' } });
    const waits = ({ ttft, tpot }: { ttft: number; tpot: number }) => ttft / (tpot * full.output);
    expect(preempting.fits).toBeLessThan(full.concurrency);
    expect(waits(admitting)).toBeGreaterThan(2 * waits(preempting));
  });

  test('requests that grow together need the room of their full length', () => {
    const benchmark = { ...full, requests: 6000 };
    const together = serve(LLAMA_8B, 1, { ...benchmark, lengthSpread: 0 }, { engine: { name: 'vllm' } });
    const spread = serve(LLAMA_8B, 1, { ...benchmark, lengthSpread: 0.5 }, { engine: { name: 'vllm' } });
    expect(together.throughput).toBeLessThan(0.97 * spread.throughput);
    const equal = (name: EngineName, lengthSpread: number) =>
      serve(LLAMA_8B, 1, { ...benchmark, concurrency: 4, lengthSpread }, { engine: { name } }).tpot;
    expect(equal('vllm', 0)).toBeCloseTo(equal('vllm', 0.5), 3);
  });
});

describe('attention data parallelism', () => {
  test('TensorRT-LLM holds prompts back for the other ranks to read theirs in the same step', () => {
    const at = (name: EngineName) =>
      serve(V3, 8, { concurrency: 16 }, { parallel: { dp: 8, ep: 8 }, engine: { name, allToAll: 'gather' } });
    const holding = at('trt-llm');
    expect(holding.ttft).toBeGreaterThan(at('vllm').ttft + 10 * holding.tpot);
  });

  test('nothing is held back where no other rank has a prompt, or prompts come in every step', () => {
    const load = { input: 200, concurrency: 8 };
    const plan = { parallel: { dp: 8, ep: 8 }, engine: { name: 'trt-llm', allToAll: 'gather' } } as const;
    const alone = serve(V3, 8, { ...load, concurrency: 1 }, plan);
    const each = serve(V3, 8, load, plan);
    expect(each.ttft).toBeLessThan(1.5 * alone.ttft);
    const short = { ...load, output: 4, concurrency: 256 };
    const others = serve(V3, 8, short, { ...plan, engine: { name: 'vllm', allToAll: 'gather' } });
    expect(serve(V3, 8, short, plan).throughput).toBeGreaterThan(0.7 * others.throughput);
  });

  test('experts that stay within a rank make no rank wait for another', () => {
    const mixture = { ...QWEN3_235B, types: FP8_TYPES };
    const at = (parallel: Partial<Parallel>) =>
      serve(mixture, 16, { concurrency: 64 }, { parallel: { tp: 8, dp: 2, ...parallel }, engine: { name: 'trt-llm' } });
    const within = at({ etp: 8, ep: 1 });
    expect(within.ttft + 2 * within.tpot).toBeLessThan(at({ etp: 1, ep: 16 }).ttft);
  });
});

describe('a decode step', () => {
  test.each(ENGINES)('%s: launched by the host it is slower than replayed from a graph', (name) => {
    const small = { concurrency: 4 };
    const replayed = serve(QWEN3_235B, 8, small, { parallel: { tp: 8 }, engine: { name } });
    const launched = serve(QWEN3_235B, 8, small, { parallel: { tp: 8 }, engine: { name, graphs: false } });
    expect(launched.tpot).toBeGreaterThan(replayed.tpot);
  });

  test('the host limits a small model with very many sequences', () => {
    const tiny = model(1024, [layer('dense', gqa(8, 2, 128), dense(2048))], times(8), { vocabulary: 32000 });
    const load = { input: 16, output: 2000, concurrency: 4096 };
    const at = (name: EngineName) =>
      serve(tiny, 1, load, { engine: { name, memoryFraction: 1, reserveBytes: 0 } }).tpot;
    for (const name of ['sglang', 'trt-llm'] as const) expect(at(name)).toBeGreaterThan(1.4 * at('ideal'));
  });

  test('experts in a type without units take longer than the bytes they save', () => {
    const of = (type: 'bf16' | 'mxfp4') => {
      const base = model(2880, [layer('moe', gqa(64, 8, 64), experts(128, 4, 2880))], times(36), {
        vocabulary: 201088,
      });
      return { ...base, types: { ...base.types, experts: type } } satisfies Model;
    };
    const changes: PoolChanges = { parallel: { tp: 8 }, engine: { name: 'trt-llm' } };
    const wide = serve(of('bf16'), 8, { concurrency: 64 }, changes);
    const narrow = serve(of('mxfp4'), 8, { concurrency: 64 }, changes);
    expect(narrow.tpot).toBeGreaterThan(0.8 * wide.tpot);
  });
});

describe('properties of an ideal engine', () => {
  const plans: fc.Arbitrary<Partial<Parallel>> = fc.constantFrom(
    { ep: 16 },
    { tp: 8, ep: 16 },
    { tp: 8, etp: 8, ep: 2 },
    { tp: 4, pp: 2, ep: 8 },
  );
  const loads = fc.record({
    input: fc.integer({ min: 16, max: 16000 }),
    output: fc.integer({ min: 16, max: 4000 }),
    concurrency: fc.integer({ min: 1, max: 2000 }),
  });

  // A full cache lets in a few more requests than before, and these may begin a tile that they do not fill.
  const roomy = { ...H200, memoryBytes: 1e15 };

  test('twice the requests never lower the throughput', () => {
    fc.assert(
      fc.property(plans, loads, (parallel, load) => {
        const one = serve(V3, 16, load, { parallel }, roomy);
        const two = serve(V3, 16, { ...load, concurrency: 2 * load.concurrency }, { parallel }, roomy);
        expect(two.throughput).toBeGreaterThanOrEqual(one.throughput * (1 - 1e-9));
      }),
    );
  });

  test('more memory bandwidth never delays a token', () => {
    fc.assert(
      fc.property(plans, loads, uniform(1, 8), (parallel, load, by) => {
        const faster = { ...H200, memoryBandwidth: by * H200.memoryBandwidth };
        const slow = serve(V3, 16, load, { parallel });
        expect(serve(V3, 16, load, { parallel }, faster).tpot).toBeLessThanOrEqual(slow.tpot * (1 + 1e-9));
      }),
    );
  });
});
