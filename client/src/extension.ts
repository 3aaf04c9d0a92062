import type { ExtensionContext } from 'vscode';
import { registerExports } from './exports/commands.ts';
import { createClient } from './languageClient.ts';
import { registerPreview } from './preview/commands.ts';

/** Activation: starts the server and hands it to the features. What they do is theirs. */
export async function activate(context: ExtensionContext): Promise<void> {
  const client = createClient(context);
  context.subscriptions.push(client, ...registerExports(client), ...registerPreview(context, client));
  await client.start();
}
