import type { InitializeParams } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { fieldOf } from './params.ts';

/**
 * URIs of the folders that the editor has open. Clients older than workspace folders name one folder, by its URI or its path.
 * Values of another type than the protocol's count as missing.
 */
export function foldersOf(params: InitializeParams): readonly string[] {
  const folders: unknown = fieldOf(params, 'workspaceFolders');
  if (Array.isArray(folders)) return urisIn(folders);
  const [uri, path] = [fieldOf(params, 'rootUri'), fieldOf(params, 'rootPath')];
  if (typeof uri === 'string') return [uri];
  return typeof path === 'string' && path !== '' ? [URI.file(path).toString()] : [];
}

/** The URIs in a list of folders or changes. Malformed entries are skipped and the others are kept. */
export function urisIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const uri = fieldOf(entry, 'uri');
    return typeof uri === 'string' ? [uri] : [];
  });
}
