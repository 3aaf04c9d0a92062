import { commands, type Disposable, FileSystemError, l10n, Uri, window, workspace } from 'vscode';
import { planOf } from '../activePlan.ts';
import { chooseDeployment } from '../chooseDeployment.ts';
import { reasonOf } from '../reason.ts';
import type { Requests } from '../requests.ts';
import { pick, sayError, sayWarning } from '../say.ts';
import type { Progress } from '../walkthrough.ts';

/** Where the deployment is found that the reader looks at. */
interface Shown {
  shownOf(plan: Uri): string | undefined;
}

/** Registers the command that writes what starts a deployment. With a form and a folder nothing is asked. */
export function registerWriteLaunch(requests: Requests, progress: Progress, previews: Shown): Disposable {
  return commands.registerCommand(
    'moeplan.writeLaunch',
    async (source?: unknown, deployment?: unknown, form?: unknown, folder?: unknown) => {
      const plan = await planOf(source);
      if (!plan) return;
      const target = folder instanceof Uri ? folder : undefined;
      const wanted = typeof deployment === 'string' ? deployment : undefined;
      const name = wanted ?? (await chooseDeployment(requests, plan, target !== undefined, previews.shownOf(plan)));
      if (name === undefined) return;
      const chosen = typeof form === 'string' ? form : await chooseForm(requests);
      if (chosen !== undefined && (await write(requests, plan, name, chosen, target))) progress.add('taken');
    },
  );
}

async function chooseForm(requests: Requests): Promise<string | undefined> {
  const forms = await requests.launchForms();
  const items = forms.map(({ name, title }) => ({ label: name, description: title }));
  return (await pick(items, { placeHolder: l10n.t('What starts it?') }))?.label;
}

/** Writes the files into a folder. Whether they were written; what an engine refuses is said. */
async function write(
  requests: Requests,
  plan: Uri,
  deployment: string,
  form: string,
  target: Uri | undefined,
): Promise<boolean> {
  const written = await requests.writeLaunch(plan, deployment, form);
  if (!written || 'refused' in written) {
    const reason = written?.refused ?? l10n.t('it is no deployment of the plan');
    const sentence = l10n.t('{0} is not written: {1}', deployment, reason);
    if (target) throw new Error(sentence);
    void sayError(sentence);
    return false;
  }
  const folder = target ?? (await chooseFolder(plan));
  if (!folder) return false;
  const files = written.files.map(({ name, text }) => ({ file: Uri.joinPath(folder, name), text }));
  if (!target && !(await mayReplace(files.map(({ file }) => file)))) return false;
  for (const { file, text } of files) {
    try {
      await workspace.fs.writeFile(file, new TextEncoder().encode(text));
    } catch (error) {
      if (target) throw error;
      void sayError(l10n.t('{0} was not written: {1}', workspace.asRelativePath(file), reasonOf(error)));
      return false;
    }
  }
  const [first] = files;
  if (first && !target) await window.showTextDocument(first.file);
  return true;
}

async function chooseFolder(plan: Uri): Promise<Uri | undefined> {
  const [folder] =
    (await window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: Uri.joinPath(plan, '..'),
      openLabel: l10n.t('Write Here'),
      title: l10n.t('Folder for the launch files'),
    })) ?? [];
  return folder;
}

/** Whether the user lets files be replaced that are there. */
async function mayReplace(files: readonly Uri[]): Promise<boolean> {
  const there: Uri[] = [];
  for (const file of files) if (await isThere(file)) there.push(file);
  if (there.length === 0) return true;
  const names = there.map((file) => workspace.asRelativePath(file)).join(', ');
  const replace = l10n.t('Replace');
  return (await sayWarning(l10n.t('There already: {0}', names), replace)) === replace;
}

async function isThere(file: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(file);
    return true;
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}
