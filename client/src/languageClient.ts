import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ExtensionContext, Uri } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions } from './clientOptions.ts';
import type { ShippedFolder } from './shippedFiles.ts';

const module = ({ extensionUri }: ExtensionContext) => Uri.joinPath(extensionUri, 'dist', 'server.cjs').fsPath;

/**
 * The client of the server that ships beside this bundle. The server runs only code of this extension, so Restricted Mode may use
 * it.
 */
export function createClient(context: ExtensionContext): LanguageClient {
  const server = { module: module(context), transport: TransportKind.ipc };
  return new LanguageClient('moeplan', 'moeplan', server, clientOptions(shippedFolders(context)));
}

/** The folders that ship. The server names their files from the real place of its script, so links are resolved here. */
export function shippedFolders(context: ExtensionContext): readonly ShippedFolder[] {
  const dist = dirname(realpathSync(module(context)));
  const shipped = (scheme: ShippedFolder['scheme'], path: string): ShippedFolder => ({
    scheme,
    folder: Uri.file(path),
    address: `${pathToFileURL(path).href}/`,
  });
  return [shipped('moeplan-catalog', join(dist, 'catalog')), shipped('moeplan-docs', join(dist, '..', 'docs'))];
}
