import { commands, type ExtensionContext, Uri } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

/** The client of the server that ships beside this bundle. It runs our own code only, so Restricted Mode may use it. */
export function createClient(context: ExtensionContext): LanguageClient {
  const module = Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath;
  const client = new LanguageClient(
    'moeplan',
    'moeplan',
    { module, transport: TransportKind.ipc },
    {
      // Every scheme: unsaved, remote and virtual documents are checked as well as files.
      documentSelector: [{ language: 'moeplan' }],
    },
  );
  context.subscriptions.push(commands.registerCommand('moeplan.restartServer', () => client.restart()));
  return client;
}
