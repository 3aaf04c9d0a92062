import { type ExtensionContext, Uri } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { clientOptions } from './clientOptions.ts';

/** The client of the server that ships beside this bundle. It runs our own code only, so Restricted Mode may use it. */
export function createClient(context: ExtensionContext): LanguageClient {
  const module = Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath;
  return new LanguageClient('moeplan', 'moeplan', { module, transport: TransportKind.ipc }, clientOptions);
}
