import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  createConnection,
  createProtocolConnection,
  ProposedFeatures,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { nodeHost } from '../../../server/src/host/shipped.ts';
import { startServer } from '../../../server/src/lsp/server.ts';

/** An editor and a server that speak the protocol over a pair of streams, in one process. */
export class Session {
  readonly client: ProtocolConnection;
  /** What the editor answers when the server asks for its settings. */
  settings: unknown = {};
  capabilities: Record<string, unknown> = {};
  /** Files of a virtual workspace, by URI: the server asks for them. */
  files: ReadonlyMap<string, string> | undefined;
  /** What this editor left out where it looked for files; nothing for one that only tells what it found. */
  leftOut: readonly string[] | undefined;
  /** Methods that the server has asked to be told of. */
  readonly registered: string[] = [];
  /** What the server has written to the editor's log. */
  readonly log: string[] = [];
  private refreshed: () => void = () => undefined;
  private readonly versions = new Map<string, number>();

  private constructor() {
    const [up, down] = [new PassThrough(), new PassThrough()];
    const server = createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down));
    this.client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
    startServer(
      server,
      nodeHost({
        catalogFolder: join(import.meta.dirname, '../../../server/src/catalog'),
        pageOf: (rule) => `file:///pages/${rule}.md`,
      }),
    );
    this.client.onRequest('workspace/configuration', async () => [await this.settings]);
    this.client.onRequest(
      'client/registerCapability',
      ({ registrations }: { registrations: readonly { method: string }[] }) => {
        this.registered.push(...registrations.map(({ method }) => method));
        return null;
      },
    );
    for (const ask of ['inlayHint', 'codeLens', 'diagnostic', 'semanticTokens'])
      this.client.onRequest(`workspace/${ask}/refresh`, () => {
        if (ask === 'diagnostic') this.refreshed();
        return null;
      });
    this.client.onRequest('moeplan/readFile', ({ uri }: { uri: string }) => this.files?.get(uri) ?? null);
    this.client.onRequest('moeplan/findFiles', ({ extension }: { extension: string }): unknown => {
      const uris = [...(this.files?.keys() ?? [])].filter((uri) => uri.endsWith(extension));
      return this.leftOut ? { uris, left: this.leftOut } : uris;
    });
    this.client.onNotification('window/logMessage', ({ message }: { message: string }) => {
      this.log.push(message);
    });
    this.client.listen();
  }

  static async start(
    options: {
      readonly folders?: readonly string[];
      readonly capabilities?: object;
      readonly settings?: unknown;
      readonly files?: ReadonlyMap<string, string>;
      readonly leftOut?: readonly string[];
      /** The editor's command that opens its list of suggestions. */
      readonly suggestCommand?: { readonly command: string; readonly arguments: readonly unknown[] };
      readonly refusesToWatch?: boolean;
    } = {},
  ): Promise<Session> {
    const session = new Session();
    session.settings = options.settings ?? {};
    session.files = options.files;
    session.leftOut = options.leftOut;
    if (options.refusesToWatch)
      session.client.onRequest('client/registerCapability', () => {
        throw new Error('not here');
      });
    const workspaceFolders = (options.folders ?? []).map((uri) => ({ uri, name: 'folder' }));
    const answer = await session.client.sendRequest<{ capabilities: Record<string, unknown> }>('initialize', {
      processId: null,
      rootUri: null,
      workspaceFolders,
      capabilities: options.capabilities ?? {},
      initializationOptions: {
        ...(options.files && { readsFiles: true, findsFiles: true }),
        ...(options.suggestCommand && { suggestCommand: options.suggestCommand }),
      },
    });
    session.capabilities = answer.capabilities;
    await session.client.sendNotification('initialized', {});
    return session;
  }

  async open(uri: string, text: string): Promise<void> {
    this.versions.set(uri, 1);
    await this.client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'moeplan', version: 1, text },
    });
  }

  async change(uri: string, text: string): Promise<void> {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    await this.client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  /** The next time that the server asks for diagnostics to be asked for anew. */
  nextRefresh(): Promise<void> {
    return new Promise((resolve) => {
      this.refreshed = resolve;
    });
  }

  ask<Answer>(method: string, params: object): Promise<Answer> {
    return this.client.sendRequest<Answer>(method, params);
  }

  end(): void {
    this.client.dispose();
  }
}
