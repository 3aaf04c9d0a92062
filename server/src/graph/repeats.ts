/** A part of a sequence: `period` items from `start`, repeated `times` times. */
export interface Repeat {
  readonly start: number;
  readonly period: number;
  readonly times: number;
}

/** No model has longer patterns of layers, and searching for them would take time. */
const LONGEST_PERIOD = 32;

/**
 * Divides a sequence into parts that repeat, so that as few items as possible have to be shown, without nesting patterns:
 * `a b a b a b c` is `(a b) x3, c`. The work is limited to items times the longest period.
 */
export function repeatsOf(items: readonly unknown[]): readonly Repeat[] {
  const longest = Math.min(LONGEST_PERIOD, items.length >> 1);
  const alike = Array.from({ length: longest + 1 }, () => 0);
  const best: { readonly shown: number; readonly part: Repeat | undefined }[] = [];
  best[items.length] = { shown: 0, part: undefined };
  for (let start = items.length - 1; start >= 0; start--) {
    let part: Repeat = { start, period: 1, times: 1 };
    let shown = 1 + (best[start + 1]?.shown ?? 0);
    for (let period = 1; period <= longest; period++) {
      const isAlike = start + period < items.length && items[start] === items[start + period];
      const length = isAlike ? (alike[period] ?? 0) + 1 : 0;
      alike[period] = length;
      const times = 1 + Math.floor(length / period);
      if (times < 2) continue;
      const total = period + (best[start + period * times]?.shown ?? 0);
      if (total < shown) {
        part = { start, period, times };
        shown = total;
      }
    }
    best[start] = { shown, part };
  }
  const parts: Repeat[] = [];
  for (let part = best[0]?.part; part !== undefined; part = best[part.start + part.period * part.times]?.part)
    parts.push(part);
  return parts;
}

/** Items that are shown once. */
export interface Folded<Item> {
  readonly items: readonly Item[];
  /** All items of the part that repeats, in order. The items of one pattern share this list. */
  readonly all: readonly Item[];
}

/** Folds items at equal places of parts that repeat. Items are equal when their texts are. */
export function foldedRepeats<Item>(items: readonly Item[], textOf: (item: Item) => string): readonly Folded<Item>[] {
  return repeatsOf(items.map(textOf)).flatMap(({ start, period, times }) => {
    const pattern = items.slice(start, start + period * times);
    return Array.from({ length: period }, (_, place) => ({
      items: pattern.filter((__, index) => index % period === place),
      all: pattern,
    }));
  });
}
