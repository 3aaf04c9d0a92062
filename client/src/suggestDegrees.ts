import { commands, type Disposable, window, workspace } from 'vscode';

/** Degrees of parallelism, whose list says what each would lead to. */
export const DEGREES = ['tp', 'cp', 'dp', 'etp', 'ep', 'edp', 'pp'] as const;

const BEFORE_DEGREE = new RegExp(`(?:^|[\\s{,])(?:${DEGREES.join('|')}) = $`);

/** Whether a blank that was just typed ends what stands before a degree: `tp = `. */
export function endsBeforeDegree(before: string, typed: string): boolean {
  return typed === ' ' && BEFORE_DEGREE.test(before);
}

/**
 * Opens the list of degrees behind a typed `tp = `. A blank is no trigger of the server's list: it would leave every other list
 * open and outdated until an answer arrives. The list that `=` would open stays as it is while digits follow the blank.
 */
export function registerSuggestDegrees(): Disposable {
  return workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    const [change, ...others] = contentChanges;
    const editor = window.activeTextEditor;
    if (!change || others.length > 0 || document.languageId !== 'moeplan' || editor?.document !== document) return;
    const { line, character } = change.range.start;
    const before = document.lineAt(line).text.slice(0, character + change.text.length);
    const isWanted = workspace.getConfiguration('editor', document).get('suggestOnTriggerCharacters') !== false;
    if (isWanted && endsBeforeDegree(before, change.text))
      void commands.executeCommand('editor.action.triggerSuggest', { auto: true });
  });
}
