import type { Connection, TextEdit as LspTextEdit, Range } from 'vscode-languageserver';
import type { TextEdit } from '../language/diagnostic.ts';
import type { Analysis } from '../services/analysis.ts';
import { format, formatOnType, formatRange } from '../services/format/format.ts';
import { Answers, type DocumentParams, type PositionParams } from './answers.ts';
import type { Workspace } from './workspace.ts';

export function registerFormatting(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);
  const edits = (analysis: Analysis, textEdits: readonly TextEdit[]): LspTextEdit[] =>
    textEdits.map(({ span, text }) => ({ range: answers.range(analysis, span), newText: text }));

  connection.onDocumentFormatting(answers.of((analysis) => edits(analysis, format(analysis.source))));
  connection.onDocumentRangeFormatting(
    answers.of((analysis, { range }: DocumentParams & { readonly range: Range }) => {
      const { lineIndex } = analysis.source;
      const span = { start: lineIndex.offsetAt(range.start), end: lineIndex.offsetAt(range.end) };
      return edits(analysis, formatRange(analysis.source, span));
    }),
  );
  connection.onDocumentOnTypeFormatting(
    answers.at((analysis, offset, { ch }: PositionParams & { readonly ch: string }) =>
      edits(analysis, formatOnType(analysis.source, offset, ch)),
    ),
  );
}
