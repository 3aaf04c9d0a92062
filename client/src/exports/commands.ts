import { commands, type Disposable, Uri, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { planOf } from '../activePlan.ts';
import { chooseDeployment } from '../chooseDeployment.ts';
import { type ExportFormat, Requests } from '../requests.ts';

interface Export {
  readonly command: string;
  readonly format: ExportFormat;
  readonly title: string;
  readonly extension: string;
}

const EXPORTS: readonly Export[] = [
  { command: 'moeplan.exportDot', format: 'dot', title: 'DOT', extension: 'dot' },
  { command: 'moeplan.exportSvg', format: 'svg', title: 'SVG', extension: 'svg' },
  { command: 'moeplan.exportMermaid', format: 'mermaid', title: 'Mermaid', extension: 'mmd' },
  { command: 'moeplan.exportJson', format: 'json', title: 'JSON', extension: 'moeplan.graph.json' },
  { command: 'moeplan.exportTrace', format: 'trace', title: 'trace', extension: 'trace.json' },
  { command: 'moeplan.exportReport', format: 'report', title: 'report', extension: 'md' },
];

export function registerExports(client: BaseLanguageClient): Disposable[] {
  const requests = new Requests(client);
  return EXPORTS.map((each) =>
    commands.registerCommand(each.command, (source?: unknown, target?: unknown, deployment?: unknown) =>
      exportPlan(
        requests,
        each,
        source,
        target instanceof Uri ? target : undefined,
        typeof deployment === 'string' ? deployment : undefined,
      ),
    ),
  );
}

/** With a target nothing is asked, so that tasks and other extensions can call it. */
async function exportPlan(
  requests: Requests,
  { format, title, extension }: Export,
  source: unknown,
  target: Uri | undefined,
  wanted: string | undefined,
): Promise<void> {
  const plan = await planOf(source);
  if (!plan) return;
  if (format === 'report') return exportReport(requests, plan, target);
  const deployment = wanted ?? (await chooseDeployment(requests, plan, target !== undefined));
  if (deployment === undefined) return;
  const text = await requests.export(plan, format, deployment);
  if (text === null) return cannotExport(deployment);
  const file = target ?? (await askWhere(plan, `${nameOf(plan)}-${deployment}.${extension}`, title));
  if (!file) return;
  await writeText(file, text);
  if (!target) await offerToOpen(file);
}

/** The report with a picture of each deployment beside it. */
async function exportReport(requests: Requests, plan: Uri, target: Uri | undefined): Promise<void> {
  const file = target ?? (await askWhere(plan, `${nameOf(plan)}.md`, 'report'));
  if (!file) return;
  const report = await requests.report(plan, file.path);
  if (!report) return cannotExport('The plan');
  await writeText(file, report.text);
  for (const [name, svg] of report.pictures) await writeText(Uri.joinPath(file, '..', name), svg);
  if (!target) await offerToOpen(file);
}

function cannotExport(what: string): void {
  void window.showErrorMessage(
    `${what} cannot be exported: nothing can be computed of it. The Problems panel says why.`,
  );
}

function writeText(file: Uri, text: string): Thenable<void> {
  return workspace.fs.writeFile(file, new TextEncoder().encode(text));
}

/** A picture that the preview has made. */
export async function savePng(plan: Uri, deployment: string, bytes: Uint8Array): Promise<void> {
  const file = await askWhere(plan, `${nameOf(plan)}-${deployment}.png`, 'PNG');
  if (!file) return;
  await workspace.fs.writeFile(file, bytes);
  await offerToOpen(file);
}

function nameOf(plan: Uri): string {
  return plan.path.slice(plan.path.lastIndexOf('/') + 1).replace(/\.moeplan$/, '');
}

function askWhere(plan: Uri, name: string, title: string): Thenable<Uri | undefined> {
  return window.showSaveDialog({ defaultUri: Uri.joinPath(plan, '..', name), title: `Export ${title}` });
}

async function offerToOpen(file: Uri): Promise<void> {
  const open = 'Open';
  const answer = await window.showInformationMessage(`Written to ${workspace.asRelativePath(file)}.`, open);
  if (answer === open) await commands.executeCommand('vscode.open', file);
}
