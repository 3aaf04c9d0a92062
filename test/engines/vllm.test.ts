import { describe, expect, test } from 'vitest';
import type { CacheOfLayers } from '../../server/src/engines/memory.ts';
import { loggedTokens, requestBytes } from '../../server/src/engines/vllm/cache.ts';
import type { Engine } from '../../server/src/plan/deployment.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import { evaluated } from '../support/analysed.ts';
import { MIXTRAL, pool } from '../support/deployments.ts';

const GIB = 2 ** 30;

/** Layers of one kind: with all tokens, a window of them, or a state. */
function layers(number: number, bytesPerToken: number, keptTokens?: number): CacheOfLayers {
  return { layers: number, bytesPerToken, stateBytes: 0, ...(keptTokens !== undefined && { keptTokens }) };
}

function states(number: number, stateBytes: number): CacheOfLayers {
  return { layers: number, bytesPerToken: 0, stateBytes };
}

function setting(engine: Partial<Engine>, parallel: Partial<Parallel> = {}) {
  const settings = { name: 'vllm', pageTokens: 16, stepTokens: 1024, maxContext: 4096, ...engine } as const;
  return pool(MIXTRAL, [0], { engine: settings, parallel });
}

// vLLM's own example: groups of as many layers as the smallest kind has (v1/core/kv_cache_utils.py).
const WINDOWED = [layers(10, 1024), layers(20, 1024, 128)];
// Qwen3.5-35B-A3B: 32 value heads of 128 x 128 in fp32 and 3 rows of 8,192 columns; 2 key/value heads of 256.
const HYBRID = [layers(10, 2048), states(30, 2_146_304)];

describe('the line GPU KV cache size', () => {
  test.each([
    // 4 layers x 1 KiB x 16 tokens in a block: 16,384 blocks in a GiB.
    ['one kind of layers', [layers(4, 1024)], {}, 262_144],
    ['widths that differ, in one group', [layers(2, 1024), layers(2, 3072)], {}, 131_072],
    ['nothing is kept beyond whole blocks', [layers(3, 1024)], {}, 16 * 21_845],
    // 24,966 blocks, each a page of 10 layers; a longest request has 256 + 2 (72 + 1).
    ['windows hold what a step reads', WINDOWED, { version: '0.22.0' }, Math.floor((6553 / 402) * 4096)],
    ['two steps are in flight since 0.26', WINDOWED, { version: '0.26.0' }, Math.floor((6553 / 530) * 4096)],
    ['before 0.20.2 the blocks of one group count', WINDOWED, { version: '0.20.1' }, 2184 * 16],
    ['before 0.9 windows keep all tokens', WINDOWED, { version: '0.8.5' }, 2184 * 16],
    // 13 and 12 layers make two groups of 13, not one of 13 and twelve of one.
    [
      'a group may be larger than the smallest kind',
      [layers(12, 1024, 128), layers(13, 1024)],
      { version: '0.20.1' },
      2520 * 16,
    ],
    // 1,056 tokens fill 2,162,688 bytes; 496 blocks of ten layers in 10 GiB.
    ['pages are as long as a state is large', HYBRID, { version: '0.18.1' }, 12 * 1056],
    ['longest requests have a state in each group', HYBRID, { version: '0.22.0' }, Math.floor((49 / 7) * 4096)],
    ['prefixes of hybrids are cached since 0.28', HYBRID, { version: '0.28.0' }, Math.floor((49 / 10) * 4096)],
  ] as const)('%s', (_, kept, engine, tokens) => {
    expect(loggedTokens(kept, GIB, setting(engine))).toBe(tokens);
  });

  test('ranks that share tokens count together', () => {
    const whole = [layers(3, 1024)];
    const shared = [layers(3, 1024 / 8)];
    expect(loggedTokens(shared, GIB, setting({}, { tp: 8, dcp: 8 }))).toBe(
      8 * (loggedTokens(whole, GIB, setting({})) ?? 0),
    );
  });

  test('a model of states alone has no line', () => {
    expect(loggedTokens([states(8, 1e6)], GIB, setting({}))).toBeUndefined();
  });

  test('a request takes whole blocks', () => {
    expect(requestBytes([layers(4, 1024)], 17, setting({}))).toBe(2 * 16 * 4 * 1024);
  });
});

interface Started {
  readonly model: string;
  readonly machines?: string;
  readonly degrees?: string;
  readonly types?: string;
  readonly engine?: string;
}

function started({
  model,
  machines = 'node = DGX-H100, count = 1',
  degrees = 'tp = 8',
  types = '',
  engine = '',
}: Started) {
  const { memory } = evaluated(`
    cluster machines { ${machines} }
    workload load { input = 1000 tokens, output = 1 tokens, concurrency = 1 }
    deployment plan {
      model = ${model}, cluster = machines, workload = load, gpus = 0..${gpusOf(degrees) - 1}
      types { ${types} }
      parallel { ${degrees} }
      engine { name = vllm, ${engine} }
    }`);
  const [pool] = memory;
  if (!pool?.startup) throw new Error('the plan does not serve');
  return { ...pool.startup, kvBytesPerToken: pool.kvBytesPerToken };
}

function gpusOf(degrees: string): number {
  return [...degrees.matchAll(/\b(?:tp|dp|pp) = (\d+)/g)].reduce((product, [, degree]) => product * Number(degree), 1);
}

describe('the account', () => {
  const LLAMA = { model: 'Llama-3.1-8B', degrees: 'tp = 1', engine: 'version = "0.19.0"' };
  const lineOf = (plan: Started, start: string) =>
    -(started(plan).account.lines.find(({ text }) => text.startsWith(start))?.bytes ?? Number.NaN) / GIB;

  // 1,024 rows of 128,256 logits, at 39, 15 and 15 bytes; the output of the step beside them since 0.17.
  test.each([
    ['0.16.0', 4.77],
    ['0.17.0', 1.9],
    ['0.22.0', 1.9],
  ])('the sampler decides the activation peak of %s', (version, gib) => {
    const plan = { ...LLAMA, engine: `version = "${version}"` };
    expect(lineOf(plan, 'activation peak')).toBeCloseTo(gib, 1);
  });

  const graphs = (plan: Partial<Started>, engine: string) =>
    lineOf({ ...LLAMA, ...plan, engine: `version = "0.22.0", ${engine}` }, 'CUDA graphs');

  test('graphs count since 0.21, by layers and captured sizes', () => {
    expect(lineOf({ ...LLAMA, engine: 'version = "0.20.0"' }, 'CUDA graphs')).toBeNaN();
    expect(graphs({}, 'graphs = false')).toBeNaN();
    // 51 sizes up to 512, and 5 up to 16: in pieces, and whole for as many tokens as requests decode.
    expect(graphs({}, '')).toBeCloseTo(0.1 + (0.1 * 32 * (1.76 * 51 + 51)) / 1024, 2);
    expect(graphs({}, 'graph-batch = 16')).toBeCloseTo(0.1 + (0.1 * 32 * (1.76 * 5 + 5)) / 1024, 2);
    expect(graphs({}, 'max-requests = 4')).toBeCloseTo(0.1 + (0.1 * 32 * (1.76 * 4 + 3)) / 1024, 2);
    // Drafts are decoded with a request's own token: up to 16 of 32 tokens.
    expect(graphs({}, 'max-requests = 4, speculative-tokens = 3, acceptance = 80%')).toBeCloseTo(
      0.1 + (0.1 * 32 * (1.76 * 7 + 5)) / 1024,
      2,
    );
  });

  test('graphs of ranks that share layers take more, over PCIe most', () => {
    const two = (machines: string) => graphs({ degrees: 'tp = 2', machines }, '');
    expect(graphs({}, '')).toBeLessThan(two('node = DGX-H100, count = 1') / 2);
    expect(two('node = DGX-H100, count = 1')).toBeLessThan(two('node = L40S-8, count = 1') / 2);
  });

  // vLLM 0.22 logs 178,880 tokens for Qwen3-235B-A22B in fp8 on four H100 of 80 GB, with the defaults of its server.
  test('Qwen3-235B on four H100 has the cache that vLLM logs', () => {
    const { tokens } = started({
      model: 'Qwen3-235B-A22B',
      degrees: 'tp = 4',
      types: 'weights = fp8-block',
      engine: 'version = "0.22.0", max-context = 32_768 tokens',
    });
    expect(Math.abs((tokens ?? 0) / 178_880 - 1)).toBeLessThan(0.02);
  });

  test('ranks of one node hold buffers of NVLink, of PCIe few', () => {
    const outside = (machines: string) => lineOf({ ...LLAMA, machines, degrees: 'tp = 2' }, 'non-torch');
    expect(outside('node = DGX-H100, count = 1')).toBeCloseTo(2.07, 2);
    expect(outside('node = L40S-8, count = 1')).toBeCloseTo(0.35, 2);
  });

  test('ranks gather the tokens of all others for their experts, unless DeepEP sends them', () => {
    const peak = (engine: string, degrees = 'dp = 8, ep = 8') =>
      lineOf({ model: 'Qwen3-30B-A3B', degrees, engine: `version = "0.22.0", ${engine}` }, 'activation peak');
    const own = peak('all-to-all = nccl', 'tp = 1');
    // 16,384 of 65,536 tokens at once, 8 experts each of two widths of 768 and one of 2,048; all of them in and out.
    const more = 8192 * 8 * (2 * 768 + 2048) * 2 + 2 * 65_536 * 2048 * 2;
    expect(peak('all-to-all = nccl') - own).toBeCloseTo(more / GIB, 2);
    expect(peak('all-to-all = deepep')).toBeCloseTo(own, 2);
  });

  test('a GPU that shares memory with its host is taken for a small one, and holds files of the checkpoint', () => {
    const gpu = (bandwidth: string) =>
      evaluated(`
        gpu shared { family = blackwell-rtx, memory = 120 GiB, bandwidth = ${bandwidth}, bf16 = 125 TFLOP/s }
        cluster one { gpu = shared }
        workload load { input = 1000 tokens, output = 1 tokens, concurrency = 1 }
        deployment plan {
          model = Llama-3.1-8B, cluster = one, workload = load
          engine { name = vllm, version = "0.22.0" }
        }`);
    const shared = gpu('273 GB/s');
    const own = gpu('1800 GB/s');
    expect(shared.deployment.pools[0]?.engine).toMatchObject({ maxRequests: 256, stepTokens: 2048 });
    expect(own.deployment.pools[0]?.engine).toMatchObject({ maxRequests: 1024, stepTokens: 8192 });
    const outside = ({ memory }: typeof own) => memory[0]?.startup?.account.runtimeBytes ?? Number.NaN;
    expect((outside(shared) - outside(own)) / GIB).toBeCloseTo(0.2 * 14.96, 1);
  });

  test('a stated size of the cache wins over the share', () => {
    const { account, tokens } = started({ ...LLAMA, engine: 'cache-memory = 4 GiB, memory-fraction = 0.5' });
    expect(account.cacheBytes).toBe(4 * GIB);
    expect(account.lines).toEqual([{ text: 'kv_cache_memory_bytes', bytes: 4 * GIB }]);
    expect(tokens).toBe(32_768);
  });
});

describe('bytes of a token', () => {
  // fp8_ds_mla: 512 columns in 8 bits, 4 scales and 64 positions in 16 bits; the indexer has 128 columns and a scale.
  test('sparse latent attention in 8 bits has scales', () => {
    const plan = { model: 'DeepSeek-V3.2', machines: 'node = DGX-H200, count = 1', types: 'kv = fp8' };
    expect(started(plan).kvBytesPerToken).toBe(61 * (656 + 132));
    expect(started({ ...plan, types: 'kv = bf16' }).kvBytesPerToken).toBe(61 * (1152 + 132));
  });

  test('drafting modules keep a layer each', () => {
    const plan = { model: 'DeepSeek-V3', machines: 'node = DGX-H200, count = 1' };
    const drafting = { ...plan, engine: 'speculative-tokens = 1, acceptance = 80%' };
    expect(started(drafting).kvBytesPerToken / started(plan).kvBytesPerToken).toBeCloseTo(62 / 61, 10);
  });
});

test.each([
  ['DeepSeek-V3', 'DGX-H200', 64],
  ['DeepSeek-V3', 'DGX-B200', 64],
  ['DeepSeek-V3', 'RTX-PRO-6000-8', 16],
  ['Qwen3-235B-A22B', 'DGX-H200', 16],
])('%s on %s has blocks of %i tokens', (model, node, tokens) => {
  const { deployment } = evaluated(`
    cluster machines { node = ${node}, count = 1 }
    workload load { input = 1000 tokens, output = 1 tokens, concurrency = 1 }
    deployment plan { model = ${model}, cluster = machines, workload = load, parallel { tp = 8 } engine { name = vllm } }`);
  expect(deployment.pools[0]?.engine.pageTokens).toBe(tokens);
});

describe('gpt-oss is stored padded for its kernels', () => {
  // 128 experts in 36 layers, 3 matrices of 4.25 bits: Triton pads 2,880 columns to 3,072; Marlin 2,880 x 2,880 to 3,072 x 2,944.
  const experts = (columns: number) => (128 * 36 * 3 * columns * (4.25 / 8)) / GIB;
  test.each([
    ['DGX-H100', '0.11.0', 1, experts(2880 * 3072)],
    ['DGX-H100', '0.22.0', 1, experts(3072 * 2944)],
    ['DGX-A100', '0.11.0', 4, experts(3072 * 768)],
    ['DGX-B200', '0.22.0', 1, experts(3072 * 3072)],
  ])('%s, %s, tp = %i', (node, version, tp, gib) => {
    const { memory } = evaluated(`
      cluster machines { node = ${node}, count = 1 }
      workload load { input = 1000 tokens, output = 1 tokens, concurrency = 1 }
      deployment plan {
        model = gpt-oss-120b, cluster = machines, workload = load, gpus = 0..${tp - 1}
        parallel { tp = ${tp} }
        engine { name = vllm, version = "${version}" }
      }`);
    expect((memory[0]?.classes[0]?.expertBytes ?? 0) / GIB).toBeCloseTo(gib, 0);
  });
});

describe('sparse latent attention has workspaces for the longest context', () => {
  const plan = (settings: string, { kv = 'fp8', node = 'DGX-H200', max = 163_840 } = {}) => {
    const { account } = started({
      model: 'DeepSeek-V3.2',
      machines: `node = ${node}, count = 1`,
      types: `weights = fp8-block, kv = ${kv}`,
      engine: `max-context = ${max} tokens, max-requests = 64, ${settings}`,
    });
    const line = (start: string) => -(account.lines.find(({ text }) => text.startsWith(start))?.bytes ?? 0) / GIB;
    return { weights: line('model weights'), peak: line('activation peak') };
  };

  test('room for five of them in 16 bits is loaded with the weights, where FlashMLA reads a cache in 8 bits', () => {
    const loaded = plan('');
    expect(loaded.weights - plan('', { kv: 'bf16' }).weights).toBeCloseTo((5 * 163_840 * 576 * 2) / GIB, 2);
    expect(plan('', { max: 40_960 }).weights).toBeCloseTo(loaded.weights - (5 * 122_880 * 576 * 2) / GIB, 2);
    expect(plan('version = "0.12.0"').weights).toBeCloseTo(plan('', { kv: 'bf16' }).weights, 2);
    expect(plan('', { node: 'RTX-PRO-6000-8' }).weights).toBeCloseTo(plan('', { kv: 'bf16' }).weights, 2);
  });

  test('room for forty of them in the indexer, which shares it, is in the peak elsewhere', () => {
    const long = { kv: 'bf16', max: 1_000_000 };
    expect(plan('', long).peak).toBeGreaterThan((40 * 1_000_000 * 132) / GIB);
    expect(plan('', { max: 1_000_000 }).peak).toBeCloseTo(plan('', { max: 100_000 }).peak, 2);
  });

  // Its log: "Model loading took 94.46 GiB". Without the workspace the weights are 88.4 GiB.
  test('GLM-5.3 at a million tokens loads what vLLM logs', () => {
    const { account } = started({
      model: 'GLM-5.3',
      machines: 'node = DGX-H200, count = 1',
      types: 'weights = fp8, kv = fp8',
      engine: 'version = "0.28.0", memory-fraction = 0.9, max-context = 1_048_576 tokens',
    });
    const weights = account.lines.find(({ text }) => text === 'model weights')?.bytes ?? 0;
    expect(Math.abs(-weights / GIB / 94.46 - 1)).toBeLessThan(0.01);
  });
});

describe('starts', () => {
  const V32 = { model: 'DeepSeek-V3.2', machines: 'node = DGX-H200, count = 1' };
  test.each<[string, Started, object]>([
    ['with what its share leaves', { model: 'Llama-3.1-8B', degrees: 'tp = 1' }, { ok: true }],
    [
      'not where weights alone are larger than the GPU',
      { model: 'DeepSeek-V3', degrees: 'tp = 1' },
      { ok: false, fault: { kind: 'weights' }, remedy: { property: 'tp', option: '--tensor-parallel-size 16' } },
    ],
    [
      'not with a share that is not free',
      { model: 'Llama-3.1-8B', degrees: 'tp = 1', engine: 'memory-fraction = 0.999' },
      { ok: false, fault: { kind: 'share' }, remedy: { property: 'memory-fraction', value: 0.99 } },
    ],
    [
      'not where others hold a part of its share',
      { model: 'Llama-3.1-8B', degrees: 'tp = 1', engine: 'memory-fraction = 0.9, occupied = 10 GiB' },
      { ok: false, fault: { kind: 'share' }, remedy: { property: 'memory-fraction', value: 0.86 } },
    ],
    [
      'with the share that they leave',
      { model: 'Llama-3.1-8B', degrees: 'tp = 1', engine: 'memory-fraction = 0.86, occupied = 10 GiB' },
      { ok: true },
    ],
    [
      'not where nothing is left for the cache: fewer requests leave some',
      {
        model: 'Qwen3-32B',
        degrees: 'tp = 1',
        engine: 'version = "0.11.0", memory-fraction = 0.83, max-context = 1000 tokens',
      },
      { ok: false, fault: { kind: 'no-cache' }, remedy: { property: 'max-requests', option: '--max-num-seqs 512' } },
    ],
    [
      'not where the longest request does not fit',
      { model: 'Qwen3-32B', degrees: 'tp = 1', engine: 'version = "0.11.0", max-context = 32_000 tokens' },
      { ok: false, fault: { kind: 'context', context: 32_000 }, remedy: { property: 'max-context' } },
    ],
    [
      'with that context shorter',
      { model: 'Qwen3-32B', degrees: 'tp = 1', engine: 'version = "0.11.0", max-context = 16_000 tokens' },
      { ok: true },
    ],
    [
      'not where graphs and the sampler have no room beside the share',
      { model: 'Llama-3.1-8B', degrees: 'tp = 1', engine: 'version = "0.19.0", cache-memory = 62 GiB' },
      { ok: false, fault: { kind: 'warm-up' } },
    ],
    [
      'not where the longest context needs more than what is left, however short the load',
      {
        model: 'DeepSeek-V3.2',
        machines: 'node = H20x8, count = 1',
        engine: 'memory-fraction = 0.95, max-context = 163_840 tokens',
      },
      { ok: false, fault: { kind: 'context', context: 163_840 }, remedy: { property: 'max-context' } },
    ],
    [
      'not gpt-oss-120b on one H100 with its defaults',
      { model: 'gpt-oss-120b', degrees: 'tp = 1', engine: 'max-context = 131_072 tokens' },
      { ok: false, fault: { kind: 'context' }, remedy: { property: 'max-context' } },
    ],
    ['with the context of the model where it fits', { ...V32, types: 'kv = fp8' }, { ok: true }],
  ])('%s', (_, plan, expected) => {
    expect(started(plan).start).toMatchObject(expected);
  });

  // With 512 requests at once there is a cache, but none for a request of 14,000 tokens; with 256 there is.
  test('the number of requests that it names leaves room for the longest context too', () => {
    const plan = (requests: number) => ({
      model: 'Qwen3-32B',
      degrees: 'tp = 1',
      engine: `version = "0.11.0", memory-fraction = 0.84, max-context = 14_000 tokens, max-requests = ${requests}`,
    });
    const { start } = started(plan(1024));
    if (start.ok || start.remedy?.property !== 'max-requests') throw new Error(JSON.stringify(start));
    expect(started(plan(start.remedy.value)).start.ok).toBe(true);
    expect(started(plan(2 * start.remedy.value)).start.ok).toBe(false);
  });

  test('more GPUs are named only where the heads can be split over them', () => {
    const { start } = started({ model: 'DeepSeek-V3', degrees: 'tp = 1' });
    expect(start).toMatchObject({ remedy: { property: 'tp', value: 16 } });
    // Weights of 890 GiB ask for 32 ranks, and 56 heads cannot be split over them.
    const uneven = started({ model: 'Arctic', degrees: 'tp = 1' });
    expect(uneven.start).toMatchObject({ ok: false, fault: { kind: 'weights' } });
    expect(uneven.start).toHaveProperty('remedy', undefined);
  });

  test('the longest context that it names fits, and one token more does not', () => {
    const plan = (context: number) => ({
      model: 'Qwen3-32B',
      degrees: 'tp = 1',
      engine: `version = "0.11.0", max-context = ${context} tokens`,
    });
    const { start } = started(plan(32_000));
    if (start.ok || start.remedy?.property !== 'max-context') throw new Error('it starts');
    expect(started(plan(start.remedy.value)).start.ok).toBe(true);
    expect(started(plan(start.remedy.value + 1)).start.ok).toBe(false);
  });
});
