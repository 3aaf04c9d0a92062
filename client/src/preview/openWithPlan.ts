import { Disposable, TabInputText, type Uri, window, workspace } from 'vscode';
import type { PreviewPanels } from './panels.ts';

/**
 * Opens the preview beside a plan when that is opened, for those who have set so, and lets it follow to the plan that one
 * turns to. A preview that the reader closes stays closed until the last tab of the plan itself was closed, too.
 */
export class OpenWithPlan implements Disposable {
  private readonly panels: PreviewPanels;
  /** Plans that have got their preview since they were opened. */
  private readonly opened = new Set<string>();
  private readonly subscriptions: Disposable;

  constructor(panels: PreviewPanels) {
    this.panels = panels;
    this.subscriptions = Disposable.from(
      window.onDidChangeActiveTextEditor((editor) => {
        if (editor?.document.languageId === 'moeplan') this.open(editor.document.uri);
      }),
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed)
          if (input instanceof TabInputText && !hasTab(input.uri)) this.opened.delete(input.uri.toString());
      }),
    );
  }

  /** The server has read a plan. This handles the first plan, which is opened before any listener here. */
  read(plan: Uri): void {
    if (window.activeTextEditor?.document.uri.toString() === plan.toString()) this.open(plan);
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private open(plan: Uri): void {
    const key = plan.toString();
    if (this.opened.has(key) && !this.panels.hasOffered) return;
    if (workspace.getConfiguration('moeplan', plan).get('preview.openWithPlan') !== true) return;
    // A text that cannot be edited is opened for itself: a revision, or a file of the catalogue.
    if (workspace.fs.isWritableFileSystem(plan.scheme) === false) return;
    this.opened.add(key);
    this.panels.offer(plan);
  }
}

/**
 * Whether a plan has an open tab. A tab that moved to another group was closed and opened, and a split editor has a tab in each
 * half.
 */
function hasTab(plan: Uri): boolean {
  return window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof TabInputText && input.uri.toString() === plan.toString()),
  );
}
