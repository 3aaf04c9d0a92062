import {
  CodeLensRefreshRequest,
  type Connection,
  DiagnosticRefreshRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type InitializeResult,
  InlayHintRefreshRequest,
} from 'vscode-languageserver';
import type { Host } from '../host/host.ts';
import { version } from '../host/version.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import { SEMANTIC_TOKEN_MODIFIERS, SEMANTIC_TOKEN_TYPES } from '../services/annotations/semanticTokens.ts';
import { TRIGGER_CHARACTERS } from '../services/completion/completion.ts';
import { ACTION_KINDS, registerActions } from './actions.ts';
import { registerAnnotations } from './annotations.ts';
import { registerCompletion, registerSignatureHelp } from './completion.ts';
import { containing, Turns, tellLog } from './contain.ts';
import { registerPullDiagnostics, written } from './diagnostics.ts';
import { registerFeatures } from './features.ts';
import { Fetching } from './fetching.ts';
import { FileRequests } from './fileRequests.ts';
import { foldersOf, urisIn } from './folders.ts';
import { registerFormatting } from './formatting.ts';
import { registerLaunches } from './launchRequests.ts';
import { registerRefusals } from './lifecycle.ts';
import { registerNavigation } from './navigation.ts';
import { commandOf, fieldOf } from './params.ts';
import { registerPreview } from './previewRequests.ts';
import { registerSearch } from './searchRequests.ts';
import { readSettings } from './settings.ts';
import { registerTools } from './toolRequests.ts';
import { Workspace } from './workspace.ts';

const CAPABILITIES: InitializeResult['capabilities'] = {
  hoverProvider: true,
  completionProvider: {
    triggerCharacters: [...TRIGGER_CHARACTERS],
    completionItem: { labelDetailsSupport: true },
  },
  signatureHelpProvider: { triggerCharacters: ['='], retriggerCharacters: [' '] },
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentLinkProvider: {},
  documentHighlightProvider: true,
  inlayHintProvider: true,
  typeDefinitionProvider: true,
  selectionRangeProvider: true,
  linkedEditingRangeProvider: true,
  callHierarchyProvider: true,
  workspaceSymbolProvider: true,
  codeLensProvider: {},
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  documentOnTypeFormattingProvider: { firstTriggerCharacter: '}', moreTriggerCharacter: ['\n'] },
  codeActionProvider: { codeActionKinds: ACTION_KINDS },
  diagnosticProvider: { identifier: 'moeplan', interFileDependencies: true, workspaceDiagnostics: true },
  semanticTokensProvider: {
    legend: { tokenTypes: [...SEMANTIC_TOKEN_TYPES], tokenModifiers: [...SEMANTIC_TOKEN_MODIFIERS] },
    full: true,
  },
};

/** Kinds of files whose paths are completed. */
const LISTED: readonly string[] = ['.moeplan', '.json', '.csv'];

/** Endings of launches, from which plans are read. */
const LAUNCHES: readonly string[] = ['.sh', '.yaml', '.yml'];

/** Serves one editor over a connection until the editor ends it. */
export function startServer(channel: Connection, host: Host): void {
  const connection = containing(channel);
  const turns = new Turns(tellLog(channel));
  const workspace = new Workspace(host, (sentence) => channel.console.warn(`not checked: ${sentence}`));
  const files = new FileRequests(connection);
  const fetching = new Fetching(workspace, files, { publish: publishSoon, refresh }, turns);
  const waiting = new Set<string>();
  let isPublishing = false;
  let canWatch = false;
  let canConfigure = false;
  let canTellSettings = false;
  /** The settings that hold, as they were told. */
  let told: string | undefined;
  let canChangeFolders = false;
  let isConfigured: () => void = () => undefined;
  workspace.configured = new Promise((resolve) => {
    isConfigured = resolve;
  });
  /** URIs of the folders of the workspace. */
  let roots: readonly string[] = [];
  /** Whether the editor asks for diagnostics. */
  let pulls = false;
  let refreshable: readonly { readonly method: string }[] = [];

  /**
   * Publishes on the next turn of the event loop. Of edits that have queued up only the last is checked, and requests that came
   * before the edit are answered first.
   */
  function publishSoon(uris: Iterable<string>): void {
    for (const uri of uris) waiting.add(uri);
    if (isPublishing || waiting.size === 0) return;
    isPublishing = true;
    turns.soon('publishing', publish);
  }

  /** Publishes one document after the other, each in turns, so that what is typed meanwhile is read in between. */
  function publish(): void {
    const [uri] = waiting;
    isPublishing = uri !== undefined;
    if (uri === undefined) return;
    waiting.delete(uri);
    turns.background('publishing', publishOne(uri), () => turns.soon('publishing', publish));
  }

  async function publishOne(uri: string): Promise<void> {
    const document = workspace.documents.get(uri);
    // Files are asked for by the analysis, so it comes before the test whether any is awaited.
    if (!document || !workspace.analysis(uri) || fetching.holds(uri)) return;
    const { version } = document;
    if (!pulls) {
      const send = (findings: readonly Diagnostic[]) =>
        connection.sendDiagnostics({ uri, version, diagnostics: written(findings, workspace, uri) });
      const isWanted = () => workspace.documents.get(uri)?.version === version && !waiting.has(uri);
      const findings = await workspace.diagnosticsInTurns(uri, isWanted, send);
      if (!findings) return;
      turns.background('publishing', send(findings));
    }
    turns.background('publishing', connection.sendNotification('moeplan/changed', { uri, version }));
  }

  /** Asks the editor to request again what it would not request by itself: no text has changed, but its meaning has. */
  function refresh(): void {
    // Files of other languages, which the editor asks about by requests of ours.
    turns.unheeded(connection.sendNotification('moeplan/refresh'));
    for (const { method } of refreshable) {
      // An editor that refuses, or has gone, keeps what it shows until the text changes.
      turns.unheeded(connection.sendRequest(method));
    }
  }

  /** The workspace has other folders now, so what was read of the old ones is forgotten. */
  function setFolders(folders: readonly string[]): void {
    roots = folders;
    workspace.setRoots(folders);
    workspace.sources.wantLists(LISTED);
  }

  async function configure(): Promise<void> {
    if (!canConfigure) return;
    const settings: unknown = await connection.workspace.getConfiguration('moeplan');
    const asTold = JSON.stringify(settings);
    // An editor tells of a change to any setting, and some tell once more when they are asked to tell.
    if (asTold === told) return;
    told = asTold;
    workspace.setSettings(readSettings(settings));
    publishSoon(workspace.documents.keys());
    refresh();
  }

  connection.onInitialize((params) => {
    roots = foldersOf(params);
    workspace.setRoots(roots);
    files.initialize(params.initializationOptions);
    workspace.suggestCommand = commandOf(fieldOf(params.initializationOptions, 'suggestCommand'));
    const client = params.capabilities.workspace;
    canWatch = client?.didChangeWatchedFiles?.dynamicRegistration === true;
    canConfigure = client?.configuration === true;
    canTellSettings = client?.didChangeConfiguration?.dynamicRegistration === true;
    canChangeFolders = client?.workspaceFolders === true;
    workspace.canCreateFiles =
      client?.workspaceEdit?.documentChanges === true &&
      client.workspaceEdit.resourceOperations?.includes('create') === true;
    pulls = params.capabilities.textDocument?.diagnostic !== undefined;
    refreshable = [
      ...(client?.inlayHint?.refreshSupport ? [InlayHintRefreshRequest] : []),
      ...(client?.codeLens?.refreshSupport ? [CodeLensRefreshRequest] : []),
      ...(client?.diagnostics?.refreshSupport ? [DiagnosticRefreshRequest] : []),
    ];
    return {
      capabilities: {
        textDocumentSync: { openClose: true, change: workspace.syncKind },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
        ...CAPABILITIES,
      },
      serverInfo: { name: 'moeplan', version },
    };
  });
  workspace.sources.whenWanted(() => turns.soon('fetching', () => fetching.start()));
  connection.onInitialized(async () => {
    if (canChangeFolders) {
      connection.workspace.onDidChangeWorkspaceFolders((change) => {
        const removedUris = new Set(urisIn(fieldOf(change, 'removed')));
        setFolders([...roots.filter((uri) => !removedUris.has(uri)), ...urisIn(fieldOf(change, 'added'))]);
        publishSoon(workspace.documents.keys());
        refresh();
      });
    }
    if (canWatch) {
      const watchers = [...LISTED, ...LAUNCHES].map((extension) => ({ globPattern: `**/*${extension}` }));
      // If the editor refuses, only what was read is known. Everything else goes on.
      turns.unheeded(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }));
    }
    // One that refuses, or cannot be asked, may tell by itself.
    if (canConfigure && canTellSettings)
      turns.unheeded(connection.client.register(DidChangeConfigurationNotification.type, { section: 'moeplan' }));
    try {
      await configure();
    } finally {
      isConfigured();
    }
    // The lists are needed when the first path is completed.
    workspace.sources.wantLists(LISTED);
  });
  connection.onDidChangeConfiguration(() => configure());
  connection.onDidChangeWatchedFiles((change) => {
    const changes: unknown = fieldOf(change, 'changes');
    const isList = Array.isArray(changes);
    // A notification in another form than the protocol's may mean any change.
    if (!isList || changes.some((fileChange) => fieldOf(fileChange, 'type') !== FileChangeType.Changed))
      workspace.sources.forgetLists();
    publishSoon(workspace.filesChanged(urisIn(changes)));
    refresh();
  });
  const opened = turns.guarded('reading an edit', ({ document }: { readonly document: { readonly uri: string } }) => {
    const concerned = workspace.changed(document.uri);
    publishSoon(concerned);
    if (concerned.some((uri) => uri !== document.uri)) refresh();
  });
  const closed = turns.guarded('closing', ({ document }: { readonly document: { readonly uri: string } }) => {
    publishSoon(workspace.closed(document.uri));
    if (!pulls) turns.background('publishing', connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }));
  });
  workspace.documents.onDidChangeContent(opened);
  workspace.documents.onDidClose(closed);
  registerRefusals(connection);
  registerFeatures(connection, workspace);
  registerCompletion(connection, workspace);
  registerSignatureHelp(connection, workspace);
  registerFormatting(connection, workspace);
  registerAnnotations(connection, workspace);
  registerNavigation(connection, workspace);
  registerActions(connection, workspace);
  registerPullDiagnostics(connection, workspace);
  registerPreview(connection, workspace);
  registerSearch(connection, workspace);
  registerTools(connection, workspace);
  registerLaunches(connection, workspace);
  workspace.listen(connection);
  channel.listen();
}
