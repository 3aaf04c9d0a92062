import type { Diagnostic } from '../../language/diagnostic.ts';
import { fileName } from '../../text/fileName.ts';
import { terminalText } from '../../text/terminal.ts';
import { oneLine } from '../../text/visible.ts';
import type { CheckedFile } from '../commands/check.ts';
import { excerpt } from './excerpt.ts';

/** Each finding with its line of text and a mark under the span, then a count. */
export function toText(files: readonly CheckedFile[]): string {
  const findings = files.flatMap((file) => file.diagnostics.map((diagnostic) => finding(file, diagnostic)));
  const diagnostics = files.flatMap((file) => file.diagnostics);
  const count = (severity: string, noun: string) => {
    const number = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? [] : [`${number} ${noun}${number === 1 ? '' : 's'}`];
  };
  const counts = [...count('error', 'error'), ...count('warning', 'warning'), ...count('information', 'note')];
  const inFiles = `in ${files.length} file${files.length === 1 ? '' : 's'}`;
  return terminalText(
    `${[...findings, counts.length > 0 ? `${counts.join(', ')} ${inFiles}` : `no problems ${inFiles}`].join('\n\n')}\n`,
  );
}

function finding(
  { path, source, files }: CheckedFile,
  { span, severity, rule, message, related = [] }: Diagnostic,
): string {
  const { line, character } = source.lineIndex.positionAt(span.start);
  const shown = excerpt(source, span);
  // A character may be shown as more than one.
  const columnsBefore = oneLine(shown.text.slice(0, shown.column)).length;
  const markedColumns = oneLine(shown.text.slice(shown.column, shown.column + shown.length)).length;
  const number = String(line + 1);
  const margin = ' '.repeat(number.length);
  const word = severity === 'information' ? 'note' : severity;
  const notes = related.map((note) => {
    const file = note.uri === source.uri ? source : files.get(note.uri);
    const lineSuffix = file ? `:${file.lineIndex.positionAt(note.span.start).line + 1}` : '';
    return `${margin} = ${oneLine(note.message)} (${oneLine(note.uri === source.uri ? path : fileName(note.uri))}${lineSuffix})`;
  });
  return [
    `${oneLine(path)}:${number}:${character + 1}: ${word}[${rule}]: ${oneLine(message)}`,
    `${margin} |`,
    `${number} | ${oneLine(shown.text)}`,
    `${margin} | ${' '.repeat(columnsBefore)}${'^'.repeat(Math.max(1, markedColumns))}`,
    ...notes,
  ].join('\n');
}
