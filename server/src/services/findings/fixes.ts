import type { Diagnostic, Fix, TextEdit } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import { ALL_RULES } from './diagnostics.ts';
import { suppressionsOf } from './suppressions.ts';

/**
 * Rules whose only fix writes what was meant. Fixes of other rules make a choice (a unit, a degree) or remove something
 * that may still be wanted. They are left to the user, unless they are marked as certain.
 */
const FIXED_TOGETHER: ReadonlySet<string> = new Set([
  'unexpected-token',
  'unclosed-block',
  'unknown-block',
  'unknown-property',
  'unresolved-name',
  'wrong-type',
  'unused-import',
  'suppression-unused',
]);

/**
 * The edits in the document itself that correct all such slips in one step. When two edits overlap, the first is used.
 * `fixEverything` takes as many steps as there are.
 */
export function fixAll(uri: string, diagnostics: readonly Diagnostic[]): readonly TextEdit[] {
  return together(
    uri,
    diagnostics.filter(({ rule, fixes }) => FIXED_TOGETHER.has(rule) || fixes?.[0]?.isCertain === true),
  ).edits;
}

/** One fix for every finding of a rule. Undefined when fewer than two findings have a preferred fix. */
export function fixAllOf(rule: string, uri: string, diagnostics: readonly Diagnostic[]): Fix | undefined {
  const { count, edits } = together(
    uri,
    diagnostics.filter((diagnostic) => diagnostic.rule === rule),
  );
  return count < 2 ? undefined : { title: `Fix all ${count} of \`${rule}\``, edits };
}

/**
 * The edits, in the document itself, of findings with one preferred fix. When two overlap, the first is used. An edit that
 * several of them make at one place is made once.
 */
function together(
  uri: string,
  diagnostics: readonly Diagnostic[],
): { readonly count: number; readonly edits: readonly TextEdit[] } {
  const edits: TextEdit[] = [];
  const taken = new Set<string>();
  let count = 0;
  for (const { fixes = [] } of diagnostics) {
    const [only, ...others] = fixes;
    if (!only?.preferred || others.length > 0) continue;
    const fresh = only.edits.filter((edit) => !taken.has(keyOf(edit)));
    if (!fresh.every((edit) => edit.uri === uri && edits.every((other) => areApart(edit, other)))) continue;
    for (const edit of fresh) taken.add(keyOf(edit));
    edits.push(...fresh);
    count++;
  }
  return { count, edits: edits.toSorted((left, right) => left.span.start - right.span.start) };
}

function keyOf({ uri, span, text }: TextEdit): string {
  return `${uri} ${span.start} ${span.end} ${text}`;
}

/**
 * Whether both edits can be made in either order. When they touch, one of them may only delete, and neither may only
 * insert.
 */
function areApart(left: TextEdit, right: TextEdit): boolean {
  if (left.span.end < right.span.start || right.span.end < left.span.start) return true;
  const insert = [left, right].some(({ span }) => span.start === span.end);
  const meet = left.span.end === right.span.start || right.span.end === left.span.start;
  return meet && !insert && (left.text === '' || right.text === '');
}

const FAMILIES = new Map(ALL_RULES.map(({ name, family }) => [name, family]));

/** Text that cannot be read or has no meaning must be corrected and cannot be silenced. */
export function canSuppress({ rule, severity }: Diagnostic): boolean {
  const family = FAMILIES.get(rule);
  return !rule.startsWith('suppression-') && !(severity === 'error' && (family === 'syntax' || family === 'names'));
}

/** Offers a comment that silences a finding. The user writes the reason, and the comment has no effect without one. */
export function suppressionFix(source: SourceFile, { rule, span }: Diagnostic): Fix {
  const { text, lineIndex, uri } = source;
  const { line } = lineIndex.positionAt(span.start);
  const title = `Ignore \`${rule}\` here, with a reason`;
  const onLine = suppressionsOf(source).find(
    (suppression) => suppression.line === line && suppression.rules.length > 0,
  );
  const last = onLine?.rules.at(-1);
  if (last) return { title, edits: [{ uri, span: { start: last.span.end, end: last.span.end }, text: `, ${rule}` }] };
  const start = lineIndex.lineStart(line);
  const indent = /^[ \t]*/.exec(text.slice(start, lineIndex.lineEnd(line)))?.[0] ?? '';
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const comment = `${indent}// moeplan-ignore ${rule}: ${newline}`;
  return { title, edits: [{ uri, span: { start, end: start }, text: comment }] };
}
