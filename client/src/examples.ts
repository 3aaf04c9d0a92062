import { commands, type Disposable, l10n, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { pick } from './say.ts';

/** Examples that ship, by the names of their files. They are listed here because a folder on a web server cannot be listed. */
const EXAMPLES = ['qwen3-235b-h100', 'deployment-analysis', 'deepseek-v3-h800', 'broken'] as const;

type Example = (typeof EXAMPLES)[number];

export function registerExamples(extension: Uri): Disposable[] {
  return [commands.registerCommand('moeplan.openExample', (name?: unknown) => openExample(extension, name))];
}

/** Opens a copy of an example, to be changed at will. The user is asked for one only if no name is given. */
async function openExample(extension: Uri, wanted: unknown): Promise<void> {
  const name = EXAMPLES.find((example) => example === wanted) ?? (await choose());
  if (!name) return;
  const file = Uri.joinPath(extension, 'examples', `${name}.moeplan`);
  const content = new TextDecoder().decode(await workspace.fs.readFile(file));
  await window.showTextDocument(await workspace.openTextDocument({ language: 'moeplan', content }));
}

async function choose(): Promise<Example | undefined> {
  const items: readonly (QuickPickItem & { readonly name: Example })[] = [
    {
      name: 'qwen3-235b-h100',
      label: l10n.t('Qwen3-235B on eight H100'),
      detail: l10n.t('A model served by one machine, tensor-parallel or data-parallel.'),
    },
    {
      name: 'deployment-analysis',
      label: l10n.t('Worked analysis'),
      detail: l10n.t('A small model on 16 H100 in two layouts, with claims that hold and claims that do not.'),
    },
    {
      name: 'deepseek-v3-h800',
      label: l10n.t('DeepSeek-V3 on 32 H800'),
      detail: l10n.t('Served from two pools, one for prefill and one for decode.'),
    },
    {
      name: 'broken',
      label: l10n.t('Mistakes'),
      detail: l10n.t('What diagnostics and their fixes look like.'),
    },
  ];
  return (await pick(items, { placeHolder: l10n.t('Which example?'), matchOnDetail: true }))?.name;
}
