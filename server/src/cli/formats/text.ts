import type { Diagnostic } from '../../language/diagnostic.ts';
import { fileName } from '../../language/paths.ts';
import type { CheckedFile } from '../commands/check.ts';

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
  return `${[...findings, counts.length > 0 ? `${counts.join(', ')} ${inFiles}` : `no problems ${inFiles}`].join('\n\n')}\n`;
}

function finding({ path, analysis }: CheckedFile, { span, severity, rule, message, related = [] }: Diagnostic): string {
  const { lineIndex, text } = analysis.source;
  const { line, character } = lineIndex.positionAt(span.start);
  const start = lineIndex.lineStart(line);
  const end = lineIndex.lineEnd(line);
  const source = text.slice(start, end).replaceAll('\t', ' ');
  const number = String(line + 1);
  const margin = ' '.repeat(number.length);
  const marks = '^'.repeat(Math.max(1, Math.min(span.end, end) - span.start));
  const word = severity === 'information' ? 'note' : severity;
  const notes = related.map((each) => {
    const file = analysis.program.files.get(each.uri);
    const at = file ? `:${file.lineIndex.positionAt(each.span.start).line + 1}` : '';
    return `${margin} = ${each.message} (${each.uri === analysis.uri ? path : fileName(each.uri)}${at})`;
  });
  return [
    `${path}:${number}:${character + 1}: ${word}[${rule}]: ${message}`,
    `${margin} |`,
    `${number} | ${source}`,
    `${margin} | ${' '.repeat(character)}${marks}`,
    ...notes,
  ].join('\n');
}
