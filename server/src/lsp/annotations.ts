import {
  type Connection,
  InlayHintKind,
  type CodeLens as LspCodeLens,
  type InlayHint as LspInlayHint,
  type Range,
} from 'vscode-languageserver';
import { codeLenses } from '../services/annotations/codeLens.ts';
import { inlayHints } from '../services/annotations/inlayHints.ts';
import { status } from '../services/annotations/status.ts';
import { TEMPLATES } from '../services/completion/templates.ts';
import { oneLine, visible } from '../text/visible.ts';
import { Answers, type DocumentParams, type PositionParams } from './answers.ts';
import type { Workspace } from './workspace.ts';

/** Registers figures in and above the text. They need predictions, so they are computed after everything else that waits. */
export function registerAnnotations(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);
  connection.languages.inlayHint.on(
    answers.later((analysis, { range }: DocumentParams & { readonly range: Range }) => {
      const { lineIndex } = analysis.source;
      const span = { start: lineIndex.offsetAt(range.start), end: lineIndex.offsetAt(range.end) };
      return inlayHints(analysis, span, workspace.settings.inlayHints).map(
        ({ offset, label, kind, tooltip }): LspInlayHint => ({
          position: lineIndex.positionAt(offset),
          label: oneLine(label),
          ...(kind === 'derived' && { kind: InlayHintKind.Type }),
          ...(tooltip && { tooltip: visible(tooltip) }),
          paddingLeft: true,
        }),
      );
    }),
  );
  connection.onCodeLens(
    answers.later((analysis) =>
      workspace.settings.codeLens
        ? codeLenses(analysis).map(
            ({ span, title, tooltip, command, deployment, view, figure, search }): LspCodeLens => ({
              range: answers.range(analysis, span),
              // A command without a name is shown as text.
              command: {
                title: oneLine(title),
                ...(tooltip && { tooltip: visible(tooltip) }),
                command: command ?? '',
                ...(command && {
                  arguments: [analysis.uri, deployment, ...[view, figure, search].filter((each) => each !== undefined)],
                }),
              },
            }),
          )
        : [],
    ),
  );
  const statusOf = answers.laterAt((analysis, offset) => status(analysis, offset) ?? null);
  // The extension's own client requests these, for its status bar and for new documents.
  connection.onRequest('moeplan/status', (params: PositionParams, token) => statusOf(params, token));
  connection.onRequest('moeplan/templates', () => TEMPLATES);
}
