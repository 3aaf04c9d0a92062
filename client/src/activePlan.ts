import { commands, l10n, TabInputText, Uri, window, workspace } from 'vscode';
import { pick, sayInformation } from './say.ts';

/**
 * The plan that a command means. That is the one it was called with (by the explorer, the editor title, a code lens, a test),
 * else that of the active editor, else the only one that is visible or open in a tab. An example is offered when there is none.
 */
export async function planOf(argument: unknown): Promise<Uri | undefined> {
  const given = argument instanceof Uri ? argument : typeof argument === 'string' ? Uri.parse(argument) : undefined;
  if (given) {
    // The server answers only for open documents.
    await workspace.openTextDocument(given);
    return given;
  }
  const active = window.activeTextEditor;
  if (active?.document.languageId === 'moeplan') return active.document.uri;
  const visible = window.visibleTextEditors.map(({ document }) => document).filter(isPlan);
  const [only, ...others] = visible.length > 0 ? visible : plansInTabs();
  if (only && others.length === 0) return only.uri;
  if (only) return choose([only, ...others].map(({ uri }) => uri));
  const open = l10n.t('Open Example');
  const answer = await sayInformation(
    l10n.t('No plan is active. Open a .moeplan file and run the command again.'),
    open,
  );
  if (answer === open) await commands.executeCommand('moeplan.openExample');
  return undefined;
}

function isPlan({ languageId }: { readonly languageId: string }): boolean {
  return languageId === 'moeplan';
}

/** Plans in tabs that are hidden by something else, such as a walkthrough or a preview. */
function plansInTabs() {
  const urisInTabs = new Set(
    window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri.toString()] : [])),
    ),
  );
  return workspace.textDocuments.filter((document) => isPlan(document) && urisInTabs.has(document.uri.toString()));
}

async function choose(plans: readonly Uri[]): Promise<Uri | undefined> {
  const items = plans.map((plan) => ({ label: workspace.asRelativePath(plan), plan }));
  return (await pick(items, { placeHolder: l10n.t('Which plan?') }))?.plan;
}
