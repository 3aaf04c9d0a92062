import { Cache } from '../../language/cache.ts';
import type { Diagnostic, TextEdit } from '../../language/diagnostic.ts';
import { analyse } from '../../language/program.ts';
import { parseSource, type Sources } from '../../language/source.ts';
import type { Span } from '../../language/span.ts';
import type { Analysis } from '../analysis.ts';
import { applyEdits, lineEdits } from '../edits.ts';
import { formatRanges } from '../format/format.ts';
import { fixAll } from './fixes.ts';

/** More steps than statements wait for each other in any text that people write. */
const MOST_STEPS = 8;

/**
 * The edits that correct all slips, and those that come to light as others are corrected: the value of a pasted flag is looked at
 * once its statement is where it belongs. What was written is left in the usual form, as the formatter would write those lines.
 */
export function fixEverything(
  { uri, source }: Analysis,
  findings: readonly Diagnostic[],
  sources: Sources,
): readonly TextEdit[] {
  // What is held of the document itself stays that of its own text.
  const cache = new Cache();
  const first = fixAll(uri, findings);
  if (first.length === 0) return [];
  const afterFirst = applyEdits(source.text, first);
  let text = afterFirst;
  for (let step = 1; step < MOST_STEPS; step++) {
    // Only mistakes of the text wait for each other, and those of the plan would have to be predicted.
    const edits = fixAll(uri, analyse(uri, withText(sources, uri, text), cache).diagnostics);
    if (edits.length === 0) break;
    text = applyEdits(text, edits);
  }
  const after = tidied(uri, source.text, text);
  // Single words are left to their own edits, which move no cursor.
  return after === afterFirst ? first : lineEdits(source.text, after).map((edit) => ({ uri, ...edit }));
}

function withText(sources: Sources, uri: string, text: string): Sources {
  return {
    read: (other) => (other === uri ? text : sources.read(other)),
    unread: (other) => (other === uri ? undefined : sources.unread(other)),
    resolve: (from, path) => sources.resolve(from, path),
    catalog: () => sources.catalog(),
  };
}

/** The new text with the lines that are new in it as the formatter writes them, and without lines that were emptied. */
function tidied(uri: string, before: string, after: string): string {
  const changed = lineEdits(before, after).map(({ span, text }) => ({
    span,
    text: hasEmptyLine(before.slice(span.start, span.end)) ? text : text.replace(/^[ \t]*(?:\r\n|\r|\n)/gm, ''),
  }));
  const text = applyEdits(before, changed);
  const ranges: Span[] = [];
  let moved = 0;
  for (const edit of changed) {
    const start = edit.span.start + moved;
    moved += edit.text.length - (edit.span.end - edit.span.start);
    // The line break at the end belongs to the last of the lines.
    if (edit.text !== '') ranges.push({ start, end: start + edit.text.length - 1 });
  }
  return applyEdits(text, formatRanges(parseSource(uri, text), ranges));
}

function hasEmptyLine(text: string): boolean {
  return /^[ \t]*(?:\r\n|\r|\n)/m.test(text);
}
