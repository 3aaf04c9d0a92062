import {
  CancellationTokenSource,
  type DiagnosticCollection,
  Disposable,
  EventEmitter,
  languages,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import { type BaseLanguageClient, NotificationType0 } from 'vscode-languageclient';
import { mayLaunch } from '../../../server/src/text/launchWords.ts';
import type { LaunchLens, Requests, ShownLaunch } from '../requests.ts';
import type { Progress } from '../walkthrough.ts';
import { registerLaunchPlans } from './launchPlans.ts';
import { LANGUAGES, registerProviders } from './providers.ts';

/** Several letters within this many milliseconds cause one question. */
const PAUSE = 250;

const refresh = new NotificationType0('moeplan/refresh');

/** Shows in scripts and YAML files that launch an engine what their plan comes to. Those that launch nothing are never sent. */
export function registerLaunchFiles(client: BaseLanguageClient, requests: Requests, progress: Progress): Disposable {
  const files = new LaunchFiles(requests, progress);
  return Disposable.from(
    files,
    registerLaunchPlans(requests, files.changed),
    client.onNotification(refresh, () => files.checkAll()),
    workspace.onDidOpenTextDocument((document) => files.soon(document, 0)),
    workspace.onDidChangeTextDocument(({ document }) => files.soon(document, PAUSE)),
    workspace.onDidCloseTextDocument((document) => files.forget(document)),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('moeplan.launchFiles')) files.checkAll();
    }),
  );
}

/** A document that is watched: what is asked of it, and what is shown. */
interface Watched {
  timer?: ReturnType<typeof setTimeout>;
  asked?: CancellationTokenSource;
  lenses: readonly LaunchLens[];
  isLaunch: boolean;
}

export class LaunchFiles implements Disposable {
  /** Tells of documents whose plan may be another one now. */
  private readonly changes = new EventEmitter<Uri>();
  readonly changed = this.changes.event;
  private readonly requests: Requests;
  private readonly progress: Progress;
  private readonly watched = new Map<string, Watched>();
  private findings: DiagnosticCollection | undefined;
  private providers: Disposable | undefined;

  constructor(requests: Requests, progress: Progress) {
    this.requests = requests;
    this.progress = progress;
    this.checkAll();
  }

  /** Whether a document launches an engine, as was found last. */
  isLaunch({ uri }: TextDocument): boolean {
    return this.watched.get(uri.toString())?.isLaunch === true;
  }

  lensesOf({ uri }: TextDocument): readonly LaunchLens[] {
    return this.watched.get(uri.toString())?.lenses ?? [];
  }

  checkAll(): void {
    for (const document of workspace.textDocuments) this.soon(document, 0);
  }

  /** Looks at a document that may launch an engine, after a pause. */
  soon(document: TextDocument, pause: number): void {
    if (!LANGUAGES.includes(document.languageId)) return;
    const key = document.uri.toString();
    const before = this.watched.get(key);
    clearTimeout(before?.timer);
    before?.asked?.cancel();
    if (!isWatched(document)) {
      this.forget(document);
      return;
    }
    const watched = before ?? { lenses: [], isLaunch: false };
    this.watched.set(key, watched);
    watched.timer = setTimeout(() => void this.check(document, watched), pause);
  }

  forget({ uri }: TextDocument): void {
    const watched = this.watched.get(uri.toString());
    if (!watched) return;
    clearTimeout(watched.timer);
    watched.asked?.cancel();
    this.watched.delete(uri.toString());
    this.findings?.delete(uri);
    this.changes.fire(uri);
  }

  dispose(): void {
    for (const { timer, asked } of this.watched.values()) {
      clearTimeout(timer);
      asked?.cancel();
    }
    this.watched.clear();
    this.findings?.dispose();
    this.providers?.dispose();
    this.changes.dispose();
  }

  private async check(document: TextDocument, watched: Watched): Promise<void> {
    const asked = new CancellationTokenSource();
    watched.asked = asked;
    let shown: ShownLaunch | null;
    try {
      shown = await this.requests.launch(document.uri, document.getText(), asked.token);
    } catch {
      // It was cancelled, or the server is restarting. What is shown stays until the next change.
      return;
    }
    if (asked.token.isCancellationRequested || this.watched.get(document.uri.toString()) !== watched) return;
    watched.isLaunch = shown !== null;
    watched.lenses = shown?.lenses ?? [];
    await this.show(document.uri, shown);
    this.changes.fire(document.uri);
  }

  private async show(uri: Uri, shown: ShownLaunch | null): Promise<void> {
    if (!shown) {
      this.findings?.delete(uri);
      return;
    }
    this.progress.add('launched');
    // Nothing is registered before there is a launch.
    this.providers ??= registerProviders(this, this.requests);
    this.findings ??= languages.createDiagnosticCollection('moeplan-launch');
    this.findings.set(uri, await this.requests.toCodeDiagnostics([...shown.findings]));
  }
}

function isWatched(document: TextDocument): boolean {
  if (workspace.getConfiguration('moeplan', document.uri).get('launchFiles') === false) return false;
  return mayLaunch(document.getText());
}
