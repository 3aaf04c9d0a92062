import { commands, DiagnosticSeverity, Disposable, languages, tasks, type Uri, window, workspace } from 'vscode';

/** The id of the walkthrough in the manifest. */
const WALKTHROUGH = 'start';

/**
 * Context keys that steps of the walkthrough wait for. The editor counts commands only from the time when a walkthrough is
 * first opened, and much is done without one: a preview that opens with its plan, a tab of it, a mistake that is mended.
 */
const DONE = {
  opened: 'moeplan.hasOpenedPlan',
  shown: 'moeplan.hasShownFigures',
  changed: 'moeplan.hasChangedPlan',
  mended: 'moeplan.hasMendedPlan',
  previewed: 'moeplan.hasSeenPreview',
  compared: 'moeplan.hasComparedDeployments',
  taken: 'moeplan.hasTakenPlanAlong',
  launched: 'moeplan.hasShownLaunch',
  set: 'moeplan.hasChangedSettings',
} as const;

type Done = keyof typeof DONE;

/** Where a feature tells that a step was done. */
export type Progress = Pick<WalkthroughProgress, 'add'>;

/** What was done in this window. */
export class WalkthroughProgress {
  private readonly done = new Set<Done>();

  add(step: Done): void {
    if (this.done.has(step)) return;
    this.done.add(step);
    setDone(step, true);
  }

  /**
   * Opens the walkthrough. The editor ticks a step off when its key becomes true, but not if the key is already true, so the keys
   * are reset first.
   */
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
    mending(progress),
    tasks.onDidStartTask(({ execution }) => {
      if (execution.task.definition.type === 'moeplan') progress.add('taken');
    }),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('moeplan')) progress.add('set');
    }),
    commands.registerCommand('moeplan.getStarted', () => progress.open(extensionId)),
  ];
}

/**
 * A plan is mended once it has no problems where it was opened with some, and still has a deployment: what one makes and takes back
 * while typing is not counted, nor is a text that is deleted. Only of plans that are seen, since the problems of others go when
 * they are closed.
 */
function mending(progress: Progress): Disposable {
  const hadProblems = new Map<string, boolean>();
  const look = (uris: readonly Uri[]) => {
    const seen = new Map(window.visibleTextEditors.map(({ document }) => [document.uri.toString(), document]));
    for (const uri of uris) {
      const key = uri.toString();
      const document = seen.get(key);
      if (!document) {
        hadProblems.delete(key);
        continue;
      }
      const hasProblems = problemsIn(uri) > 0;
      const before = hadProblems.get(key);
      if (before === undefined) hadProblems.set(key, hasProblems);
      else if (before && !hasProblems && hasDeployment(document.getText())) progress.add('mended');
    }
  };
  return Disposable.from(
    languages.onDidChangeDiagnostics(({ uris }) => look(uris)),
    // The problems of one that was checked before it was opened are there already, and nothing changes in them.
    window.onDidChangeVisibleTextEditors((editors) => {
      look(editors.map(({ document }) => document.uri).filter((uri) => problemsIn(uri) > 0));
    }),
  );
}

function hasDeployment(text: string): boolean {
  return /^[ \t]*deployment[ \t]+[^\s{]/m.test(text);
}

function problemsIn(uri: Uri): number {
  return languages
    .getDiagnostics(uri)
    .filter(({ source, severity }) => source === 'moeplan' && severity <= DiagnosticSeverity.Warning).length;
}

function setDone(step: Done, value: boolean): void {
  void commands.executeCommand('setContext', DONE[step], value);
}
