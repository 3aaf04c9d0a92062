import {
  type CancellationToken,
  commands,
  type DataTransfer,
  type Disposable,
  DocumentDropOrPasteEditKind,
  DocumentPasteEdit,
  type DocumentPasteEditProvider,
  l10n,
  languages,
  type Range,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import { mayLaunch } from '../../../server/src/text/launchWords.ts';
import type { Requests } from '../requests.ts';
import { sayError } from '../say.ts';

/** Registers what makes a plan of a launch: a command, and pasting one into a plan. */
export function registerImportLaunch(requests: Requests): Disposable[] {
  const command = commands.registerCommand('moeplan.importLaunch', (launch?: unknown) =>
    importLaunch(requests, launch instanceof Uri ? launch : undefined),
  );
  // Editors before VS Code 1.97 have no edits of what is pasted.
  if (!('registerDocumentPasteEditProvider' in languages)) return [command];
  const pasting = languages.registerDocumentPasteEditProvider('moeplan', new LaunchPaste(requests), {
    providedPasteEditKinds: [PASTED],
    pasteMimeTypes: ['text/plain'],
  });
  return [command, pasting];
}

/** Opens the plan that a launch is: the given file, that of the active editor unless it is a plan, or one that the user picks. */
async function importLaunch(requests: Requests, given: Uri | undefined): Promise<void> {
  const active = window.activeTextEditor?.document;
  const launch = given ?? (active && active.languageId !== 'moeplan' ? active.uri : await choose());
  if (!launch) return;
  const { uri, text } = await launchText(launch);
  const plan = await requests.importLaunch(uri, text);
  if (plan === null) {
    void sayError(
      l10n.t(
        '{0} launches no engine that Moeplan knows: vLLM, SGLang, TensorRT-LLM or Megatron.',
        workspace.asRelativePath(launch),
      ),
    );
    return;
  }
  await window.showTextDocument(await workspace.openTextDocument({ language: 'moeplan', content: plan }));
}

/** The text as an editor shows it, saved or not. */
async function launchText(launch: Uri): Promise<{ readonly uri: Uri; readonly text: string }> {
  const document = await workspace.openTextDocument(launch);
  return { uri: document.uri, text: document.getText() };
}

async function choose(): Promise<Uri | undefined> {
  const [chosen] =
    (await window.showOpenDialog({
      openLabel: l10n.t('Import'),
      title: l10n.t('A script, manifest or recipe that launches an engine'),
    })) ?? [];
  return chosen;
}

const PASTED = DocumentDropOrPasteEditKind?.Empty.append('moeplan', 'launch');

/** Offers to paste a launch as the plan that it is. */
class LaunchPaste implements DocumentPasteEditProvider {
  private readonly requests: Requests;

  constructor(requests: Requests) {
    this.requests = requests;
  }

  async provideDocumentPasteEdits(
    { uri }: TextDocument,
    _ranges: readonly Range[],
    data: DataTransfer,
    _context: unknown,
    token: CancellationToken,
  ): Promise<DocumentPasteEdit[] | undefined> {
    const text = await data.get('text/plain')?.asString();
    if (text === undefined || !mayLaunch(text) || token.isCancellationRequested) return undefined;
    const plan = await this.requests.importLaunch(uri, text);
    return plan === null ? undefined : [new DocumentPasteEdit(plan, l10n.t('Paste as Plan'), PASTED)];
  }
}
