import { commands, type Disposable, workspace } from 'vscode';

/** Of the walkthrough in the manifest. */
const WALKTHROUGH = 'start';

/** Context keys that steps of the walkthrough wait for: what happens while one reads and writes is no command. */
const CHANGED = 'moeplan.hasChangedPlan';
const SHOWN = 'moeplan.hasShownFigures';

export function registerWalkthrough(extensionId: string): Disposable[] {
  const changes = workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (document.languageId !== 'moeplan' || contentChanges.length === 0) return;
    changes.dispose();
    void commands.executeCommand('setContext', CHANGED, true);
  });
  return [
    changes,
    commands.registerCommand('moeplan.getStarted', () =>
      commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#${WALKTHROUGH}`, false),
    ),
  ];
}

/** Called whenever figures of a plan are on the screen. */
export function figuresShown(): void {
  if (hasShown) return;
  hasShown = true;
  void commands.executeCommand('setContext', SHOWN, true);
}

let hasShown = false;
