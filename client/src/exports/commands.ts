import { commands, type Disposable, l10n, Uri, window, workspace } from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import {
  EXPORTS,
  formatsWith,
  isFormatWith,
  type TextFormat,
} from '../../../server/src/services/preview/exportFormats.ts';
import type { AskedFormat } from '../../../server/src/services/preview/requests.ts';
import { planOf } from '../activePlan.ts';
import { chooseDeployment } from '../chooseDeployment.ts';
import { reasonOf } from '../reason.ts';
import { Requests } from '../requests.ts';
import { sayError, sayInformation } from '../say.ts';
import type { Progress } from '../walkthrough.ts';

/** Where the deployment is found that the reader looks at. */
interface Shown {
  shownOf(plan: Uri): string | undefined;
}

export function registerExports(client: BaseLanguageClient, progress: Progress, previews: Shown): Disposable[] {
  const requests = new Requests(client);
  return formatsWith('command').map((format) =>
    commands.registerCommand(
      EXPORTS[format].command,
      (source?: unknown, target?: unknown, deployment?: unknown, picture?: unknown) =>
        exportPlan(
          { requests, progress, previews },
          format,
          format === 'svg' && picture === 'machines' ? 'machines' : format,
          source,
          target instanceof Uri ? target : undefined,
          typeof deployment === 'string' ? deployment : undefined,
        ),
    ),
  );
}

interface Exporting {
  readonly requests: Requests;
  readonly progress: Progress;
  readonly previews: Shown;
}

/** `asked` is what the server draws in this format. With a target nothing is asked, so that tasks and other extensions can call it. */
async function exportPlan(
  exporting: Exporting,
  format: TextFormat,
  asked: AskedFormat,
  source: unknown,
  target: Uri | undefined,
  wanted: string | undefined,
): Promise<void> {
  const { requests, progress, previews } = exporting;
  const plan = await planOf(source);
  if (!plan) return;
  if (format === 'report') return exportReport(exporting, plan, target);
  const { extension } = EXPORTS[format];
  const isGraph = !isFormatWith(format, 'ofPlan');
  const deployment = isGraph
    ? (wanted ?? (await chooseDeployment(requests, plan, target !== undefined, previews.shownOf(plan))))
    : undefined;
  if (isGraph && deployment === undefined) return;
  const text = await requests.export(plan, asked, deployment);
  if (text === null) return cannotExport(deployment ?? l10n.t('The plan'));
  const name = isGraph ? `${nameOf(plan)}-${deployment}` : nameOf(plan);
  const file = target ?? (await askWhere(plan, `${name}.${extension}`, l10n.t('Export {0}', EXPORTS[format].name)));
  if (!file) return;
  await writeAll([[file, encoded(text)]], target !== undefined, progress);
}

/** The report with a picture of each deployment beside it. */
async function exportReport({ requests, progress }: Exporting, plan: Uri, target: Uri | undefined): Promise<void> {
  const file = target ?? (await askWhere(plan, `${nameOf(plan)}.md`, l10n.t('Export {0}', EXPORTS.report.name)));
  if (!file) return;
  const report = await requests.report(plan, file.path);
  if (!report) return cannotExport(l10n.t('The plan'));
  const pictures = report.pictures.map(([name, svg]) => [Uri.joinPath(file, '..', name), encoded(svg)] as const);
  await writeAll([[file, encoded(report.text)], ...pictures], target !== undefined, progress);
}

function cannotExport(what: string): void {
  void sayError(l10n.t('{0} cannot be exported: nothing can be computed of it. The Problems panel says why.', what));
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Writes files, and offers to open the first. What fails is said, or thrown to the program that has called. */
async function writeAll(
  files: readonly (readonly [file: Uri, bytes: Uint8Array])[],
  isCalled: boolean,
  progress: Progress,
): Promise<void> {
  for (const [file, bytes] of files) {
    try {
      await workspace.fs.writeFile(file, bytes);
    } catch (error) {
      if (isCalled) throw error;
      void sayError(l10n.t('{0} was not written: {1}', workspace.asRelativePath(file), reasonOf(error)));
      return;
    }
  }
  progress.add('taken');
  const [first] = files;
  if (first && !isCalled) await offerToOpen(first[0]);
}

/** A picture that the preview has made. */
export async function savePng(plan: Uri, deployment: string, bytes: Uint8Array, progress: Progress): Promise<void> {
  const file = await askWhere(plan, `${nameOf(plan)}-${deployment}.png`, l10n.t('Export {0}', EXPORTS.png.name));
  if (file) await writeAll([[file, bytes]], false, progress);
}

function nameOf(plan: Uri): string {
  return plan.path.slice(plan.path.lastIndexOf('/') + 1).replace(/\.moeplan$/, '');
}

function askWhere(plan: Uri, name: string, title: string): Thenable<Uri | undefined> {
  return window.showSaveDialog({ defaultUri: Uri.joinPath(plan, '..', name), title });
}

async function offerToOpen(file: Uri): Promise<void> {
  const open = l10n.t('Open');
  const answer = await sayInformation(l10n.t('Written to {0}.', workspace.asRelativePath(file)), open);
  if (answer === open) await commands.executeCommand('vscode.open', file);
}
