import type { ExtensionContext } from 'vscode';
import { activateWith } from './features.ts';
import { createClient } from './languageClient.ts';

/** Activation on the desktop and on remote machines: the server is a process beside the extension host. */
export function activate(context: ExtensionContext): Promise<void> {
  return activateWith(context, createClient(context));
}
