import { commands, type Disposable, l10n, Position, Selection, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import { planOf } from './activePlan.ts';
import type { Requests } from './requests.ts';
import { pick, sayError, sayInformation } from './say.ts';

export function registerImportConfig(requests: Requests): Disposable[] {
  return [
    commands.registerCommand('moeplan.importConfig', (plan?: unknown, config?: unknown) =>
      importConfig(requests, plan, config instanceof Uri ? config : undefined),
    ),
  ];
}

/**
 * Adds a model to the plan that reads a Hugging Face config of the workspace. The user is asked for a config only if none is
 * given.
 */
async function importConfig(requests: Requests, argument: unknown, given: Uri | undefined): Promise<void> {
  const plan = await planOf(argument);
  const config = plan && (given ?? (await choose()));
  if (!plan || !config) return;
  const added = await requests.importConfig(plan, config);
  if (!added) {
    void sayError(
      l10n.t('{0} cannot be read from this plan: save both in one workspace.', workspace.asRelativePath(config)),
    );
    return;
  }
  const document = await workspace.openTextDocument(plan);
  const { line, character } = added.range.start;
  const start = new Position(line, character);
  const edit = new WorkspaceEdit();
  edit.insert(plan, start, added.newText);
  await workspace.applyEdit(edit);
  const name = document.positionAt(document.offsetAt(start) + added.newText.indexOf(added.name));
  await window.showTextDocument(document, { selection: new Selection(name, name) });
}

/** At most this many configs are offered. */
const MOST_CONFIGS = 500;

async function choose(): Promise<Uri | undefined> {
  const files = await workspace.findFiles('**/*config*.json', '**/node_modules/**', MOST_CONFIGS);
  const configs = files
    .filter(({ path }) => !/\/(?:ts|js)config(?:\.[^/]*)?\.json$/.test(path))
    .map((file) => ({ label: workspace.asRelativePath(file), file }))
    .sort((left, right) => (left.label < right.label ? -1 : 1));
  if (configs.length === 0) {
    void sayInformation(
      l10n.t('The workspace has no config of a model. Save its config.json beside the plan and run the command again.'),
    );
    return undefined;
  }
  return (await pick(configs, { placeHolder: l10n.t('Which config?') }))?.file;
}
