import type { Score } from '../../cost/score.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { type Knob, knobsOf } from '../whatIf/knobs.ts';

/** Values on an axis, those of the deployments included. */
const MOST_POINTS = 40;
/** How far curves reach to both sides of the deployments' own values. */
const REACH = 16;
/** How far they reach beyond them for the concurrency at which a cache is full. */
const REACH_OF_CACHE = 64;

/** The knobs of a deployment over which curves are drawn; what the answer depends on most comes first. */
export function axesOf(resolved: ResolvedDeployment): readonly Knob[] {
  const knobs = knobsOf(resolved);
  const first = knobs.filter(({ name }) => name === 'concurrency' || name === 'request-rate');
  return [...first, ...knobs.filter((knob) => !first.includes(knob))];
}

/**
 * Whole numbers in about equal ratios, from one request up to four times as many as there are, or to twice as many as the caches hold.
 * `most` is that number, where it is known.
 */
export function concurrencies(own: readonly number[], most: readonly number[]): readonly number[] {
  const largest = Math.max(...own);
  const beyondCache = Math.max(0, ...most.map((requests) => Math.min(2 * requests, REACH_OF_CACHE * largest)));
  return spread(1, Math.max(4 * largest, beyondCache), own, true);
}

/** Numbers in about equal ratios around the deployments' own values. */
export function around(own: readonly number[], isWhole: boolean): readonly number[] {
  return spread(Math.min(...own) / REACH, Math.max(...own) * REACH, own, isWhole);
}

/** Halves and doubles of whole numbers that must divide: batches of training. */
export function multiples(own: readonly number[]): readonly number[] {
  const all = own.flatMap((value) =>
    [1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1, 3 / 2, 2, 3, 4, 6, 8, 12, 16].map((factor) => value * factor),
  );
  return ascending(all.filter((value) => Number.isInteger(value) && value >= 1));
}

/**
 * Powers of a root of 2, which do not depend on where the ends lie: curves of plans that are alike are scored at the same values,
 * which are then known already.
 */
function spread(from: number, to: number, own: readonly number[], isWhole: boolean): readonly number[] {
  const low = isWhole ? Math.max(1, from) : from;
  const doublings = Math.log2(to / low);
  const perDoubling = Math.max(1, Math.min(4, Math.floor((MOST_POINTS - own.length - 2) / doublings)));
  const first = Math.ceil(perDoubling * Math.log2(low) - 1e-9);
  const last = Math.floor(perDoubling * Math.log2(to) + 1e-9);
  const values = Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => 2 ** ((first + index) / perDoubling),
  );
  return ascending([...(isWhole ? values.map(Math.round) : values), ...own]);
}

export function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((left, right) => left - right);
}

/** The concurrency that a search finds by halving, at which all places in the caches are taken. */
export function fullAt(scoreAt: (requests: number) => Score | undefined, least: number, most: number): number {
  const isFull = (requests: number) => {
    const inFlight = scoreAt(requests)?.predicted.inFlight;
    return inFlight !== undefined && inFlight.running >= inFlight.most * (1 - 1e-6);
  };
  let [low, high] = [Math.max(1, Math.floor(least)), Math.ceil(most)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isFull(middle)) high = middle;
    else low = middle;
  }
  return high;
}
