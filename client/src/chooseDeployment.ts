import { l10n, type Uri } from 'vscode';
import type { Requests } from './requests.ts';
import { pick, sayInformation } from './say.ts';

/**
 * The deployment that a command means: the only one, or the user's choice, where the one that the preview shows comes first. With
 * `silent` it is the first one of the file.
 */
export async function chooseDeployment(
  requests: Requests,
  plan: Uri,
  silent: boolean,
  shown: string | undefined,
): Promise<string | undefined> {
  const deployments = (await requests.deployments(plan)) ?? [];
  const [first] = deployments;
  if (!first) {
    void sayInformation(l10n.t('The file has no deployment. Write one: `deployment name { … }`.'));
    return undefined;
  }
  if (silent || deployments.length === 1) return first.name;
  const shownFirst = deployments.toSorted((left, right) => Number(right.name === shown) - Number(left.name === shown));
  const choice = await pick(
    shownFirst.map(({ name, invalid }) => ({ label: name, ...(invalid !== undefined && { description: invalid }) })),
    { placeHolder: l10n.t('Which deployment?') },
  );
  return choice?.label;
}
