import type { GpuLoad } from '../memory.ts';
import { type Remedy, type Starts, startsWithCache } from '../start.ts';
import { account as accountOf } from './memory.ts';

/**
 * SGLang starts with any cache at all (0.5: `init_memory_pool` in srt/model_executor). Its default share leaves none where it
 * keeps memory free for graphs of many attention ranks: a share that is written helps then, and more GPUs do not.
 */
export const starts: Starts = (kept, account, load) => {
  const start = startsWithCache(kept, account, load);
  if (start.ok || start.fault.kind !== 'no-cache') return start;
  return { ...start, remedy: largerShare(load) };
};

/** Not more: what the account leaves out lies outside of the share. SGLang's own guides to many ranks write 0.8 to 0.85. */
const LARGEST_SHARE = 0.85;

/** A share that leaves free what activations, graphs and buffers take, where a cache fits into it. */
function largerShare(load: GpuLoad): Remedy | undefined {
  const { engine } = load;
  const cacheOf = (memoryFraction: number) => accountOf({ ...load, engine: { ...engine, memoryFraction } }).cacheBytes;
  let value = LARGEST_SHARE;
  // Above the share that leaves free what is used, the cache does not grow.
  while (value > engine.memoryFraction && cacheOf(value - 0.01) >= cacheOf(value)) value = hundredths(value - 0.01);
  if (value <= engine.memoryFraction || cacheOf(value) <= 0) return undefined;
  return { block: 'engine', property: 'memory-fraction', value, option: `--mem-fraction-static ${value}` };
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
