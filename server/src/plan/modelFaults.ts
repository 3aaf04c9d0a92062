import { divisors } from './divisors.ts';
import type { Experts } from './model.ts';
import { alternatives } from './wording.ts';

/**
 * Sizes of one model that contradict each other, wherever they come from: a block of the text or a config. `properties` are
 * those that exclude each other, the one to correct first; `nearest` is a value for it that would do.
 */
export interface ModelFault {
  readonly rule: 'routing-impossible' | 'kv-heads-not-divisible';
  readonly properties: readonly string[];
  readonly message: string;
  readonly nearest?: number;
}

export type Routing = Pick<Experts, 'count' | 'topK'> & Partial<Pick<Experts, 'zero' | 'groups' | 'topGroups'>>;

/** Why tokens cannot be routed to these experts; undefined when they can. */
export function routingFault({ count, topK, zero = 0, groups = 1, topGroups }: Routing): ModelFault | undefined {
  const rule = 'routing-impossible';
  const choices = count + zero;
  const chosen = topGroups ?? groups;
  const inGroup = count / groups;
  if (topK > choices)
    return {
      rule,
      properties: ['top-k', 'count'],
      message: `a token cannot visit top-k = ${topK} of ${choices} experts: use at most ${choices}`,
      nearest: choices,
    };
  if (count % groups !== 0)
    return {
      rule,
      properties: ['groups', 'count'],
      message: `count = ${count} experts cannot be divided into ${groups} equal groups: use ${alternatives(divisors(count))}`,
    };
  if (chosen > groups)
    return {
      rule,
      properties: ['top-groups', 'groups'],
      message: `a token cannot choose top-groups = ${chosen} of ${groups} groups: use at most ${groups}`,
      nearest: groups,
    };
  if (topGroups === undefined || groups === 1 || topGroups * inGroup >= topK) return undefined;
  const least = Math.ceil(topK / inGroup);
  return {
    rule,
    properties: ['top-groups', 'top-k', 'count'],
    message: `top-groups = ${topGroups} groups of ${inGroup} experts do not hold the top-k = ${topK} experts of a token: use at least ${least}`,
    nearest: least,
  };
}

/** Why query heads cannot be shared out over key/value heads; undefined when they can. */
export function kvHeadsFault(heads: number, kvHeads: number): ModelFault | undefined {
  if (heads % kvHeads === 0) return undefined;
  return {
    rule: 'kv-heads-not-divisible',
    properties: ['kv-heads'],
    message: `heads = ${heads} cannot be shared out evenly over kv-heads = ${kvHeads}: use ${alternatives(divisors(heads))}`,
  };
}
