import type { Connection } from 'vscode-languageserver';
import { RequestType } from 'vscode-languageserver';
import type { Reading } from '../host/knownTexts.ts';
import { UNREAD } from '../language/source.ts';
import { fieldOf } from './params.ts';

const readFile = new RequestType<{ readonly uri: string }, unknown, void>('moeplan/readFile');
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

  /** What the editor has of files. */
  read(uris: readonly string[]): Promise<readonly (readonly [uri: string, reading: Reading])[]> {
    return Promise.all(
      uris.map(async (uri) => {
        try {
          return [uri, readingOf(await this.connection.sendRequest(readFile, { uri }))] as const;
        } catch {
          // The editor failed, which says nothing about the file but that it was not read.
          return [uri, { unread: 'failed' }] as const;
        }
      }),
    );
  }
}

/** An answer to `moeplan/readFile`: the text, null where there is no such file, or `{ unread: "too-large" }`. */
function readingOf(answer: unknown): Reading {
  if (typeof answer === 'string') return { text: answer };
  const unread = UNREAD.find((each) => each === fieldOf(answer, 'unread'));
  return unread && { unread };
}
