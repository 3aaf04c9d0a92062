import type { CheckedFile } from '../commands/check.ts';

/** One JSON object: `{ diagnostics: [{ file, line, column, endLine, endColumn, severity, rule, message }] }`; lines and columns from 1. */
export function toJson(files: readonly CheckedFile[]): string {
  const diagnostics = files.flatMap(({ path, analysis, diagnostics: found }) =>
    found.map(({ span, severity, rule, message }) => {
      const start = analysis.source.lineIndex.positionAt(span.start);
      const end = analysis.source.lineIndex.positionAt(span.end);
      return {
        file: path,
        line: start.line + 1,
        column: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
        severity,
        rule,
        message,
      };
    }),
  );
  return `${JSON.stringify({ diagnostics }, undefined, 2)}\n`;
}
