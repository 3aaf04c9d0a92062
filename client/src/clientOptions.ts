import { type CompletionItem, CompletionList } from 'vscode';
import type { LanguageClientOptions, Middleware } from 'vscode-languageclient';
import { labelText } from '../../server/src/text/editor.ts';
import { READS_FILES } from './fileRequests.ts';
import { ServerDeaths } from './serverDeaths.ts';
import { type ShippedFolder, shippedConverters } from './shippedFiles.ts';
import { ShownFindings } from './shownFindings.ts';

/** The list opens as if by itself: a list that the user requested stays open, and takes Enter, when nothing in it matches. */
const SUGGEST = { command: 'editor.action.triggerSuggest', arguments: [{ auto: true }] } as const;

export function clientOptions(shipped: readonly ShippedFolder[]): LanguageClientOptions {
  const shown = new ShownFindings();
  return {
    // Every scheme, so that unsaved, remote and virtual documents are checked as well as files.
    documentSelector: [{ language: 'moeplan' }],
    initializationOptions: { ...READS_FILES, suggestCommand: SUGGEST },
    errorHandler: new ServerDeaths(),
    uriConverters: shippedConverters(shipped),
    diagnosticCollectionProvider: shown,
    middleware: { provideCompletionItem, provideWorkspaceDiagnostics: shown.provideWorkspaceDiagnostics },
  };
}

/**
 * The list of completions draws icons in labels, and a label may be the name of a file. Only the label is changed, not what is
 * inserted.
 */
const provideCompletionItem: NonNullable<Middleware['provideCompletionItem']> = async (
  document,
  position,
  context,
  token,
  next,
) => {
  const completions = await next(document, position, context, token);
  for (const item of completions instanceof CompletionList ? completions.items : (completions ?? []))
    withoutIcons(item);
  return completions;
};

function withoutIcons(item: CompletionItem): void {
  item.label =
    typeof item.label === 'string' ? labelText(item.label) : { ...item.label, label: labelText(item.label.label) };
}
