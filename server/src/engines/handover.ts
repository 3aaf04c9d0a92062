import type { Pool } from '../plan/deployment.ts';
import type { SettingName } from './rule.ts';

/** What of two pools' caches the engine's connector cannot convert. */
export interface CacheDifference {
  readonly setting: SettingName;
  /** Its values in the pool that reads prompts and in the one that takes their cache. */
  readonly values: readonly [prefill: string, decode: string];
  /** What the engine asks for, with its flag, in a clause. */
  readonly because: string;
}

/** Compares the caches of two pools of one engine, of which the first hands its cache to the second. */
export type CacheHandover = (prefill: Pool, decode: Pool) => readonly CacheDifference[];

/** Types of cache that differ, which no engine converts. */
export function typesDiffer(prefill: Pool, decode: Pool, because: string): readonly CacheDifference[] {
  return differing('types.kv', prefill.model.types.kv, decode.model.types.kv, because);
}

/** Pages that differ. */
export function pagesDiffer(prefill: Pool, decode: Pool, because: string): readonly CacheDifference[] {
  const [own, other] = [prefill, decode].map(({ engine }) => `${engine.pageTokens} tokens`);
  return differing('engine.page', own, other, because);
}

/** A difference where two values are not the same. */
export function differing(
  setting: SettingName,
  prefill: string | undefined,
  decode: string | undefined,
  because: string,
): readonly CacheDifference[] {
  if (prefill === undefined || decode === undefined || prefill === decode) return [];
  return [{ setting, values: [prefill, decode], because }];
}
