import type { Connection } from 'vscode-languageserver';
import { RequestType } from 'vscode-languageserver';
import { fieldOf } from './params.ts';

const readFile = new RequestType<{ readonly uri: string }, string | null, void>('moeplan/readFile');
const findFiles = new RequestType<{ readonly extension: string }, readonly string[] | null, void>('moeplan/findFiles');

/** Asks the editor for files that the server cannot read itself. An editor that can answer says so when it connects. */
export class FileRequests {
  /** Whether the editor answers `moeplan/readFile`. */
  available = false;
  /** Whether the editor answers `moeplan/findFiles`. */
  canFind = false;
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Reads what the editor said of itself: `{ "readsFiles": true, "findsFiles": true }`. */
  initialize(options: unknown): void {
    this.available = fieldOf(options, 'readsFiles') === true;
    this.canFind = fieldOf(options, 'findsFiles') === true;
  }

  /** URIs of the workspace's files with an extension; none where the editor cannot tell. */
  async find(extension: string): Promise<readonly string[]> {
    if (!this.canFind) return [];
    try {
      const found: unknown = await this.connection.sendRequest(findFiles, { extension });
      return Array.isArray(found) ? found.filter((uri) => typeof uri === 'string') : [];
    } catch {
      // An editor that fails here is as good as one that cannot tell.
      return [];
    }
  }

  /** The texts of files; nothing for one that is not there or cannot be read. */
  read(uris: readonly string[]): Promise<readonly (readonly [uri: string, text: string | undefined])[]> {
    return Promise.all(
      uris.map(async (uri) => {
        try {
          const text: unknown = await this.connection.sendRequest(readFile, { uri });
          return [uri, typeof text === 'string' ? text : undefined] as const;
        } catch {
          // Whatever the reason, the file cannot be read: the import is reported as not found.
          return [uri, undefined] as const;
        }
      }),
    );
  }
}
