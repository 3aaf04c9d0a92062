import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { EditorFiles } from '../host/editorFiles.ts';
import { connectionOptions } from './lifecycle.ts';
import { startServer } from './server.ts';

/**
 * The server in a worker. It cannot read the files that ship beside it, so the first message brings them: `{ catalog: [[uri,
 * text], ...], pages }`, where `pages` is the URI of the folder with the rules' pages.
 */
function start({ data }: MessageEvent<unknown>): void {
  self.removeEventListener('message', start);
  if (!isShipped(data)) throw new TypeError('the first message must bring the catalogue');
  const catalog = new Map(data.catalog);
  startServer(createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self), connectionOptions()), {
    sources: (openText) => new EditorFiles(catalog, openText),
    pageOf: (rule) => `${data.pages}/${rule}.md`,
  });
}

interface ShippedTexts {
  readonly catalog: readonly (readonly [uri: string, text: string])[];
  readonly pages: string;
}

function isShipped(value: unknown): value is ShippedTexts {
  if (typeof value !== 'object' || value === null || !('catalog' in value) || !('pages' in value)) return false;
  const { catalog, pages } = value;
  return (
    typeof pages === 'string' &&
    Array.isArray(catalog) &&
    catalog.every(
      (entry) => Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string'),
    )
  );
}

self.addEventListener('message', start);
