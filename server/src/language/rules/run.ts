import type { Reported } from '../analysis.ts';
import type { Diagnostic, Fix, Rule, TextEdit } from '../diagnostic.ts';
import type { ProblemKind, ProblemOf } from '../problems.ts';
import type { Location, Span } from '../span.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { bounded } from './bounds.ts';
import { failureDiagnostics } from './internal-error.ts';

/**
 * Runs rules of any family. Findings come in the order of the text, and those of one place in the order of the rules. A rule that
 * throws becomes the finding `internal-error` at `failedAt`, and the other rules still run. Without `failedAt` the error is
 * thrown.
 */
export function runRules<Context>(
  rules: readonly Rule<Context>[],
  context: Context,
  failedAt?: Location,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const rule of rules) {
    try {
      rule.check(context, (finding) =>
        diagnostics.push({ severity: rule.severity, ...bounded(finding), rule: rule.name }),
      );
    } catch (error) {
      if (!failedAt) throw error;
      for (const failure of failureDiagnostics([{ at: failedAt, what: `the rule \`${rule.name}\``, error }]))
        diagnostics.push(failure);
    }
  }
  return inOrder(diagnostics);
}

/** By file and place. Findings of one place keep their order. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted((left, right) =>
    left.uri < right.uri ? -1 : left.uri > right.uri ? 1 : left.span.start - right.span.start,
  );
}

/** The problems of one kind that evaluation recorded in a file. */
export function problemsOf<Kind extends ProblemKind>(analysis: Reported, kind: Kind): ProblemOf<Kind>[] {
  return analysis.problems.filter((problem): problem is ProblemOf<Kind> => problem.kind === kind);
}

export function edit(uri: string, span: Span, text: string): TextEdit {
  return { uri, span: { start: span.start, end: span.end }, text };
}

/** A quick fix of one edit. */
export function fix(title: string, uri: string, span: Span, text: string, preferred = true): Fix {
  return { title, edits: [edit(uri, span, text)], preferred };
}

/** `; did you mean `x` or `y`?` and the fixes that write them, or neither. */
export function didYouMean(
  uri: string,
  span: Span,
  ...suggestions: readonly (string | undefined)[]
): { readonly hint: string; readonly fixes: readonly Fix[] } {
  const definedSuggestions = suggestions.filter((suggestion) => suggestion !== undefined);
  if (definedSuggestions.length === 0) return { hint: '', fixes: [] };
  return {
    hint: `; did you mean ${enumerate(definedSuggestions, 'or')}?`,
    fixes: definedSuggestions.map((suggestion) =>
      fix(`Change to \`${suggestion}\``, uri, span, suggestion, definedSuggestions.length === 1),
    ),
  };
}

/** Removes a statement and its separator, or the whole line if nothing else stands on it. */
export function removeStatement(analysis: Pick<Reported, 'source'>, span: Span, title: string): Fix {
  const { source } = analysis;
  const { text, lineIndex } = source;
  const firstLine = lineIndex.positionAt(span.start).line;
  const lastLine = lineIndex.positionAt(span.end).line;
  const [lineStart, lineEnd] = [lineIndex.lineStart(firstLine), lineIndex.lineEnd(lastLine)];
  const before = beforeBlanks(text, span.start);
  const after = behindBlanks(text, span.end);
  if (before <= lineStart && after >= lineEnd) {
    const end = lastLine + 1 < lineIndex.lineCount ? lineIndex.lineStart(lastLine + 1) : lineEnd;
    return fix(title, source.uri, { start: lineStart, end }, '');
  }
  let { start, end } = span;
  if (text[after] === ',') {
    // A flag has no comma before it. Then this comma goes on separating its neighbours.
    if (before <= lineStart || ',{/'.includes(text.charAt(before - 1))) end = behindBlanks(text, after + 1);
    else start = before;
  } else if (text[before - 1] === ',') start = before - 1;
  return fix(title, source.uri, { start, end }, '');
}

/** Removes several statements of one file. Neighbours in a line go as one, since each alone would take the comma between. */
export function removeStatements(analysis: Pick<Reported, 'source'>, spans: readonly Span[]): readonly TextEdit[] {
  const { text } = analysis.source;
  const runs: Span[] = [];
  for (const span of spans.toSorted((left, right) => left.start - right.start)) {
    const last = runs.at(-1);
    const comma = last && behindBlanks(text, last.end);
    if (last && comma !== undefined && text[comma] === ',' && behindBlanks(text, comma + 1) === span.start)
      runs[runs.length - 1] = { start: last.start, end: span.end };
    else runs.push(span);
  }
  return runs.flatMap((span) => removeStatement(analysis, span, '').edits);
}

/** Where the blanks before an offset begin. Only the blanks are looked at, because a line may be as long as a file. */
export function beforeBlanks(text: string, offset: number, blanks = ' \t'): number {
  let at = offset;
  while (at > 0 && blanks.includes(text.charAt(at - 1))) at--;
  return at;
}

/** Where the blanks behind an offset end. */
export function behindBlanks(text: string, offset: number, blanks = ' \t'): number {
  let at = offset;
  while (at < text.length && blanks.includes(text.charAt(at))) at++;
  return at;
}

export function at(uri: string, span: Span): Location {
  return { uri, span: { start: span.start, end: span.end } };
}
