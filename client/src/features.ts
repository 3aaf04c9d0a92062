import { commands, type ExtensionContext, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { registerExamples } from './examples.ts';
import { registerExports } from './exports/commands.ts';
import { answerFileRequests } from './fileRequests.ts';
import { registerImportConfig } from './importConfig.ts';
import { registerLanguageModelTools } from './languageModelTools/tools.ts';
import { registerImportLaunch } from './launches/importLaunch.ts';
import { registerLaunchFiles } from './launches/launchFiles.ts';
import { registerWriteLaunch } from './launches/writeLaunch.ts';
import { registerNewPlan } from './newPlan.ts';
import { registerPreview } from './preview/commands.ts';
import { PreviewPanels } from './preview/panels.ts';
import { Requests } from './requests.ts';
import { PlanStatusBar } from './statusBar.ts';
import { registerSuggestDegrees } from './suggestDegrees.ts';
import { registerWalkthrough, WalkthroughProgress } from './walkthrough.ts';

/** Starts the server and registers the features. */
export async function activateWith(context: ExtensionContext, client: BaseLanguageClient): Promise<void> {
  const requests = new Requests(client);
  const progress = new WalkthroughProgress();
  const panels = new PreviewPanels(context.extensionUri, requests, progress);
  context.subscriptions.push(
    client,
    commands.registerCommand('moeplan.restartServer', async () => {
      if (client.isRunning()) await client.stop();
      await client.start();
    }),
    answerFileRequests(client),
    registerLanguageModelTools(client),
    ...registerExports(client, progress, panels),
    ...registerPreview(client, panels),
    ...registerNewPlan(requests),
    ...registerImportConfig(requests),
    ...registerImportLaunch(requests),
    registerLaunchFiles(client, requests, progress),
    registerWriteLaunch(requests, progress, panels),
    ...registerExamples(context.extensionUri),
    registerSuggestDegrees(),
    ...registerWalkthrough(context.extension.id, progress),
  );
  context.subscriptions.push(new PlanStatusBar(requests, progress));
  await startWithPlan(context, client);
}

/**
 * Starts the server with the first plan that is opened. Whatever asks it something before that starts it, too, so that it does not
 * run beside scripts and YAML files that launch nothing.
 */
async function startWithPlan(context: ExtensionContext, client: BaseLanguageClient): Promise<void> {
  const isPlan = ({ languageId }: { readonly languageId: string }) => languageId === 'moeplan';
  if (workspace.textDocuments.some(isPlan)) return client.start();
  const opening = workspace.onDidOpenTextDocument((document) => {
    if (!isPlan(document)) return;
    opening.dispose();
    // The client says itself why its server did not start.
    client.start().catch(() => undefined);
  });
  context.subscriptions.push(opening);
}
