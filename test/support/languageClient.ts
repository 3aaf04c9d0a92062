import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import { bundle } from './dist.ts';

/** An editor of a few lines: it talks to a built server over standard input and output. */
export class LanguageClient {
  readonly process: ChildProcessWithoutNullStreams;
  readonly connection: ProtocolConnection;
  /** What the server wrote to standard error; a healthy one writes nothing. */
  errors = '';
  /** Everything published, in order. */
  readonly published: PublishDiagnosticsParams[] = [];
  private readonly waiting = new Set<(params: PublishDiagnosticsParams) => void>();
  private readonly exited: Promise<number | null>;

  constructor(args: readonly string[] = [bundle('server.cjs'), '--stdio']) {
    this.process = spawn(process.execPath, args, { stdio: 'pipe' });
    this.exited = once(this.process, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    // A killed server closes its pipes while we still write: the tests look at the exit, not at the pipe.
    this.process.stdin.on('error', () => undefined);
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.process.stdout),
      new StreamMessageWriter(this.process.stdin),
    );
    this.connection.onError(() => undefined);
    this.connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
      this.published.push(params);
      for (const listener of this.waiting) listener(params);
    });
    this.connection.listen();
  }

  /** Starts a server with these folders open, as an editor does. */
  static async start(folders: readonly string[] = [], args?: readonly string[]): Promise<LanguageClient> {
    const client = new LanguageClient(args);
    await client.initialize(folders);
    return client;
  }

  async initialize(folders: readonly string[] = []): Promise<InitializeResult> {
    const result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      workspaceFolders: folders.map((folder) => ({ uri: pathToFileURL(folder).href, name: folder })),
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  open(uri: string, text: string, version = 1): Promise<void> {
    return this.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: 'moeplan', version, text },
    });
  }

  change(uri: string, version: number, ...contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    return this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  close(uri: string): Promise<void> {
    return this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
  }

  /** The diagnostics of a document at a version, as soon as they are published. */
  async diagnostics(uri: string, version = 1): Promise<readonly Diagnostic[]> {
    const fits = (params: PublishDiagnosticsParams) => params.uri === uri && params.version === version;
    const known = this.published.findLast(fits);
    if (known) return known.diagnostics;
    return new Promise((resolve) => {
      const listener = (params: PublishDiagnosticsParams) => {
        if (!fits(params)) return;
        this.waiting.delete(listener);
        resolve(params.diagnostics);
      };
      this.waiting.add(listener);
    });
  }

  /** The diagnostics of a document as soon as those that were last published are as they are wanted. */
  async diagnosticsThat(
    uri: string,
    fits: (diagnostics: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]> {
    const last = this.published.findLast((params) => params.uri === uri);
    if (last && fits(last.diagnostics)) return last.diagnostics;
    return new Promise((resolve) => {
      const listener = (params: PublishDiagnosticsParams) => {
        if (params.uri !== uri || !fits(params.diagnostics)) return;
        this.waiting.delete(listener);
        resolve(params.diagnostics);
      };
      this.waiting.add(listener);
    });
  }

  /** Opens a document and answers with its diagnostics. */
  async check(uri: string, text: string, version = 1): Promise<readonly Diagnostic[]> {
    const found = this.diagnostics(uri, version);
    await this.open(uri, text, version);
    return found;
  }

  request(method: string, params: object): Promise<unknown> {
    return this.connection.sendRequest(method, params);
  }

  /** Sends a request and cancels it at once. Answers with the error's code, or `answered`. */
  async cancelled(method: string, params: object): Promise<number | 'answered'> {
    const source = new CancellationTokenSource();
    const answer = this.connection.sendRequest<unknown>(method, params, source.token);
    source.cancel();
    try {
      await answer;
      return 'answered';
    } catch (error) {
      return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : Number.NaN;
    }
  }

  /** Shuts the server down as the protocol demands; answers with its exit code. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    const code = await this.exited;
    this.connection.dispose();
    return code;
  }

  /** Ends the server in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.connection.dispose();
    this.process.kill('SIGKILL');
    await this.exited;
  }
}
