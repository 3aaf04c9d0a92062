/** A text whose cursor is written as `$0`, with and without it. */
export function withCursor(marked: string): {
  readonly text: string;
  readonly offset: number;
  readonly position: { readonly line: number; readonly character: number };
} {
  const offset = marked.indexOf('$0');
  if (offset < 0 || marked.indexOf('$0', offset + 2) >= 0) throw new Error('a text has one `$0`');
  const before = marked.slice(0, offset).split('\n');
  return {
    text: marked.slice(0, offset) + marked.slice(offset + 2),
    offset,
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  };
}
