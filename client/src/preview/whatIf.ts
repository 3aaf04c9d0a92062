import { type Uri, workspace } from 'vscode';
import type { FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import { reasonOf } from '../reason.ts';
import type { Requests } from '../requests.ts';

type Written = Extract<ToPage, { type: 'written' }>;

/** Writes the values of the page's sliders into the plan, as one edit that one undo takes back. */
export async function writeWhatIf(
  requests: Requests,
  plan: Uri,
  { deployment, changes }: Extract<FromPage, { type: 'writeWhatIf' }>,
): Promise<Written> {
  const refused = (text: string): Written => ({ type: 'written', deployment, isDone: false, text });
  try {
    const written = await requests.writeWhatIf(plan, deployment, changes);
    if (!written) return refused('The plan is not open in an editor.');
    if ('refused' in written) return refused(written.refused);
    const edit = await requests.toCodeEdit(written.edit);
    // The version is compared as late as possible. A key that is pressed while something is awaited changes what the edit means.
    const document = workspace.textDocuments.find(({ uri }) => uri.toString() === plan.toString());
    if (document?.version !== written.version) return refused('The text has changed meanwhile. Try again.');
    if (!(await workspace.applyEdit(edit))) return refused('The editor did not take the edit.');
    return { type: 'written', deployment, isDone: true, text: `Written: ${written.lines.join('; ')}.` };
  } catch (error) {
    return refused(reasonOf(error));
  }
}
