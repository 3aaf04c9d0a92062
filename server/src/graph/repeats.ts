/** A part of a sequence: `period` items from `start` on, `times` over. */
export interface Repeat {
  readonly start: number;
  readonly period: number;
  readonly times: number;
}

/** Longer patterns of layers than this are in no model, and looking for them would cost. */
const LONGEST_PERIOD = 32;

/**
 * A sequence as parts that repeat, with as few items to be shown once each as one gets without patterns inside patterns:
 * `a b a b a b c` is `(a b) x3, c`. Work is counted: items times the longest period.
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
  /** All items of the part that repeats, in their order; those of one pattern share this list. */
  readonly all: readonly Item[];
}

/** Items at equal places of parts that repeat, by a text that is the same for equal ones. */
export function foldedRepeats<Item>(items: readonly Item[], textOf: (item: Item) => string): readonly Folded<Item>[] {
  return repeatsOf(items.map(textOf)).flatMap(({ start, period, times }) => {
    const pattern = items.slice(start, start + period * times);
    return Array.from({ length: period }, (_, place) => ({
      items: pattern.filter((__, index) => index % period === place),
      all: pattern,
    }));
  });
}
