import { commands, type Disposable, workspace } from 'vscode';

/** Of the walkthrough in the manifest. */
const WALKTHROUGH = 'start';

/** Context keys that steps of the walkthrough wait for: what happens while one reads and writes is no command. */
const DONE = {
  opened: 'moeplan.hasOpenedPlan',
  shown: 'moeplan.hasShownFigures',
  changed: 'moeplan.hasChangedPlan',
} as const;

type Done = keyof typeof DONE;

/** What was done in this window. */
export class WalkthroughProgress {
  private readonly done = new Set<Done>();

  add(step: Done): void {
    if (this.done.has(step)) return;
    this.done.add(step);
    setDone(step, true);
  }

  /** The editor ticks a step off when its key comes true, but not when it finds it true as the walkthrough opens. */
  async open(extensionId: string): Promise<void> {
    for (const step of this.done) setDone(step, false);
    await commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#${WALKTHROUGH}`, false);
    for (const step of this.done) setDone(step, true);
  }
}

export function registerWalkthrough(extensionId: string, progress: WalkthroughProgress): Disposable[] {
  const isPlan = ({ languageId }: { readonly languageId: string }) => languageId === 'moeplan';
  if (workspace.textDocuments.some(isPlan)) progress.add('opened');
  return [
    workspace.onDidOpenTextDocument((document) => {
      if (isPlan(document)) progress.add('opened');
    }),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (isPlan(document) && contentChanges.length > 0) progress.add('changed');
    }),
    commands.registerCommand('moeplan.getStarted', () => progress.open(extensionId)),
  ];
}

function setDone(step: Done, value: boolean): void {
  void commands.executeCommand('setContext', DONE[step], value);
}
