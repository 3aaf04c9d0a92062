import { expect } from 'vitest';
import type { TextEdit } from '../../server/src/language/diagnostic.ts';
import type { Span } from '../../server/src/language/span.ts';
import type { Analysis } from '../../server/src/services/analysis.ts';
import { complete } from '../../server/src/services/completion/completion.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { definition } from '../../server/src/services/navigation/definition.ts';
import { foldingRanges } from '../../server/src/services/navigation/folding.ts';
import { references } from '../../server/src/services/navigation/references.ts';
import { type DocumentSymbol, documentSymbols } from '../../server/src/services/navigation/symbols.ts';
import { rename } from '../../server/src/services/refactor/rename.ts';
import { analysed } from '../support/analysed.ts';

/**
 * Editor features are tested by marked texts: `$0` is the cursor, and what stands between `«` and `»` is the span that
 * the feature must answer with.
 */
export interface Marked {
  readonly text: string;
  readonly cursor: number;
  readonly spans: readonly Span[];
  readonly analysis: Analysis;
}

export function marked(source: string): Marked {
  let text = '';
  let cursor: number | undefined;
  let start = 0;
  const spans: Span[] = [];
  for (const part of source.split(/(\$0|[«»])/)) {
    if (part === '$0') {
      if (cursor !== undefined) throw new Error('two cursors');
      cursor = text.length;
    } else if (part === '«') start = text.length;
    else if (part === '»') spans.push({ start, end: text.length });
    else text += part;
  }
  return { text, cursor: cursor ?? -1, spans, analysis: analysed(text) };
}

function atCursor(source: string): Marked {
  const found = marked(source);
  if (found.cursor < 0) throw new Error('no cursor');
  return found;
}

/** The hover at the cursor says each of these, over the marked span where one is marked. */
export function expectHover(source: string, ...says: readonly string[]): void {
  const { analysis, cursor, spans } = atCursor(source);
  const found = hover(analysis, cursor);
  if (says.length === 0) {
    expect(found?.markdown).toBeUndefined();
    return;
  }
  for (const part of says) expect(found?.markdown ?? 'no hover').toContain(part);
  if (spans.length > 0) expect(found?.span).toEqual(spans[0]);
}

export interface CompletionExpectation {
  /** Offered, in this order among themselves. */
  readonly offers?: readonly string[];
  readonly never?: readonly string[];
  /** All that is offered, sorted as an editor sorts it. */
  readonly all?: readonly string[];
}

export function expectCompletion(source: string, { offers = [], never = [], all }: CompletionExpectation): void {
  const { analysis, cursor } = atCursor(source);
  const labels = complete(analysis, cursor)
    .toSorted((left, right) => left.order - right.order)
    .map(({ label }) => label);
  expect(labels.filter((label) => offers.includes(label))).toEqual(offers);
  expect(labels.filter((label) => never.includes(label))).toEqual([]);
  if (all) expect(labels).toEqual(all);
}

/** The definition of what stands at the cursor is the marked span; without one, there is none in this file. */
export function expectDefinition(source: string): void {
  const { analysis, cursor, spans } = atCursor(source);
  const found = definition(analysis, cursor);
  expect(found?.uri === analysis.uri ? found.span : undefined).toEqual(spans[0]);
}

/** The marked spans are all uses and definitions of the name at the cursor. */
export function expectReferences(source: string): void {
  const { analysis, cursor, spans } = atCursor(source);
  const found = references(analysis, cursor, true).map(({ span }) => span);
  expect(found.toSorted((left, right) => left.start - right.start)).toEqual(spans);
}

/** Renaming what stands at the cursor gives this text, which has no more findings than before. */
export function expectRename(source: string, name: string, expected: string): void {
  const { analysis, cursor, text } = atCursor(source);
  const result = rename(analysis, cursor, name);
  if ('refused' in result) throw new Error(result.refused);
  expect(new Set(result.edits.map(({ uri }) => uri))).toEqual(new Set([analysis.uri]));
  const renamed = applied(text, result.edits);
  expect(renamed).toBe(expected);
  expect(analysed(renamed).program.diagnostics.length).toBe(analysis.program.diagnostics.length);
}

export function expectNoRename(source: string, name: string, reason: string): void {
  const { analysis, cursor } = atCursor(source);
  expect(rename(analysis, cursor, name)).toEqual({ refused: expect.stringContaining(reason) });
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((left, right) => right.span.start - left.span.start)
    .reduce((result, { span, text: by }) => result.slice(0, span.start) + by + result.slice(span.end), text);
}

/** The outline as indented lines: `NAME (DETAIL)`. */
export function outline(source: string): string {
  const lines = (symbols: readonly DocumentSymbol[], indent: string): string[] =>
    symbols.flatMap(({ name, detail, children }) => [
      `${indent}${name}${detail === '' ? '' : ` (${detail})`}`,
      ...lines(children, `${indent}  `),
    ]);
  return lines(documentSymbols(marked(source).analysis), '').join('\n');
}

/** Folds as `FIRST-LAST KIND`, lines from 0. */
export function folds(source: string): readonly string[] {
  return foldingRanges(marked(source).analysis).map(
    ({ startLine, endLine, kind }) => `${startLine}-${endLine} ${kind}`,
  );
}
