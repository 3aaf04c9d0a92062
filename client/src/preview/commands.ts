import { commands, type Disposable, type ExtensionContext, ViewColumn, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { NotificationType } from 'vscode-languageclient';
import { planOf } from '../activePlan.ts';
import { Requests } from '../requests.ts';
import { OpenWithPlan } from './openWithPlan.ts';
import { PreviewPanels, VIEW_TYPE } from './panels.ts';

const changed = new NotificationType<{ uri: string; version: number }>('moeplan/changed');

export function registerPreview(context: ExtensionContext, client: BaseLanguageClient): Disposable[] {
  const panels = new PreviewPanels(context.extensionUri, new Requests(client));
  const openWithPlan = new OpenWithPlan(panels);
  const show = async (argument: unknown, column: ViewColumn, view: 'dag' | 'compare') => {
    const plan = await planOf(argument);
    if (plan) panels.show(plan, column, view);
  };
  return [
    panels,
    openWithPlan,
    commands.registerCommand('moeplan.previewDag', (argument?: unknown) => show(argument, ViewColumn.Active, 'dag')),
    commands.registerCommand('moeplan.previewDagToSide', (argument?: unknown) =>
      show(argument, ViewColumn.Beside, 'dag'),
    ),
    commands.registerCommand('moeplan.compareDeployments', (argument?: unknown) =>
      show(argument, ViewColumn.Beside, 'compare'),
    ),
    client.onNotification(changed, ({ uri }) => {
      const plan = client.protocol2CodeConverter.asUri(uri);
      openWithPlan.read(plan);
      panels.changed(plan);
    }),
    commands.registerCommand('moeplan.showLineInPreview', () => {
      const editor = window.activeTextEditor;
      if (editor?.document.languageId === 'moeplan')
        panels.show(editor.document.uri, ViewColumn.Beside, 'dag', editor.selection.active);
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
