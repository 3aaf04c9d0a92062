import type { Diagnostic } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Analysis } from '../analysis.ts';
import { diagnose } from './diagnostics.ts';

/** A finding as `moeplan check --format json` prints it, by schemas/check.schema.json. Lines and columns start at 1. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Diagnostic['severity'];
  readonly rule: string;
  readonly message: string;
}

/** Findings that matter outside an editor. Hints only grey out text, so they are left out. */
export function shownDiagnostics(analysis: Analysis): readonly Diagnostic[] {
  return diagnose(analysis).filter(({ severity }) => severity !== 'hint');
}

/** `file` is the document's name in the answer. */
export function findingsOf(
  { lineIndex }: Pick<SourceFile, 'lineIndex'>,
  file: string,
  diagnostics: readonly Diagnostic[],
): readonly Finding[] {
  return diagnostics.map(({ span, severity, rule, message }) => {
    const start = lineIndex.positionAt(span.start);
    const end = lineIndex.positionAt(span.end);
    return {
      file,
      line: start.line + 1,
      column: start.character + 1,
      endLine: end.line + 1,
      endColumn: end.character + 1,
      severity,
      rule,
      message,
    };
  });
}
