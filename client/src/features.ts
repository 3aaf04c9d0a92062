import { commands, type ExtensionContext } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { registerExamples } from './examples.ts';
import { registerExports } from './exports/commands.ts';
import { answerFileRequests } from './fileRequests.ts';
import { registerImportConfig } from './importConfig.ts';
import { registerImportLaunch } from './importLaunch.ts';
import { registerLanguageModelTools } from './languageModelTools/tools.ts';
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
    ...registerExamples(context.extensionUri),
    registerSuggestDegrees(),
    ...registerWalkthrough(context.extension.id, progress),
  );
  await client.start();
  context.subscriptions.push(new PlanStatusBar(requests, progress));
}
