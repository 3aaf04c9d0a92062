import {
  CodeActionKind,
  type Connection,
  DidChangeWatchedFilesNotification,
  type InitializeResult,
} from 'vscode-languageserver';
import type { Host } from '../host/host.ts';
import { version } from '../host/version.ts';
import { SEMANTIC_TOKEN_MODIFIERS, SEMANTIC_TOKEN_TYPES } from '../services/semanticTokens.ts';
import { toDiagnostic } from './convert.ts';
import { registerFeatures } from './features.ts';
import { FileRequests } from './fileRequests.ts';
import { registerPreview } from './previewRequests.ts';
import { readSettings } from './settings.ts';
import { registerTools } from './toolRequests.ts';
import { Workspace } from './workspace.ts';

const CAPABILITIES: InitializeResult['capabilities'] = {
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['=', ' ', '.', '[', '"', '/'] },
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentLinkProvider: {},
  documentHighlightProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  semanticTokensProvider: {
    legend: { tokenTypes: [...SEMANTIC_TOKEN_TYPES], tokenModifiers: [...SEMANTIC_TOKEN_MODIFIERS] },
    full: true,
  },
};

/** A browser's worker has no `setImmediate`. */
const nextTurn: (work: () => void) => void = globalThis.setImmediate ?? setTimeout;

/** Serves one editor over a connection until the editor ends it. */
export function startServer(connection: Connection, host: Host): void {
  const workspace = new Workspace(host);
  const files = new FileRequests(connection);
  const waiting = new Set<string>();
  let canWatch = false;
  let canConfigure = false;

  /**
   * Publishes on the next turn of the event loop: of edits that have queued up only the last is checked, and requests
   * that came before the edit are answered first.
   */
  function publishSoon(uris: Iterable<string>): void {
    const idle = waiting.size === 0;
    for (const uri of uris) waiting.add(uri);
    if (idle && waiting.size > 0) nextTurn(publish);
  }

  function publish(): void {
    const uris = [...waiting];
    waiting.clear();
    for (const uri of uris) {
      const document = workspace.documents.get(uri);
      const analysis = workspace.analysis(uri);
      if (!document || !analysis) continue;
      if (fetchWanted(uri)) continue;
      const { lineIndex } = analysis.source;
      const diagnostics = workspace
        .diagnostics(uri)
        .map((diagnostic) => toDiagnostic(diagnostic, lineIndex, workspace));
      void connection.sendDiagnostics({ uri, version: document.version, diagnostics });
      void connection.sendNotification('moeplan/changed', { uri, version: document.version });
    }
  }

  /** Diagnostics of a document whose files are on their way would only flash up: it is published when they are there. */
  function fetchWanted(uri: string): boolean {
    const wanted = workspace.sources.takeWanted();
    if (wanted.length === 0 || !files.available) return false;
    void files.read(wanted).then((texts) => {
      for (const [file, text] of texts) publishSoon(workspace.provided(file, text));
      publishSoon([uri]);
    });
    return true;
  }

  async function configure(): Promise<void> {
    if (!canConfigure) return;
    const settings: unknown = await connection.workspace.getConfiguration('moeplan');
    workspace.setSettings(readSettings(settings));
    publishSoon(workspace.documents.keys());
  }

  connection.onInitialize((params) => {
    workspace.setRoots(params.workspaceFolders?.map((folder) => folder.uri) ?? []);
    files.initialize(params.initializationOptions);
    const client = params.capabilities.workspace;
    canWatch = client?.didChangeWatchedFiles?.dynamicRegistration === true;
    canConfigure = client?.configuration === true;
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: workspace.syncKind },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
        ...CAPABILITIES,
      },
      serverInfo: { name: 'moeplan', version },
    };
  });
  connection.onInitialized(async () => {
    if (canWatch) {
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: '**/*.moeplan' }, { globPattern: '**/*.json' }, { globPattern: '**/*.csv' }],
      });
    }
    await configure();
  });
  connection.onDidChangeConfiguration(() => configure());
  connection.onDidChangeWatchedFiles(({ changes }) => {
    publishSoon(changes.flatMap(({ uri }) => workspace.changed(uri)));
  });
  workspace.documents.onDidChangeContent(({ document }) => publishSoon(workspace.changed(document.uri)));
  workspace.documents.onDidClose(({ document }) => {
    publishSoon(workspace.closed(document.uri));
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
  });
  registerFeatures(connection, workspace);
  registerPreview(connection, workspace);
  registerTools(connection, workspace);
  workspace.listen(connection);
  connection.listen();
}
