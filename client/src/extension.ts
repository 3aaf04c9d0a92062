import type { ExtensionContext } from 'vscode';
import { activateWith } from './features.ts';
import { createClient, shippedFolders } from './languageClient.ts';
import { registerShippedFiles } from './shippedFiles.ts';
import { registerTasks } from './tasks/tasks.ts';

/** Activation on the desktop and on remote machines: the server is a process beside the extension host. */
export function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(registerTasks(context.extensionUri), registerShippedFiles(shippedFolders(context)));
  return activateWith(context, createClient(context));
}
