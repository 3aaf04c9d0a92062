/** The longest name for which a suggestion is sought. Longer ones are no slips of the finger. */
const LONGEST = 64;

/**
 * The candidate that a mistyped word most probably means, or none if none is close. Up to a third of its letters, but at least
 * one, may be inserted, dropped, replaced or swapped with a neighbour. Case does not count.
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
    const edits = distance(wanted, candidate.toLowerCase(), limit);
    if (edits <= limit) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best ?? plural(wanted, candidates);
}

/** `gpus` for `gpu` and the reverse, and names that differ only in their separators. */
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

/**
 * The optimal string alignment distance (Damerau-Levenshtein without repeated edits of a pair). It is given up where it passes a
 * limit.
 */
function distance(left: string, right: string, limit: number): number {
  const width = right.length + 1;
  let beforeLast = new Uint16Array(width);
  let last = Uint16Array.from({ length: width }, (_, column) => column);
  let current = new Uint16Array(width);
  for (let row = 1; row <= left.length; row++) {
    current[0] = row;
    let least = row;
    for (let column = 1; column < width; column++) {
      const replaced = (last[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      let cost = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current[column] = cost;
      least = Math.min(least, cost);
    }
    // A swapped pair may cost less than the row before it, but at most by one.
    if (least > limit + 1) return least;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return last[width - 1] ?? 0;
}
