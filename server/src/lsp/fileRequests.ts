import type { Connection } from 'vscode-languageserver';
import { RequestType } from 'vscode-languageserver';

const readFile = new RequestType<{ readonly uri: string }, string | null, void>('moeplan/readFile');

/** Asks the editor for files that the server cannot read itself. An editor that can answer says so when it connects. */
export class FileRequests {
  /** Whether the editor answers `moeplan/readFile`. */
  available = false;
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Reads what the editor said of itself: `{ "readsFiles": true }`. */
  initialize(options: unknown): void {
    this.available =
      typeof options === 'object' && options !== null && 'readsFiles' in options && options.readsFiles === true;
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
