import type { ExtensionContext } from 'vscode';
import { activateWith } from './features.ts';
import { createClient } from './languageClient.browser.ts';

/** Activation in a browser: the server is a worker. */
export function activate(context: ExtensionContext): Promise<void> {
  return activateWith(context, createClient(context));
}
