/** A half-open range of UTF-16 offsets in one text. The layers below `lsp/` use offsets, never lines. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span in a named file. */
export interface Location {
  readonly uri: string;
  readonly span: Span;
}

export function span(start: number, end: number): Span {
  return { start, end };
}

/** True when `offset` lies in the span or at its end: a cursor right behind a word still means that word. */
export function touches(range: Span, offset: number): boolean {
  return range.start <= offset && offset <= range.end;
}

export function encloses(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

export function cover(first: Span, last: Span): Span {
  return { start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}
