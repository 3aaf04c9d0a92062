import { findingsOf } from '../../services/findings/placed.ts';
import { jsonText } from '../../text/json.ts';
import type { CheckedFile } from '../commands/check.ts';

/** One JSON object: `{ diagnostics: [{ file, line, column, endLine, endColumn, severity, rule, message }] }`. */
export function toJson(files: readonly CheckedFile[]): string {
  const diagnostics = files.flatMap(({ path, source, diagnostics: fileDiagnostics }) =>
    findingsOf(source, path, fileDiagnostics),
  );
  return `${jsonText({ diagnostics }, 2)}\n`;
}
