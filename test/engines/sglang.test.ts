import { describe, expect, test } from 'vitest';
import { defaultFraction } from '../../server/src/engines/sglang/fraction.ts';
import { started } from '../support/startup.ts';

const EIGHT_RANKS = 'dp = 8, ep = 8';
const LONG = 'input = 126_000 tokens, output = 2_000 tokens, concurrency = 8';
const GLM_5 = { model: 'GLM-5', types: 'weights = fp8-block, kv = bf16', parallel: EIGHT_RANKS };

/** A GPU whose driver reports so much. */
function gpu(memory: string, family = 'hopper', count = 8): string {
  return `
    gpu logged { memory = ${memory}, bandwidth = 3 TB/s, bf16 = 900 TFLOP/s, fp8 = 1800 TFLOP/s, family = ${family} }
    node box { gpu = logged, gpus = ${count}, scale-up = 400 GB/s }`;
}

const ONE = 'gpu = logged, count = 1';
const BOX = 'node = box, count = 1';

describe('a chunk is one of the whole server', () => {
  test.each([
    ['', 1024],
    ['chunk = 131_072 tokens, memory-fraction = 0.85', 16_384],
  ])('of which each of 8 ranks reads its part (%s)', (settings, chunk) => {
    const plan = started({
      model: 'DeepSeek-R1',
      parallel: EIGHT_RANKS,
      load: LONG,
      engine: `name = sglang, ${settings}`,
    });
    expect(plan.engine.chunkTokens).toBe(chunk);
    expect(plan.total).toBeLessThan(113);
    expect(plan.requests).toBeGreaterThanOrEqual(8);
  });

  test('a small one leaves the cache room for 24 requests of 128,000 tokens, and more', () => {
    const plan = started({
      model: 'DeepSeek-R1',
      parallel: EIGHT_RANKS,
      load: LONG,
      engine: 'name = sglang, memory-fraction = 0.88',
    });
    expect(plan.requests).toBeGreaterThanOrEqual(24);
  });
});

describe('the default of mem_fraction_static', () => {
  // Resolved values that start-up logs of these versions print.
  test.each([
    ['H100, one GPU, prefill graphs', '79.65 GiB', ONE, 'Qwen3-30B-A3B', 'tp = 1', '', 0.83],
    ['MI355X, eight GPUs', '288 GiB', BOX, 'GLM-5', 'tp = 8', 'version = "0.5.8"', 0.908],
    ['one GPU below 20 GB', '15.99 GiB', ONE, 'OLMoE-1B-7B', 'tp = 1', 'version = "0.5.8"', 0.772],
    ['before 0.4.7', '24 GiB', ONE, 'OLMoE-1B-7B', 'tp = 1', 'version = "0.4.2"', 0.88],
  ])('%s', (_, memory, machines, model, parallel, settings, fraction) => {
    const family = memory.startsWith('288') ? 'cdna4' : 'hopper';
    const plan = started({
      model,
      parallel,
      machines,
      blocks: gpu(memory, family),
      engine: `name = sglang, ${settings}`,
    });
    expect(plan.fraction).toBeCloseTo(fraction, 3);
  });

  test('pads graphs of attention data parallelism, and keeps DeepEP room for its buffers', () => {
    const at = (settings: string) => started({ ...GLM_5, engine: `name = sglang${settings}` }).fraction;
    expect(at('')).toBeCloseTo(0.77, 2);
    expect(at(', all-to-all = deepep')).toBeCloseTo(at('') - 2 / 139.7, 2);
    expect(at(', graph-batch = 128')).toBeGreaterThan(at('') + 0.1);
  });

  test('a chunk beyond all memory leaves nothing, as it refuses to start', () => {
    expect(started({ ...GLM_5, engine: 'name = sglang, chunk = 131_072 tokens' })).toMatchObject({
      fraction: 0,
      requests: 0,
    });
  });

  test('a pool that only decodes keeps room for what its requests draft, not for a chunk', () => {
    const { gpu: h200, model } = started({ model: 'DeepSeek-R1', parallel: 'tp = 8', engine: 'name = sglang' });
    const at = (role: 'both' | 'decode', speculativeTokens: number) =>
      defaultFraction({
        said: { maxRequests: 2048, speculativeTokens },
        gpu: h200,
        model,
        role,
        width: 8,
        stages: 1,
        ranks: 1,
        chunkOfServer: 16_384,
        graphBatch: 512,
      });
    // 1.5 MiB for each token of the largest step, and 1.5 GiB for graphs of prefill, of 139.7 GiB.
    expect(at('decode', 0) - at('both', 0)).toBeCloseTo((1.5 * (16_384 - 2 * 2048)) / 1024 / 139.7, 1);
    expect(at('decode', 7)).toBeLessThan(at('decode', 3));
  });
});

test.each([
  ['DeepSeek-V3.2', 'DGX-H200', '', 64],
  ['DeepSeek-V3.2', 'MI300X-8', '', 1],
  ['DeepSeek-V3', 'DGX-H200', '', 1],
  ['DeepSeek-V3', 'DGX-B200', '', 64],
  ['DeepSeek-V3', 'DGX-B200', 'version = "0.5.3"', 1],
  ['DeepSeek-V3', 'DGX-B200', 'page = 32 tokens', 32],
  ['Qwen3-235B-A22B', 'DGX-B200', '', 1],
])('%s on %s (%s) has pages of %i tokens', (model, node, settings, tokens) => {
  const plan = started({
    model,
    machines: `node = ${node}, count = 1`,
    parallel: 'tp = 8',
    engine: `name = sglang, ${settings}`,
  });
  expect(plan.engine.pageTokens).toBe(tokens);
});

describe('its account', () => {
  test('GLM-5 in fp8 on eight H200 has the cache of its log, 51,392 tokens a rank', () => {
    const plan = started({ ...GLM_5, engine: 'name = sglang, memory-fraction = 0.78, all-to-all = deepep-normal' });
    // The log does not say how its checkpoint splits what is no expert.
    expect(Math.abs(plan.tokens / 51_392 - 1)).toBeLessThan(0.15);
    expect(plan.lines.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 30).toBeCloseTo(plan.cache, 6);
  });

  test('what others hold is not free before weights are loaded: its share of that is missing', () => {
    const at = (occupied: string) =>
      started({ model: 'DeepSeek-R1', parallel: 'tp = 8', engine: `name = sglang, memory-fraction = 0.8${occupied}` });
    expect(at('').cache - at(', occupied = 10 GiB').cache).toBeCloseTo(8, 6);
  });

  test('ranks of attention hold dense layers whole where they are told to', () => {
    const weights = (settings: string) =>
      started({ model: 'DeepSeek-R1', parallel: EIGHT_RANKS, engine: `name = sglang${settings}` }).weights;
    // Three layers of 3 x 7,168 x 18,432 in 8 bits with scales, of which each of eight ranks otherwise holds a part.
    const whole = (3 * 3 * 7168 * 18_432 * (1 + 4 / 128 ** 2)) / 2 ** 30;
    expect(weights(', dp-dense = true') - weights('')).toBeCloseTo((7 / 8) * whole, 2);
  });

  test('a smaller share has a smaller cache, to below zero, where it says that it does not start', () => {
    const at = (fraction: number) =>
      started({
        model: 'Qwen3-30B-A3B',
        machines: ONE,
        blocks: gpu('79.2 GiB'),
        engine: `name = sglang, memory-fraction = ${fraction}`,
      });
    expect(at(0.8).cache).toBeGreaterThan(5);
    expect(at(0.3).cache).toBeLessThan(0);
    expect(at(0.3).requests).toBe(0);
  });

  test('libraries of collectives are there before weights: more over NVLink than over PCIe, most on AMD', () => {
    const cacheOn = (family: string) =>
      started({
        model: 'Qwen3-30B-A3B',
        machines: BOX,
        blocks: gpu('180 GiB', family),
        parallel: 'tp = 8',
        engine: 'name = sglang, memory-fraction = 0.8',
      }).cache;
    expect(cacheOn('blackwell-rtx')).toBeGreaterThan(cacheOn('hopper') + 0.7);
    expect(cacheOn('hopper')).toBeGreaterThan(cacheOn('cdna4') + 1.5);
  });

  test('a limit on tokens leaves the rest of the memory unused', () => {
    const plan = started({
      model: 'Qwen3-30B-A3B',
      machines: ONE,
      blocks: gpu('95 GiB'),
      engine: 'name = sglang, memory-fraction = 0.9, cache-tokens = 4096 tokens',
    });
    expect(plan.tokens).toBe(4096);
    expect(plan.cache).toBeCloseTo((4096 * plan.bytesPerToken) / 2 ** 30, 6);
    expect(plan.lines.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 30).toBeCloseTo(plan.cache, 6);
  });

  test('pages are whole', () => {
    const plan = started({
      model: 'Qwen3-30B-A3B',
      machines: ONE,
      blocks: gpu('79.2 GiB'),
      engine: 'name = sglang, page = 64 tokens',
    });
    expect(plan.tokens % 64).toBe(0);
  });

  test('the head is split over ranks of attention unless each is told to hold it', () => {
    const at = (settings: string) =>
      started({ ...GLM_5, engine: `name = sglang, memory-fraction = 0.9${settings}` }).weights;
    // 154,880 x 6,144 in 16 bits, of which 7/8 are with the other ranks.
    expect(at(', dp-lm-head = true') - at('')).toBeCloseTo((154_880 * 6144 * 2 * 7) / 8 / 2 ** 30, 2);
  });

  test('until 0.5.9 scales of nvfp4 experts are there twice with the kernels of TensorRT-LLM', () => {
    const at = (settings: string) =>
      started({
        model: 'DeepSeek-R1',
        machines: 'node = DGX-B200, count = 1',
        types: 'weights = nvfp4, attention = bf16',
        parallel: 'tp = 8, ep = 8',
        engine: `name = sglang, memory-fraction = 0.85, ${settings}`,
      }).weights;
    // 58 layers of 256 experts of 3 x 7,168 x 2,048, a scale for 16 elements, on 8 GPUs.
    const scales = (58 * 256 * 3 * 7168 * 2048) / 16 / 8 / 2 ** 30;
    expect(at('version = "0.5.9"') - at('version = "0.5.10"')).toBeCloseTo(scales, 2);
    expect(at('version = "0.5.9", moe-backend = cutlass')).toBeCloseTo(at('version = "0.5.10"'), 6);
  });
});

/** MiMo-V2-Flash: nine layers with all tokens and 39 with a window of 128, which have twice as many heads of the cache. */
const MIMO = `
  model mimo-v2-flash {
    hidden = 4096, layers = 48, vocabulary = 152_576
    attention full { heads = 64, kv-heads = 4, head-size = 192, value-head-size = 128 }
    attention local { heads = 64, kv-heads = 8, head-size = 192, value-head-size = 128, window = 128 tokens }
    experts { count = 256, top-k = 8, ffn = 2048 }
    layers {
      0 = full
      5..47 by 6 = full
      1..4 = local
      6..46 by 6 = local
      7..46 by 6 = local
      8..46 by 6 = local
      9..46 by 6 = local
      10..46 by 6 = local
    }
  }`;

describe('layers with a window have a pool of their own', () => {
  const mimo = (settings = '') =>
    started({
      model: 'mimo-v2-flash',
      blocks: MIMO + gpu('139.7 GiB', 'hopper', 4),
      types: 'weights = fp8',
      machines: BOX,
      parallel: 'tp = 4',
      load: 'input = 30_000 tokens, output = 1000 tokens, concurrency = 100_000',
      engine: `name = sglang, memory-fraction = 0.88${settings}`,
    });
  const tokens = ({ cache }: { cache: number }, bytes: number) => (cache * 2 ** 30) / bytes;
  // On each of four GPUs one head of the cache of layers with all tokens, two of those with a window, in 16 bits.
  const [full, windows] = [9 * 1 * (192 + 128) * 2, 39 * 2 * (192 + 128) * 2];

  test('of 0.8 as many tokens, and both are paid for', () => {
    const plan = mimo();
    expect(plan.tokens / tokens(plan, full + 0.8 * windows)).toBeCloseTo(1, 5);
    // A pool for the windows of requests alone would hold many times as much.
    expect(plan.tokens).toBeLessThan(tokens(plan, full) / 7);
  });

  test('of as many where a plan or an older version says so: 77.63 GiB have 1,496,958 tokens', () => {
    const plan = mimo(', window-ratio = 1');
    expect(plan.tokens / tokens(plan, full + windows)).toBeCloseTo(1, 5);
    expect((77.63 * 2 ** 30) / (full + windows) / 1_496_958).toBeCloseTo(1, 2);
  });

  test('so that no more requests fit than the other layers have tokens for', () => {
    const plan = mimo();
    expect(plan.requests).toBe(Math.floor(plan.tokens / 31_000));
    expect(mimo(', window-ratio = 0.1').requests).toBeGreaterThan(3 * plan.requests);
  });
});

describe('states of linear layers have a pool of their own', () => {
  const hybrid = (settings = '') =>
    started({
      model: 'Qwen3-Next-80B-A3B',
      machines: BOX,
      blocks: gpu('139.7 GiB', 'hopper', 4),
      parallel: 'tp = 4',
      engine: `name = sglang, memory-fraction = 0.85${settings}`,
    });

  test('of 0.9 bytes for each byte of the cache of tokens', () => {
    const plan = hybrid();
    const all = (plan.cache * 2 ** 30) / plan.bytesPerToken;
    expect(plan.tokens / all).toBeCloseTo(1 / 1.9, 4);
    expect(hybrid(', mamba-ratio = 0').tokens / all).toBeCloseTo(1, 4);
  });
});

describe('latents of sparse attention in 8 bits', () => {
  test.each([
    // A scale for 128 elements and a rotary part of 16 bits, where FlashMLA reads them; the indexer's 132 B beside either.
    ['hopper', '', 656 + 132],
    ['blackwell', '', 576 + 132],
    ['blackwell', ', version = "0.5.9"', 656 + 132],
    ['cdna4', '', 576 + 132],
  ])('on %s%s', (family, settings, bytes) => {
    const plan = started({
      model: 'GLM-5',
      machines: BOX,
      blocks: gpu('190 GiB', family),
      types: 'weights = fp8-block, kv = fp8',
      parallel: 'tp = 8',
      engine: `name = sglang, memory-fraction = 0.8${settings}`,
    });
    expect(plan.bytesPerToken).toBe(78 * bytes);
  });
});

test('a prediction module keeps what a layer keeps', () => {
  const at = (settings: string) =>
    started({ model: 'DeepSeek-R1', parallel: 'tp = 8', engine: `name = sglang, memory-fraction = 0.85${settings}` });
  const [plain, drafting] = [at(''), at(', speculative-tokens = 1, acceptance = 80%')];
  expect(drafting.tokens / drafting.cache).toBeCloseTo((plain.tokens / plain.cache) * (61 / 62), -1);
  expect(drafting.weights).toBeGreaterThan(plain.weights + 1);
});
