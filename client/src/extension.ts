import type { ExtensionContext } from 'vscode';
import { registerExports } from './exports/commands.ts';
import { createClient } from './languageClient.ts';
import { registerNewPlan } from './newPlan.ts';
import { registerPreview } from './preview/commands.ts';
import { Requests } from './requests.ts';
import { PlanStatusBar } from './statusBar.ts';

/** Activation: starts the server and hands it to the features. What they do is theirs. */
export async function activate(context: ExtensionContext): Promise<void> {
  const client = createClient(context);
  const requests = new Requests(client);
  context.subscriptions.push(
    client,
    ...registerExports(client),
    ...registerPreview(context, client),
    ...registerNewPlan(requests),
  );
  await client.start();
  context.subscriptions.push(new PlanStatusBar(requests));
}
