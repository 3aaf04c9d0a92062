import { commands, type Disposable, l10n, window, workspace } from 'vscode';
import type { PlanTemplate, Requests } from './requests.ts';
import { pick } from './say.ts';

export function registerNewPlan(requests: Requests): Disposable[] {
  return [commands.registerCommand('moeplan.newPlan', (id?: unknown) => newPlan(requests, id))];
}

/** Opens a new document from a template. The user is asked for one only if no template's name is given. */
async function newPlan(requests: Requests, id: unknown): Promise<void> {
  const templates = await requests.templates();
  const template = templates.find((candidate) => candidate.id === id) ?? (await choose(templates));
  if (!template) return;
  const document = await workspace.openTextDocument({ language: 'moeplan', content: template.text });
  await window.showTextDocument(document);
}

async function choose(templates: readonly PlanTemplate[]): Promise<PlanTemplate | undefined> {
  const items = templates.map((template) => ({ label: template.title, detail: template.detail, template }));
  const choice = await pick(items, {
    placeHolder: l10n.t('What should be planned?'),
    matchOnDetail: true,
  });
  return choice?.template;
}
