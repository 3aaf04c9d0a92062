import type { FileAnalysis } from '../analysis.ts';
import type { Diagnostic, Fix, Rule, TextEdit } from '../diagnostic.ts';
import type { ProblemKind, ProblemOf } from '../problems.ts';
import type { SourceFile } from '../source.ts';
import type { Location, Span } from '../span.ts';
import type { BlockNode } from '../tree.ts';
import { failureDiagnostics } from './internal-error.ts';

/**
 * Runs rules of any family over what they check. Findings come in the order of the text, equal places in the rules' order. A rule
 * that throws is the finding `internal-error` at `failedAt` and keeps no other one from being made; without it, it throws.
 */
export function runRules<Context>(
  rules: readonly Rule<Context>[],
  context: Context,
  failedAt?: Location,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const rule of rules) {
    try {
      rule.check(context, (finding) => found.push({ severity: rule.severity, ...finding, rule: rule.name }));
    } catch (error) {
      if (!failedAt) throw error;
      for (const each of failureDiagnostics([{ at: failedAt, what: `the rule \`${rule.name}\``, error }]))
        found.push(each);
    }
  }
  return found.sort((left, right) =>
    left.uri < right.uri ? -1 : left.uri > right.uri ? 1 : left.span.start - right.span.start,
  );
}

/** The problems of one kind that evaluation recorded in a file. */
export function problemsOf<Kind extends ProblemKind>(analysis: FileAnalysis, kind: Kind): ProblemOf<Kind>[] {
  return analysis.problems.filter((problem): problem is ProblemOf<Kind> => problem.kind === kind);
}

export function edit(uri: string, span: Span, text: string): TextEdit {
  return { uri, span: { start: span.start, end: span.end }, text };
}

/** A quick fix of one edit. */
export function fix(title: string, uri: string, span: Span, text: string, preferred = true): Fix {
  return { title, edits: [edit(uri, span, text)], preferred };
}

/** `; did you mean `x`?` and the fix that writes it, or nothing of both. */
export function didYouMean(
  uri: string,
  span: Span,
  suggestion: string | undefined,
): { readonly hint: string; readonly fixes: readonly Fix[] } {
  if (suggestion === undefined) return { hint: '', fixes: [] };
  return {
    hint: `; did you mean \`${suggestion}\`?`,
    fixes: [fix(`Change to \`${suggestion}\``, uri, span, suggestion)],
  };
}

/** Writes statements at the beginning of a closed block, in the block's own form: on one line, or one below the other. */
export function insertedStatements(
  { text, lineIndex, uri }: SourceFile,
  node: BlockNode,
  statements: readonly string[],
): TextEdit {
  const brace = { start: node.body.start + 1, end: node.body.start + 1 };
  const inner = text.slice(node.body.start + 1, node.body.end - 1);
  if (!/[\r\n]/.test(inner)) {
    const line = statements.join(', ');
    return edit(uri, brace, inner.trim() === '' ? ` ${line}${inner === '' ? ' ' : ''}` : ` ${line},`);
  }
  const line = lineIndex.lineStart(lineIndex.positionAt(node.span.start).line);
  const indent = /^[ \t]*/.exec(text.slice(line, node.span.start))?.[0] ?? '';
  return edit(uri, brace, statements.map((statement) => `\n${indent}  ${statement}`).join(''));
}

/** Removes a statement with what separates it from the next: its whole line when it stands alone on it. */
export function removeStatement(analysis: FileAnalysis, span: Span, title: string): Fix {
  const { source } = analysis;
  const { text, lineIndex } = source;
  const firstLine = lineIndex.positionAt(span.start).line;
  const lastLine = lineIndex.positionAt(span.end).line;
  const [lineStart, lineEnd] = [lineIndex.lineStart(firstLine), lineIndex.lineEnd(lastLine)];
  const alone = text.slice(lineStart, span.start).trim() === '' && text.slice(span.end, lineEnd).trim() === '';
  if (alone) {
    const end = lastLine + 1 < lineIndex.lineCount ? lineIndex.lineStart(lastLine + 1) : lineEnd;
    return fix(title, source.uri, { start: lineStart, end }, '');
  }
  let { start, end } = span;
  const after = /^[ \t]*,[ \t]*/.exec(text.slice(end, lineEnd));
  const before = /,?[ \t]*$/.exec(text.slice(lineStart, start));
  if (after) end += after[0].length;
  else if (before?.[0].startsWith(',')) start -= before[0].length;
  return fix(title, source.uri, { start, end }, '');
}

export function at(uri: string, span: Span): Location {
  return { uri, span: { start: span.start, end: span.end } };
}
