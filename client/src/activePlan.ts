import { Uri, window, workspace } from 'vscode';

/**
 * The plan that a command means: the one it was called with (explorer, editor title, code lens, a test), else the active editor's,
 * else the only visible one. Says what to do when there is none.
 */
export async function planOf(argument: unknown): Promise<Uri | undefined> {
  const given = argument instanceof Uri ? argument : typeof argument === 'string' ? Uri.parse(argument) : undefined;
  if (given) {
    // The server answers for open documents.
    await workspace.openTextDocument(given);
    return given;
  }
  const active = window.activeTextEditor;
  if (active?.document.languageId === 'moeplan') return active.document.uri;
  const visible = window.visibleTextEditors.filter((editor) => editor.document.languageId === 'moeplan');
  const only = visible.length === 1 ? visible[0] : undefined;
  if (only) return only.document.uri;
  void window.showInformationMessage('No plan is active. Open a .moeplan file and run the command again.');
  return undefined;
}
