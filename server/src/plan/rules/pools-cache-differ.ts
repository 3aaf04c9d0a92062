import type { CacheDifference } from '../../engines/handover.ts';
import { engineProfile } from '../../engines/index.ts';
import type { Fix, Rule } from '../../language/diagnostic.ts';
import { type DraftPool, type PlanContext, placeOfProperty, poolsOf, relatedProperty } from './context.ts';
import { holds } from './facts.ts';
import { fixOf, propertyOf } from './settings.ts';

/**
 * A pool hands its cache to one that cannot take it.
 *
 * The pool that reads prompts sends their KV cache to the pool that generates. Engines convert little on the way: heads between
 * different `tp`, but neither the type of the cache nor, but for whole multiples in vLLM, its pages. Requests then fail one by
 * one at their hand-over, after both pools have started. Nor does one engine take another's cache.
 *
 * ## Not so
 * ```moeplan
 * pool prefill { types { kv = fp8 } }
 * pool decode  { types { kv = bf16 } }
 * ```
 *
 * ## But so
 * ```moeplan
 * types { kv = fp8 }
 * pool prefill { gpus = 0..7 }
 * pool decode  { gpus = 8..15 }
 * ```
 *
 * ## How to fix it
 * Write the property for the whole deployment, or the same value in both pools.
 */
export const poolsCacheDiffer: Rule<PlanContext> = {
  name: 'pools-cache-differ',
  family: 'engine',
  severity: 'error',
  summary: 'A pool cannot take the cache that another hands to it.',
  check(context, report) {
    for (const resolved of context.plan.deployments) {
      const pools = poolsOf(resolved);
      for (const [from, to] of resolved.draft?.poolEdges ?? []) {
        const [prefill, decode] = [pools[from], pools[to]];
        if (prefill?.pool.role !== 'prefill' || !decode || decode.pool.role === 'prefill') continue;
        if (!holds(prefill, 'degrees') || !holds(decode, 'degrees')) continue;
        for (const { setting, values, because } of differences(prefill, decode)) {
          const names = `pool ${decode.pool.name} cannot take the cache of pool ${prefill.pool.name}`;
          const name = setting === 'engine.name' ? 'the engine' : setting.slice(setting.indexOf('.') + 1);
          report({
            ...placeOfProperty(decode, propertyOf(decode, setting)),
            message: `${names}: ${name} is ${values[0]} there and ${values[1]} here, and ${because}; write the same in both`,
            related: relatedProperty(propertyOf(prefill, setting), `${name} of pool ${prefill.pool.name}`),
            fixes: fixesOf(context, prefill, decode, { setting, values }),
          });
        }
      }
    }
  },
};

function differences({ pool: prefill }: DraftPool, { pool: decode }: DraftPool): readonly CacheDifference[] {
  const [own, other] = [prefill, decode].map(({ engine }) => engineProfile(engine.name).handover);
  if (!own || !other) return [];
  if (own === other) return own(prefill, decode);
  const because = "neither engine has the other's connector";
  return [{ setting: 'engine.name', values: [prefill.engine.name, decode.engine.name], because }];
}

/** Writes the value of the other pool where one of the two has its own. Degrees do more than lay out the cache. */
function fixesOf(
  context: PlanContext,
  prefill: DraftPool,
  decode: DraftPool,
  { setting, values: [ofPrefill, ofDecode] }: Pick<CacheDifference, 'setting' | 'values'>,
): readonly Fix[] {
  const [first, second] = [propertyOf(prefill, setting), propertyOf(decode, setting)];
  if (first === second || setting === 'engine.name' || setting.startsWith('parallel.')) return [];
  const isText = setting === 'engine.version';
  const written = (value: string) => (isText ? JSON.stringify(value) : value);
  return [
    ...(second ? fixOf(context, decode, [{ setting, value: written(ofPrefill) }]) : []),
    ...(first ? fixOf(context, prefill, [{ setting, value: written(ofDecode) }]) : []),
  ];
}
