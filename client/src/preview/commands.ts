import { commands, type Disposable, ViewColumn, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { NotificationType } from 'vscode-languageclient';
import { isView, type PreviewView } from '../../../server/src/services/preview/views.ts';
import { planOf } from '../activePlan.ts';
import { OpenWithPlan } from './openWithPlan.ts';
import { type PreviewPanels, VIEW_TYPE } from './panels.ts';

const changed = new NotificationType<{ uri: string; version: number }>('moeplan/changed');

export function registerPreview(client: BaseLanguageClient, panels: PreviewPanels): Disposable[] {
  const openWithPlan = new OpenWithPlan(panels);
  /** A lens names its deployment and may name a view and a figure; menus and keys pass what is theirs. */
  const show = async (column: ViewColumn, otherwise: PreviewView, given: readonly unknown[]) => {
    const [plan, deployment, view, figure] = given;
    const found = await planOf(plan);
    if (!found) return;
    panels.show(found, column, {
      view: isView(view) ? view : otherwise,
      ...(typeof deployment === 'string' && { deployment }),
      ...(typeof figure === 'string' && { figure }),
    });
  };
  /** A lens names the deployment from which to search, and the `search` block if it has one. */
  const findBetterPlan = async ([plan, deployment, search]: readonly unknown[]) => {
    const found = await planOf(plan);
    if (!found) return;
    panels.show(found, ViewColumn.Beside, {
      view: 'search',
      ...(typeof deployment === 'string' && { deployment }),
      ...(typeof search === 'string' && { search }),
    });
  };
  return [
    panels,
    openWithPlan,
    commands.registerCommand('moeplan.previewDag', (...given: unknown[]) => show(ViewColumn.Active, 'time', given)),
    commands.registerCommand('moeplan.previewDagToSide', (...given: unknown[]) =>
      show(ViewColumn.Beside, 'time', given),
    ),
    commands.registerCommand('moeplan.compareDeployments', (...given: unknown[]) =>
      show(ViewColumn.Beside, 'compare', given),
    ),
    commands.registerCommand('moeplan.findBetterPlan', (...given: unknown[]) => findBetterPlan(given)),
    client.onNotification(changed, ({ uri }) => {
      const plan = client.protocol2CodeConverter.asUri(uri);
      openWithPlan.read(plan);
      panels.changed(plan);
    }),
    commands.registerCommand('moeplan.showLineInPreview', () => {
      const editor = window.activeTextEditor;
      if (editor?.document.languageId === 'moeplan')
        panels.show(editor.document.uri, ViewColumn.Beside, { view: 'dag', line: editor.selection.active });
    }),
    window.onDidChangeActiveTextEditor((editor) => {
      if (editor) panels.follow(editor);
    }),
    workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) panels.renamed(oldUri, newUri);
    }),
    window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      const [selection] = selections;
      if (selection && textEditor.document.languageId === 'moeplan')
        panels.highlight(textEditor.document.uri, selection.active);
    }),
    window.registerWebviewPanelSerializer(VIEW_TYPE, panels),
  ];
}
