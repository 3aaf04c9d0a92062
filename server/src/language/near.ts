import { suggest } from './suggest.ts';

/** More than these are no help. */
export const MOST_SUGGESTIONS = 3;

/**
 * The candidates that a name most probably means, the likeliest first, three at most: the very same; else those that are spelt
 * alike but for case and separators; else those that begin with it; else the longest that it begins with; else those with all
 * its fields (`235B-A22B`); else the one that a slip of the finger made it from. A number is never taken for another but by such
 * a slip; without `slips`, for names that nobody types letter by letter, not at all.
 */
export function nearNames(written: string, candidates: readonly string[], slips = true): readonly string[] {
  const wanted = fieldsOf(written);
  const text = wanted.join('');
  if (text === '' || text.length > LONGEST) return [];
  const known = candidates
    .filter((name) => name.length <= LONGEST)
    .map((name) => ({ name, fields: fieldsOf(name), text: fieldsOf(name).join('') }));
  const byLength = (left: { readonly text: string }, right: { readonly text: string }) =>
    left.text.length - right.text.length;
  const tiers = [
    known.filter((each) => each.name === written),
    known.filter((each) => each.text === text),
    text.length < SHORTEST ? [] : known.filter((each) => each.text.startsWith(text)).toSorted(byLength),
    known
      .filter((each) => each.fields.length > 1 && each.fields.every((field, index) => wanted[index] === field))
      .toSorted((left, right) => byLength(right, left))
      .slice(0, 1),
    wanted.length < 2 && text.length < SHORTEST
      ? []
      : known.filter((each) => holdsInOrder(each.fields, wanted)).toSorted(byLength),
  ];
  const found = tiers.find((tier) => tier.length > 0);
  if (found) return found.slice(0, MOST_SUGGESTIONS).map(({ name }) => name);
  const slip = slips ? suggest(written, candidates) : undefined;
  return slip === undefined ? [] : [slip];
}

const LONGEST = 64;
const SHORTEST = 3;

/** `Qwen3-235B-A22B` as `qwen`, `3`, `235b`, `a`, `22b`. */
function fieldsOf(name: string): string[] {
  return name.toLowerCase().match(/\d+[\p{L}]*|\p{L}+/gu) ?? [];
}

function holdsInOrder(fields: readonly string[], wanted: readonly string[]): boolean {
  let at = 0;
  for (const field of fields) if (field === wanted[at]) at++;
  return at === wanted.length;
}
