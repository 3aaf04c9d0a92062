import type { Experts } from '../../plan/model.ts';
import { groupLimitedDestinations } from './destinations.ts';
import type { Spread } from './spread.ts';

/**
 * Bytes that each GPU of a group sends in one collective, to GPUs of its own scale-up domain and to those of other domains.
 */
export interface SentByLevel {
  readonly inside: number;
  readonly across: number;
  /** Whether crossing data goes only to the GPU at the same place in each other domain, rather than to all GPUs there. */
  readonly isRail: boolean;
}

/** The shape of a group: `domains` scale-up domains with `perDomain` of its GPUs each. */
export type GroupShape = Pick<Spread, 'size' | 'domains' | 'perDomain'>;

/** The experts that tokens are sent to. */
export interface Destinations {
  readonly experts: Experts;
  readonly ep: number;
}

/**
 * Splits by level the bytes that a collective was priced with, in the same way as its price. `bytes` is what one GPU sends
 * under `formula` in a group of shape `priced`, the widest of its kind; `sending` is the shape of the group in question.
 * With S the buffer and n GPUs, g in each of d domains:
 * - all-reduce (ring, in-switch, two-shot) `2 S (n-1)/n`, one-shot `(n-1) S`; across domains reduce-scatter and all-gather
 *   inside, `2 S (g-1)/g`, and an all-reduce of S/g between equal places, `2 S/g (d-1)/d`.
 * - all-gather, reduce-scatter: half of that.
 * - all-to-all: `S (g-1)/n` inside, `S (n-g)/n` across, to every GPU.
 * - DeepEP normal: a token crosses once per remote domain that has one of its experts, between equal places, and is handed
 *   on inside once per rank. Low latency: each choice goes to its rank directly.
 * Throws a RangeError for a formula that is not a collective.
 */
export function sentByLevel(
  formula: string,
  bytes: number,
  priced: GroupShape,
  sending: GroupShape,
  to: Destinations | undefined,
): SentByLevel {
  const { size: n } = sending;
  const { perDomain: g, domains: d } = sending;
  if (n <= 1 || bytes === 0) return { inside: 0, across: 0, isRail: false };
  const hierarchical = (whole: number): SentByLevel => ({
    inside: (whole * (g - 1)) / g,
    across: ((whole / g) * (d - 1)) / d,
    isRail: true,
  });
  switch (formula) {
    case 'all-reduce-one-shot':
      return { inside: bytes, across: 0, isRail: false };
    // The bytes are `2 S (n-1)/n` and `S (n-1)/n`, and the parts inside and across add up to them.
    case 'all-reduce':
    case 'all-reduce-two-shot':
    case 'all-reduce-hierarchical':
    case 'all-gather':
    case 'reduce-scatter':
      return hierarchical((bytes * n) / (n - 1));
    case 'all-to-all': {
      const share = bytes / (n - 1);
      return { inside: share * (g - 1), across: share * (n - g), isRail: false };
    }
    case 'nvlink-dispatch':
    case 'nvlink-combine':
      return { inside: bytes, across: 0, isRail: false };
    case 'deepep-normal-dispatch':
    case 'deepep-normal-combine': {
      if (d === 1 || !to) return { inside: bytes, across: 0, isRail: true };
      const ranks = (destinations(to, to.ep) * (to.ep - 1)) / to.ep;
      const nodes = (destinations(to, d) * (d - 1)) / d;
      return { inside: g > 1 ? bytes : 0, across: (bytes * nodes) / ranks, isRail: true };
    }
    case 'deepep-low-latency-dispatch':
    case 'deepep-low-latency-combine': {
      const sent = bytes / (1 - 1 / (priced.domains === 1 ? (to?.ep ?? n) : priced.domains));
      return { inside: (sent * (g - 1)) / n, across: (sent * (n - g)) / n, isRail: false };
    }
    default:
      throw new RangeError(`${formula} is no collective`);
  }
}

function destinations({ experts }: Destinations, parts: number): number {
  const { count, topK, groups, topGroups } = experts;
  return groupLimitedDestinations(count, Math.round(topK), parts, groups, topGroups);
}
