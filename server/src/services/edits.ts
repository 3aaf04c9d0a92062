import type { TextEdit } from '../language/diagnostic.ts';

/** The text with edits made that do not overlap. */
export function applyEdits(text: string, edits: readonly Pick<TextEdit, 'span' | 'text'>[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((left, right) => left.span.start - right.span.start)) {
    result += text.slice(at, edit.span.start) + edit.text;
    at = edit.span.end;
  }
  return result + text.slice(at);
}
