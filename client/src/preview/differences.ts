import { extensions, l10n, Uri, window, workspace } from 'vscode';
import type { DifferencesAnswer } from '../../../server/src/services/preview/differencesProtocol.ts';
import type { DifferencesBase, Failed, FromPage } from '../../../server/src/services/preview/messages.ts';
import type { Requests } from '../requests.ts';
import { pick, sayError } from '../say.ts';
import { committedTexts, namedCommits } from './committed.ts';

type Ask<Type extends FromPage['type']> = Extract<FromPage, { type: Type }>;

/** The differences between a deployment of a plan and another one, one of another file, or the same one in a commit. */
export async function differences(
  requests: Requests,
  plan: Uri,
  { deployment, base }: Ask<'differences'>,
): Promise<DifferencesAnswer | Failed> {
  const planGone = { failed: 'The plan is not open in an editor.' };
  if (typeof base === 'object' && 'deployment' in base)
    return (await requests.differencesBetween(plan, base.deployment, deployment)) ?? planGone;
  if (typeof base === 'object' && 'file' in base)
    return (await requests.differencesToFile(plan, deployment, Uri.parse(base.file))) ?? planGone;
  const unsaved = workspace.textDocuments.flatMap(({ isDirty, uri }) => (isDirty ? [uri] : []));
  const commit = base === 'last-commit' ? undefined : base.commit;
  const committed = await committedTexts(extensions.getExtension('vscode.git'), plan, unsaved, commit);
  if ('unavailable' in committed) return committed;
  return (await requests.differencesTo(plan, deployment, committed.files, commit)) ?? planGone;
}

/** Lets the reader choose a commit or a file to compare with. Undefined if none was chosen. */
export async function chooseBase(plan: Uri, { what }: Ask<'chooseBase'>): Promise<DifferencesBase | undefined> {
  if (what === 'file') {
    const [file] =
      (await window.showOpenDialog({
        defaultUri: Uri.joinPath(plan, '..'),
        filters: { moeplan: ['moeplan'] },
        openLabel: l10n.t('Compare with This File'),
      })) ?? [];
    return file && { file: file.toString() };
  }
  const commits = await namedCommits(extensions.getExtension('vscode.git'), plan);
  if (typeof commits === 'string') {
    void sayError(commits);
    return undefined;
  }
  const items = commits.map(({ name, detail }) => ({ label: name, description: detail }));
  const chosen = await pick(items, {
    placeHolder: l10n.t('Commit, branch or tag to compare with'),
    matchOnDescription: true,
  });
  return chosen && { commit: chosen.label };
}
