import {
  Disposable,
  StatusBarAlignment,
  type StatusBarItem,
  type TextEditor,
  ThemeColor,
  window,
  workspace,
} from 'vscode';
import { labelText } from '../../server/src/text/editor.ts';
import type { PlanStatus, Requests } from './requests.ts';
import type { WalkthroughProgress } from './walkthrough.ts';

/** Several moves of the cursor within this many milliseconds cause one request. */
const PAUSE = 150;

/** Shows in the status bar whether the deployment at the cursor fits, and how long a step takes. A click previews it. */
export class PlanStatusBar implements Disposable {
  private readonly item: StatusBarItem = window.createStatusBarItem('moeplan.status', StatusBarAlignment.Right, 90);
  private readonly subscriptions: Disposable;
  private readonly requests: Requests;
  private readonly progress: WalkthroughProgress;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** Counts questions, so that an answer which a later question has overtaken is dropped. */
  private asked = 0;

  constructor(requests: Requests, progress: WalkthroughProgress) {
    this.requests = requests;
    this.progress = progress;
    this.item.name = 'Moeplan';
    this.item.command = 'moeplan.previewDag';
    this.subscriptions = Disposable.from(
      window.onDidChangeActiveTextEditor(() => this.soon()),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === window.activeTextEditor) this.soon();
      }),
      // Another file may define what the active one uses.
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === 'moeplan') this.soon();
      }),
    );
    this.soon();
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.asked++;
    this.subscriptions.dispose();
    this.item.dispose();
  }

  private soon(): void {
    clearTimeout(this.waiting);
    const editor = window.activeTextEditor;
    if (editor?.document.languageId !== 'moeplan') {
      this.asked++;
      this.item.hide();
      return;
    }
    this.waiting = setTimeout(() => void this.update(editor), PAUSE);
  }

  private async update(editor: TextEditor): Promise<void> {
    const question = ++this.asked;
    let answer: PlanStatus | null;
    try {
      answer = await this.requests.status(editor.document.uri, editor.selection.active);
    } catch {
      // The text changed while the server computed, or the server is restarting. The next change asks again.
      return;
    }
    if (question !== this.asked) return;
    if (!answer) {
      this.item.hide();
      return;
    }
    const { text, tooltip, fits } = answer;
    this.item.text = `$(${fits === undefined ? 'circle-slash' : fits ? 'check' : 'warning'}) ${labelText(text)}`;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = fits === false ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
    if (fits !== undefined) this.progress.add('shown');
  }
}
