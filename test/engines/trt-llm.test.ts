import { describe, expect, test } from 'vitest';
import { type StartedPlan, started } from '../support/startup.ts';

const B200 = { machines: 'node = DGX-B200, count = 1' };
const R1 = { ...B200, model: 'DeepSeek-R1', types: 'kv = fp8' };
const NVFP4 = { ...R1, types: 'weights = nvfp4, attention = bf16, kv = fp8' };

const at = (plan: Omit<StartedPlan, 'engine'>, settings = '') =>
  started({ ...plan, engine: `name = trt-llm, version = "1.2.0", memory-fraction = 0.8${settings}` });

describe('its account', () => {
  test('is the share of what weights, a profiled step and everything outside of PyTorch leave', () => {
    const plan = at({ ...NVFP4, parallel: 'tp = 8, ep = 8' });
    expect(plan.lines.map(({ text }) => text)).toEqual([
      'total memory of the GPU',
      'weights (inside torch)',
      'peak of the profiled step (inside torch)',
      'outside torch',
      'kept free by free_gpu_memory_fraction',
    ]);
    expect(plan.lines.reduce((sum, { bytes }) => sum + bytes, 0) / 2 ** 30).toBeCloseTo(plan.cache, 6);
    // 2,860,536 tokens of 35,136 B logged.
    expect(plan.tokens / 2_860_536).toBeCloseTo(1, 1);
    expect(plan.bytesPerToken).toBe(35_136);
    expect(plan.tokens % 32).toBe(0);
  });

  test('ranks that reduce together hold more outside of PyTorch than ranks of attention data parallelism', () => {
    const outside = (parallel: string) => at({ ...R1, parallel }).lines[3]?.bytes ?? 0;
    expect(outside('tp = 8, ep = 8') / 2 ** 30).toBeCloseTo(-7.2, 2);
    expect(outside('dp = 8, ep = 8') / 2 ** 30).toBeCloseTo(-4.64, 2);
  });

  test('a limit on tokens leaves the rest of the memory unused', () => {
    expect(at({ ...R1, parallel: 'tp = 8' }, ', cache-tokens = 100_000 tokens').tokens).toBe(100_000);
  });

  test('a prompt that is longer than a step is read in steps of max_num_tokens', () => {
    const plan = at({ ...R1, parallel: 'dp = 8, ep = 8', load: 'input = 126_000 tokens, output = 2_000 tokens' });
    expect(plan.engine.chunkTokens).toBe(8192);
    expect(plan.activations).toBeLessThan(4);
    expect(plan.requests).toBeGreaterThanOrEqual(24);
  });

  test('before 1.0 the decoder of a built engine holds the logits of its largest batch', () => {
    const built = (requests: number) =>
      started({
        model: 'Llama-3.1-8B',
        machines: 'gpu = H100-SXM, count = 1',
        types: 'weights = fp8, kv = fp8',
        engine: `name = trt-llm, version = "0.19.0", memory-fraction = 0.9, max-requests = ${requests}`,
      });
    const more = 18.5 * (2048 - 64) * 128_256 * 0.9;
    expect(built(64).cache - built(2048).cache).toBeCloseTo(more / 2 ** 30, 3);
  });
});

test('what others hold is not free after loading: its share of that is missing', () => {
  const at = (occupied: string) =>
    started({ model: 'DeepSeek-R1', parallel: 'tp = 8', engine: `name = trt-llm${occupied}` }).cache;
  expect(at('') - at(', occupied = 10 GiB')).toBeCloseTo(9, 6);
});

describe('what is held beside the share of the weights', () => {
  test("DeepGEMM's experts have room for the tokens of all ranks at each expert, to 18,688 of them", () => {
    const workspace = (parallel: string) =>
      at({ ...R1, parallel }, ', moe-backend = deepgemm').weights - at({ ...R1, parallel }).weights;
    // 8-bit and 16-bit rows of 7,168: 42.8 GiB more were logged without expert parallelism, 16 with all else on eight ranks.
    expect(workspace('tp = 8, ep = 1')).toBeCloseTo((256 * 8192 * 7168 * 3) / 2 ** 30, 2);
    expect(workspace('dp = 8, ep = 8')).toBeCloseTo((32 * 18_688 * 7168 * 3) / 2 ** 30, 2);
  });

  test('the table of embeddings and the absorbed up-projection of latent attention', () => {
    const vllm = started({ ...R1, parallel: 'tp = 8', engine: 'name = vllm' }).weights;
    const plan = at({ ...R1, parallel: 'tp = 8' }).weights;
    // vLLM keeps the up-projection in 16 bits as well, but splits the table of 129,280 x 7,168.
    expect(plan - vllm).toBeCloseTo((129_280 * 7168 * 2 * 7) / 8 / 2 ** 30, 2);
    // 81.97 GiB logged.
    expect(plan / 81.97).toBeCloseTo(1, 1);
  });

  test('mxfp4 experts are padded to 128 columns and rows', () => {
    const one = { model: 'gpt-oss-120b', machines: 'gpu = B200-SXM, count = 1' };
    expect(at(one).weights).toBeGreaterThan(started({ ...one, engine: 'name = sglang' }).weights + 2.4);
  });

  test('ranks of attention data parallelism may share the head', () => {
    const ranks = { ...R1, parallel: 'dp = 8, ep = 8' };
    expect(at(ranks).weights - at(ranks, ', dp-lm-head = false').weights).toBeCloseTo(
      (129_280 * 7168 * 2 * 7) / 8 / 2 ** 30,
      2,
    );
  });
});
