import { extensions, type Uri, workspace } from 'vscode';
import type { DifferencesAnswer } from '../../../server/src/services/preview/differencesProtocol.ts';
import type { Failed, FromPage } from '../../../server/src/services/preview/messages.ts';
import type { Requests } from '../requests.ts';
import { committedTexts } from './committed.ts';

type Ask = Extract<FromPage, { type: 'differences' }>;

/** The differences between a deployment of a plan and another one, or the same one in the last commit. */
export async function differences(
  requests: Requests,
  plan: Uri,
  { deployment, base }: Ask,
): Promise<DifferencesAnswer | Failed> {
  const planGone = { failed: 'The plan is not open in an editor.' };
  if (base !== 'last-commit') return (await requests.differencesBetween(plan, base.deployment, deployment)) ?? planGone;
  const unsaved = workspace.textDocuments.flatMap(({ isDirty, uri }) => (isDirty ? [uri] : []));
  const git = extensions.getExtension('vscode.git');
  const committed = await committedTexts(git, plan, unsaved);
  if ('unavailable' in committed) return committed;
  return (await requests.differencesTo(plan, deployment, committed.files)) ?? planGone;
}
