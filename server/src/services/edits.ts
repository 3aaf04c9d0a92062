import type { TextEdit } from '../language/diagnostic.ts';

/** Applies edits that do not overlap to a text. */
export function applyEdits(text: string, edits: readonly Pick<TextEdit, 'span' | 'text'>[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((left, right) => left.span.start - right.span.start)) {
    result += text.slice(at, edit.span.start) + edit.text;
    at = edit.span.end;
  }
  return result + text.slice(at);
}

/**
 * Limit on the lines of one text times the lines of the other. Above it `lineEdits` replaces everything between with one
 * edit.
 */
const MOST_COMPARED = 4_000_000;

/** Edits of whole lines that turn one text into another. Lines that both texts have are left alone. */
export function lineEdits(before: string, after: string): readonly Pick<TextEdit, 'span' | 'text'>[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, fresh.length) - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  const [a, b] = [old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail)];
  const start = old.slice(0, head).join('').length;
  if (a.length * b.length > MOST_COMPARED)
    return [{ span: { start, end: start + a.join('').length }, text: b.join('') }];
  return edited(a, b, start);
}

/** Uses the longest common subsequence of lines. */
function edited(a: readonly string[], b: readonly string[], start: number): readonly Pick<TextEdit, 'span' | 'text'>[] {
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const edits: { span: { start: number; end: number }; text: string }[] = [];
  let [i, j, offset] = [0, 0, start];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      offset += a[i]?.length ?? 0;
      i++;
      j++;
      continue;
    }
    const [from, taken, put] = [offset, i, j];
    while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
      if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) i++;
      else j++;
    }
    offset += a.slice(taken, i).join('').length;
    edits.push({ span: { start: from, end: offset }, text: b.slice(put, j).join('') });
  }
  return edits;
}

/** The lines of a text, including their line breaks. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}
