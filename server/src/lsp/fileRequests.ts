import type { Connection } from 'vscode-languageserver';
import { RequestType } from 'vscode-languageserver';
import type { FilesBelow } from '../host/filesBelow.ts';
import type { Reading } from '../host/knownTexts.ts';
import { EDITOR_LIMITS, type Limits } from '../host/limits.ts';
import { UNREAD } from '../language/source.ts';
import { fieldOf } from './params.ts';

const readFile = new RequestType<{ readonly uri: string }, unknown, void>('moeplan/readFile');
const findFiles = new RequestType<Limits & { readonly extension: string }, unknown, void>('moeplan/findFiles');

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

  /** Reads what the editor said about itself: `{ "readsFiles": true, "findsFiles": true }`. */
  initialize(options: unknown): void {
    this.available = fieldOf(options, 'readsFiles') === true;
    this.canFind = fieldOf(options, 'findsFiles') === true;
  }

  /** The workspace's files with an extension; none where the editor cannot list them. */
  async find(extension: string): Promise<FilesBelow> {
    if (!this.canFind) return filesOf([]);
    try {
      return filesOf(await this.connection.sendRequest(findFiles, { extension, ...EDITOR_LIMITS }));
    } catch {
      // An editor that fails here is treated as one that cannot list files.
      return filesOf([]);
    }
  }

  /** The files as the editor has them. */
  read(uris: readonly string[]): Promise<readonly (readonly [uri: string, reading: Reading])[]> {
    return Promise.all(
      uris.map(async (uri) => {
        try {
          return [uri, readingOf(await this.connection.sendRequest(readFile, { uri }))] as const;
        } catch {
          // The editor failed. That says nothing about the file except that it was not read.
          return [uri, { unread: 'failed' }] as const;
        }
      }),
    );
  }
}

/** Reads an answer to `moeplan/findFiles`: either URIs, or URIs in `uris` and in `left` sentences about what was left out. */
function filesOf(answer: unknown): FilesBelow {
  const textsIn = (list: unknown) => (Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []);
  return Array.isArray(answer)
    ? { uris: textsIn(answer), left: [] }
    : { uris: textsIn(fieldOf(answer, 'uris')), left: textsIn(fieldOf(answer, 'left')) };
}

/** Reads an answer to `moeplan/readFile`: the text, null if there is no such file, or `{ unread: "too-large" }`. */
function readingOf(answer: unknown): Reading {
  if (typeof answer === 'string') return { text: answer };
  const unread = UNREAD.find((reason) => reason === fieldOf(answer, 'unread'));
  return unread && { unread };
}
