import type { Diagnostic } from '../../language/diagnostic.ts';
import { fileName } from '../../language/paths.ts';
import { terminalText } from '../../text/terminal.ts';
import { oneLine } from '../../text/visible.ts';
import type { CheckedFile } from '../commands/check.ts';
import { excerpt } from './excerpt.ts';

/** Each finding with its line of text and a mark under the span, then a count. */
export function toText(files: readonly CheckedFile[]): string {
  const findings = files.flatMap((file) => file.diagnostics.map((diagnostic) => finding(file, diagnostic)));
  const all = files.flatMap(({ diagnostics }) => diagnostics);
  const count = (severity: string, noun: string) => {
    const number = all.filter((each) => each.severity === severity).length;
    return number === 0 ? [] : [`${number} ${noun}${number === 1 ? '' : 's'}`];
  };
  const counts = [...count('error', 'error'), ...count('warning', 'warning'), ...count('information', 'note')];
  const inFiles = `in ${files.length} file${files.length === 1 ? '' : 's'}`;
  return terminalText(
    `${[...findings, counts.length > 0 ? `${counts.join(', ')} ${inFiles}` : `no problems ${inFiles}`].join('\n\n')}\n`,
  );
}

function finding({ path, analysis }: CheckedFile, { span, severity, rule, message, related = [] }: Diagnostic): string {
  const { line, character } = analysis.source.lineIndex.positionAt(span.start);
  const shown = excerpt(analysis.source, span);
  // What is shown of a character may be longer than it.
  const before = oneLine(shown.text.slice(0, shown.column)).length;
  const marked = oneLine(shown.text.slice(shown.column, shown.column + shown.length)).length;
  const number = String(line + 1);
  const margin = ' '.repeat(number.length);
  const word = severity === 'information' ? 'note' : severity;
  const notes = related.map((each) => {
    const file = analysis.program.files.get(each.uri);
    const at = file ? `:${file.lineIndex.positionAt(each.span.start).line + 1}` : '';
    return `${margin} = ${oneLine(each.message)} (${oneLine(each.uri === analysis.uri ? path : fileName(each.uri))}${at})`;
  });
  return [
    `${oneLine(path)}:${number}:${character + 1}: ${word}[${rule}]: ${oneLine(message)}`,
    `${margin} |`,
    `${number} | ${oneLine(shown.text)}`,
    `${margin} | ${' '.repeat(before)}${'^'.repeat(Math.max(1, marked))}`,
    ...notes,
  ].join('\n');
}
