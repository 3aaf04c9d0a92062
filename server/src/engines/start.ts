import type { CacheOfLayers, GpuLoad, MemoryAccount } from './memory.ts';

/** Why an engine does not start. Bytes are those of one GPU. */
export type StartFault =
  /** Weights alone are larger than the GPU's memory. */
  | { readonly kind: 'weights'; readonly neededBytes: number; readonly availableBytes: number }
  /** The engine's share is more than what is free when it starts. */
  | { readonly kind: 'share'; readonly neededBytes: number; readonly availableBytes: number }
  /** Nothing is left for the cache; `missingBytes` are lacking before the first token. */
  | { readonly kind: 'no-cache'; readonly missingBytes: number }
  /** One request of the longest context does not fit into the cache; `longest` is the longest that does. */
  | {
      readonly kind: 'context';
      readonly context: number;
      readonly longest: number;
      readonly neededBytes: number;
      readonly availableBytes: number;
    }
  /** What lies outside of the engine's share has no room for what is allocated after the cache. */
  | { readonly kind: 'warm-up'; readonly neededBytes: number; readonly availableBytes: number };

/** The smallest change with which an engine would start. */
export interface Remedy {
  readonly block: 'engine' | 'parallel';
  readonly property: 'max-context' | 'max-requests' | 'memory-fraction' | 'tp';
  readonly value: number;
  /** The same as an option of the engine's command line. */
  readonly option: string;
}

/** Whether an engine starts, and if not, why and what mends it. */
export type Start =
  | { readonly ok: true }
  | { readonly ok: false; readonly fault: StartFault; readonly remedy?: Remedy | undefined };

export type Starts = (kept: readonly CacheOfLayers[], account: MemoryAccount, load: GpuLoad) => Start;

export const STARTS: Start = { ok: true };

/** An engine that starts with any cache at all. */
export const startsWithCache: Starts = (_, { cacheBytes }, { weightBytes, driverBytes }) => {
  if (cacheBytes > 0) return STARTS;
  if (weightBytes > driverBytes) {
    return { ok: false, fault: { kind: 'weights', neededBytes: weightBytes, availableBytes: driverBytes } };
  }
  return { ok: false, fault: { kind: 'no-cache', missingBytes: -cacheBytes } };
};

/** The largest whole number from `least` to `most` for which `fits` holds, if it holds for `least` and stays false above. */
export function largestThat(fits: (number: number) => boolean, least: number, most: number): number | undefined {
  if (most < least || !fits(least)) return undefined;
  if (fits(most)) return most;
  let low = least;
  let high = most;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
