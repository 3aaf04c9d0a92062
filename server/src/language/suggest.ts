/** Longest name for which a suggestion is sought; longer ones are no slips of the finger. */
const LONGEST = 64;

/**
 * The candidate that a mistyped word most probably means, or none when no one is close: up to a third of its letters
 * (at least one) inserted, dropped, replaced or swapped with a neighbour; case does not count.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate === word || candidate.length > LONGEST) continue;
    const limit = Math.min(
      bestDistance - 1,
      Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3)),
      wanted.length - 1,
      candidate.length - 1,
    );
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const found = distance(wanted, candidate.toLowerCase());
    if (found <= limit) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best ?? plural(wanted, candidates);
}

/** `gpus` for `gpu` and the other way round, and words that begin alike: `max-memory-fraction` is no typing slip. */
function plural(wanted: string, candidates: readonly string[]): string | undefined {
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    if (
      other !== wanted &&
      (other === `${wanted}s` || wanted === `${other}s` || other.replace(/[-_.]/g, '') === wanted.replace(/[-_.]/g, ''))
    ) {
      return candidate;
    }
  }
  return undefined;
}

/** Optimal string alignment distance (Damerau-Levenshtein without repeated edits of a pair). */
function distance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      let cost = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
