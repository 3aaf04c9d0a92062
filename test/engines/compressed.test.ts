import { describe, expect, test } from 'vitest';
import { cacheSize } from '../../server/src/cost/memory/kvCache.ts';
import { loggedTokens as sglangTokens } from '../../server/src/engines/sglang/memory.ts';
import { requestBytes, loggedTokens as vllmTokens } from '../../server/src/engines/vllm/cache.ts';
import type { Engine } from '../../server/src/plan/deployment.ts';
import { catalogModel as model } from '../catalog/catalogModels.ts';
import { evaluated } from '../support/analysed.ts';
import { pool, range } from '../support/deployments.ts';

/** How engines hold the caches of compressed attention, by their own sources and what they log of themselves. */

const GIB = 2 ** 30;
function held(name: string, engine: Partial<Engine>) {
  const on = pool(model(name), range(0, 8), { engine: { pageTokens: 256, ...engine } });
  const [stage] = on.stages;
  if (!stage) throw new Error('a pool without a stage');
  return { on, kept: cacheSize(on, stage).kept };
}

describe('SGLang', () => {
  const PRO = { name: 'sglang', windowRatio: 0.15, mambaRatio: 0.9, maxRequests: 64 } as const;

  test('has pools of windows and of states beside that of tokens', () => {
    // `bytes_per_full_token` of DeepSeek-V4-Pro in its start-up log, and its states of 128 tokens for 64 requests.
    const fixed = 31 * 128 * 4096 * 67;
    expect(fixed / GIB).toBeCloseTo(1.01, 2);
    const { on, kept } = held('DeepSeek-V4-Pro', { ...PRO, version: '0.5.15' });
    const tokens = sglangTokens(kept, 100 * GIB, on) ?? 0;
    expect((100 * GIB - fixed) / tokens).toBeCloseTo(13_735.04, 0);
    expect(tokens % 256).toBe(0);
  });

  test('kept all states with the windows before 0.5.15', () => {
    // DeepSeek-V4-Flash: 15,955.85 bytes in the log of May 2026, of which 58.4 are a prediction module's window.
    const { on, kept } = held('DeepSeek-V4-Flash', { ...PRO, windowRatio: 0.1, version: '0.5.14' });
    const tokens = sglangTokens(kept, 100 * GIB, on) ?? 0;
    expect((100 * GIB) / tokens).toBeCloseTo(15_955.85 - 58.4, 0);
  });

  test('has twice the states where it drafts', () => {
    const alone = held('DeepSeek-V4-Pro', PRO);
    const drafting = held('DeepSeek-V4-Pro', { ...PRO, speculativeTokens: 3 });
    const fewer = sglangTokens(drafting.kept, 100 * GIB, drafting.on) ?? 0;
    expect(fewer).toBeLessThan(sglangTokens(alone.kept, 100 * GIB, alone.on) ?? 0);
  });
});

describe('vLLM', () => {
  const FLASH = { name: 'vllm', stepTokens: 16_384, maxContext: 30_000, version: '0.22.0' } as const;

  test('needs what it says for a longest request: pages of three widths in five groups', () => {
    // 118 blocks of compressed layers, twice 259 of windows, 4,099 and 2,065 of states, each 22 pages of every width.
    const page = 37_440 + 8640 + 1728;
    const { on, kept } = held('DeepSeek-V4-Flash', FLASH);
    expect(requestBytes(kept, 30_000, on)).toBe((118 + 2 * 259 + 4099 + 2065) * 22 * page);
    expect(requestBytes(kept, 30_000, on) / GIB).toBeCloseTo(6.66, 2);
  });

  test('logs the longest requests that fit', () => {
    const { on, kept } = held('DeepSeek-V4-Flash', FLASH);
    const bytes = requestBytes(kept, 30_000, on);
    expect(vllmTokens(kept, 2.5 * bytes, on)).toBe(75_000);
  });

  test('holds more requests the smaller its steps are', () => {
    const small = held('DeepSeek-V4-Pro', { ...FLASH, stepTokens: 2048 });
    const large = held('DeepSeek-V4-Pro', { ...FLASH, stepTokens: 8192 });
    expect(vllmTokens(small.kept, 40 * GIB, small.on)).toBeGreaterThan(vllmTokens(large.kept, 40 * GIB, large.on) ?? 0);
  });
});

describe.each(['vllm', 'sglang'])('a plan for %s', (engine) => {
  test('has blocks of 256 tokens', () => {
    const { deployment } = evaluated(`
cluster c { node = DGX-H200, count = 2 }
workload w { input = 1000 tokens, output = 100 tokens, concurrency = 8 }
deployment d {
  model = DeepSeek-V4-Flash, cluster = c, workload = w
  parallel { tp = 8, dp = 2, ep = 16 }
  engine { name = ${engine} }
}`);
    expect(deployment.pools[0]?.engine.pageTokens).toBe(256);
  });
});

describe('layers that take the choice of an earlier indexer', () => {
  const bytesPerToken = (name: Engine['name']) => {
    const { kept } = held('GLM-5.2', { name });
    return kept.reduce((sum, part) => sum + part.layers * part.bytesPerToken, 0);
  };

  test('keep no index keys in vLLM, and are charged for them in SGLang', () => {
    expect(bytesPerToken('vllm')).toBe(78 * 576 * 2 + 21 * 132);
    expect(bytesPerToken('sglang')).toBe(78 * (576 * 2 + 132));
  });
});
