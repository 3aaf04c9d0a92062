import type { ExtensionContext } from 'vscode';
import { activateWith } from './features.ts';
import { createClient, shippedFolders } from './languageClient.browser.ts';
import { registerShippedFiles } from './shippedFiles.ts';

/** Activation in a browser: the server is a worker. */
export function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(registerShippedFiles(shippedFolders(context)));
  return activateWith(context, createClient(context));
}
