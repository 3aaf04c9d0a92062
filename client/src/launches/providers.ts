import {
  CodeLens,
  type CodeLensProvider,
  type CompletionItemProvider,
  Disposable,
  type Event,
  EventEmitter,
  Hover,
  type HoverProvider,
  languages,
  MarkdownString,
  type TextDocument,
  type Uri,
} from 'vscode';
import type { LaunchLens, Requests } from '../requests.ts';

/** Languages of files that may launch an engine. All other documents are never looked at. */
export const LANGUAGES: readonly string[] = ['shellscript', 'yaml', 'dockercompose'];

/** Documents that were found to launch an engine. */
interface Launches {
  readonly changed: Event<Uri>;
  isLaunch(document: TextDocument): boolean;
  lensesOf(document: TextDocument): readonly LaunchLens[];
}

/** Registers hovers, lenses and completion, which answer in documents that launch an engine and nowhere else. */
export function registerProviders(files: Launches, requests: Requests): Disposable {
  const selector = LANGUAGES.map((language) => ({ language }));
  const changed = new EventEmitter<void>();
  const hovers: HoverProvider = {
    async provideHover(document, position, token) {
      if (!files.isLaunch(document)) return undefined;
      const told = await requests.launchHover(document.uri, document.getText(), position, token);
      return told ? new Hover(new MarkdownString(told.markdown), told.range) : undefined;
    },
  };
  const completions: CompletionItemProvider = {
    provideCompletionItems: (document, position, token) =>
      files.isLaunch(document)
        ? requests.launchCompletion(document.uri, document.getText(), position, token)
        : undefined,
  };
  const lenses: CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => lensesOf(document),
  };
  const lensesOf = (document: TextDocument) =>
    files.lensesOf(document).map(
      ({ range, title, tooltip, deployment, view }) =>
        new CodeLens(requests.toCodeRange(range), {
          title,
          ...(tooltip !== undefined && { tooltip }),
          command: 'moeplan.openLaunchPlan',
          arguments: [document.uri.toString(), deployment, ...(view === undefined ? [] : [view])],
        }),
    );
  return Disposable.from(
    changed,
    files.changed(() => changed.fire()),
    languages.registerHoverProvider(selector, hovers),
    languages.registerCodeLensProvider(selector, lenses),
    languages.registerCompletionItemProvider(selector, completions, '-', ' ', '='),
  );
}
