import { suggest } from './suggest.ts';

/** More suggestions than these are no help. */
export const MOST_SUGGESTIONS = 3;

/**
 * The candidates that a name most probably means, the likeliest first, three at most. The first of these groups with a member
 * counts: the very same name; names spelt alike but for case and separators; names that begin with it; the longest name that it
 * begins with; names that have all its fields (`235B-A22B`). If all are empty, the name that a slip of the finger turned into it
 * counts. A number is taken for another number only in that last group. Without `slips`, for names that nobody types letter by
 * letter, the last group is left out.
 */
export function nearNames(written: string, candidates: readonly string[], slips = true): readonly string[] {
  const wanted = fieldsOf(written);
  const text = wanted.join('');
  if (text === '' || text.length > LONGEST) return [];
  const namesWithFields = candidates
    .filter((name) => name.length <= LONGEST)
    .map((name) => ({ name, fields: fieldsOf(name), text: fieldsOf(name).join('') }));
  const byLength = (left: { readonly text: string }, right: { readonly text: string }) =>
    left.text.length - right.text.length;
  const tiers = [
    namesWithFields.filter((candidate) => candidate.name === written),
    namesWithFields.filter((candidate) => candidate.text === text),
    text.length < SHORTEST
      ? []
      : namesWithFields.filter((candidate) => candidate.text.startsWith(text)).toSorted(byLength),
    namesWithFields
      .filter(
        (candidate) => candidate.fields.length > 1 && candidate.fields.every((field, index) => wanted[index] === field),
      )
      .toSorted((left, right) => byLength(right, left))
      .slice(0, 1),
    wanted.length < 2 && text.length < SHORTEST
      ? []
      : namesWithFields.filter((candidate) => holdsInOrder(candidate.fields, wanted)).toSorted(byLength),
  ];
  const likeliest = tiers.find((tier) => tier.length > 0);
  if (likeliest) return likeliest.slice(0, MOST_SUGGESTIONS).map(({ name }) => name);
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
