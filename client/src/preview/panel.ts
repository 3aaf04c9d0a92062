import {
  commands,
  type Disposable,
  l10n,
  type Position,
  Range,
  Selection,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import type { DifferencesAnswer } from '../../../server/src/services/preview/differencesProtocol.ts';
import type {
  ExportFormat,
  FromPage,
  PreviewView,
  SentModel,
  SentPicture,
  ToPage,
} from '../../../server/src/services/preview/protocol.ts';
import { isFromPage } from '../../../server/src/services/preview/validate.ts';
import type { WhatIfAnswer } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { savePng } from '../exports/commands.ts';
import { isOvertaken, type Requests } from '../requests.ts';
import { differences } from './differences.ts';
import { pageHtml } from './html.ts';
import { Questions, reasonOf } from './questions.ts';
import { writeWhatIf } from './whatIf.ts';

type Ask<Type extends FromPage['type']> = Extract<FromPage, { readonly type: Type }>;

const EXPORT_COMMANDS: Readonly<Record<Exclude<ExportFormat, 'png'>, string>> = {
  dot: 'moeplan.exportDot',
  svg: 'moeplan.exportSvg',
  mermaid: 'moeplan.exportMermaid',
  json: 'moeplan.exportJson',
  trace: 'moeplan.exportTrace',
  report: 'moeplan.exportReport',
};

/** The preview of one plan: asks the server for the model when the text changed, and the page for what was clicked. */
export class PreviewPanel implements Disposable {
  private readonly plan: Uri;
  private readonly panel: WebviewPanel;
  private readonly requests: Requests;
  /** A slider asks faster than plans are predicted. */
  private readonly whatIf: Questions<Ask<'whatIf'>, WhatIfAnswer>;
  private readonly differences: Questions<Ask<'differences'>, DifferencesAnswer>;
  private wantedView: PreviewView | undefined;
  private isReady = false;
  private isDisposed = false;
  /** Counts pages: what one of them has, the next one has not. */
  private page = 0;
  /** Counts requests, so that an answer that was overtaken by a newer one is dropped. */
  private asked = 0;
  /** Digests of what the page has of the newest pictures; a model that is stale leaves it what it had. */
  private known: readonly string[] = [];
  /** The same of the picture with groups opened, by deployment. */
  private readonly knownFolded = new Map<string, readonly string[]>();
  /** Deployments of which the page was asked for a PNG: others are not taken from it. */
  private readonly rasterised = new Set<string>();

  constructor(plan: Uri, panel: WebviewPanel, extension: Uri, requests: Requests, view: PreviewView | undefined) {
    this.plan = plan;
    this.panel = panel;
    this.requests = requests;
    const gone = { failed: 'The plan is not open, or has no such deployment any more.' };
    this.whatIf = new Questions<Ask<'whatIf'>, WhatIfAnswer>(
      async ({ deployment, changes }) => (await requests.whatIf(plan, deployment, changes)) ?? gone,
      (sequence, answer) => this.send({ type: 'whatIf', sequence, answer }),
    );
    this.differences = new Questions(
      (ask) => differences(requests, plan, ask),
      (sequence, answer) => this.send({ type: 'differences', sequence, answer }),
    );
    this.wantedView = view;
    panel.onDidDispose(() => {
      this.isDisposed = true;
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (isFromPage(message)) void this.receive(message).catch(tellOfFailure);
    });
    panel.iconPath = Uri.joinPath(extension, 'media', 'icon.svg');
    panel.webview.html = pageHtml(panel.webview, extension);
  }

  reveal(view: PreviewView): void {
    this.panel.reveal(undefined, true);
    this.wantedView = view;
    this.showView();
  }

  async refresh(): Promise<void> {
    if (!this.isReady) return;
    const asked = ++this.asked;
    const model = await unlessOvertaken(this.requests.preview(this.plan, this.allKnown()));
    if (asked !== this.asked || !model) return;
    if (model.stale === undefined) this.known = partsOf(model);
    this.send({ type: 'model', model });
    this.showView();
  }

  async highlight(position: Position): Promise<void> {
    if (!this.isReady || this.isDisposed || !this.panel.visible) return;
    const found = await unlessOvertaken(this.requests.nodesAt(this.plan, position));
    if (found === undefined) return;
    this.send({ type: 'highlight', deployment: found?.deployment ?? '', nodes: found?.nodes ?? [] });
  }

  dispose(): void {
    this.panel.dispose();
  }

  private allKnown(): readonly string[] {
    return [...this.known, ...[...this.knownFolded.values()].flat()];
  }

  private async fold({ deployment, folds }: Ask<'fold'>): Promise<void> {
    const { page } = this;
    const answer = await unlessOvertaken(this.requests.folded(this.plan, deployment, folds, this.allKnown()));
    // A page that came meanwhile has nothing of what the answer leaves out.
    if (!answer || page !== this.page) return;
    if ('picture' in answer) this.knownFolded.set(deployment, digestsOf(answer.picture));
    this.send({ type: 'folded', deployment, folds, answer });
  }

  private showView(): void {
    if (!this.isReady || !this.wantedView) return;
    this.send({ type: 'show', view: this.wantedView });
    this.wantedView = undefined;
  }

  /** A panel that was closed while something was awaited has no page any more. */
  private send(message: ToPage): void {
    if (!this.isDisposed) void this.panel.webview.postMessage(message);
  }

  private async receive(message: FromPage): Promise<void> {
    if (message.type !== 'state') await this.openPlan();
    switch (message.type) {
      case 'ready':
        // A new page, or one that misses a part: it gets everything.
        this.isReady = true;
        this.page += 1;
        this.known = [];
        this.knownFolded.clear();
        this.rasterised.clear();
        this.whatIf.forget();
        this.differences.forget();
        return this.refresh();
      case 'reveal':
        return this.selectSource(message.deployment, message.id);
      case 'fold':
        return this.fold(message);
      case 'export':
        return this.exportAs(message.deployment, message.format, message.folded);
      case 'whatIf':
        return this.whatIf.ask(message);
      case 'writeWhatIf':
        return this.send(await writeWhatIf(this.requests, this.plan, message));
      case 'differences':
        return this.differences.ask(message);
      case 'png':
        if (!this.rasterised.delete(message.deployment)) return;
        return savePng(
          this.plan,
          message.deployment,
          Uint8Array.from(atob(message.data), (char) => char.charCodeAt(0)),
        );
      case 'noPng':
        if (!this.rasterised.delete(message.deployment)) return;
        void window.showErrorMessage(l10n.t('No PNG was made: {0}', message.reason));
        return;
      case 'state':
    }
  }

  /** The server answers of open documents alone, and the tab of the plan may be closed by now. */
  private async openPlan(): Promise<void> {
    const isOpen = workspace.textDocuments.some(({ uri }) => uri.toString() === this.plan.toString());
    // A text that was never saved is gone with its tab.
    if (!isOpen && this.plan.scheme !== 'untitled') await workspace.openTextDocument(this.plan);
  }

  /** A PNG is drawn by the page, as it is folded there: nothing else here can draw. */
  private async exportAs(deployment: string, format: ExportFormat, folded: boolean): Promise<void> {
    if (format !== 'png') {
      await commands.executeCommand(EXPORT_COMMANDS[format], this.plan, undefined, deployment);
      return;
    }
    const svg = await this.requests.export(this.plan, folded ? 'folded-picture' : 'picture', deployment);
    if (svg === null)
      void window.showErrorMessage(l10n.t('{0} cannot be drawn. The Problems panel says why.', deployment));
    else {
      this.rasterised.add(deployment);
      this.send({ type: 'rasterise', deployment, svg });
    }
  }

  private async selectSource(deployment: string, id: string): Promise<void> {
    const found = await this.requests.reveal(this.plan, deployment, id);
    if (!found) return;
    const uri = Uri.parse(found.uri, true);
    const { start, end } = found.range;
    const range = new Range(start.line, start.character, end.line, end.character);
    const visible = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
    const column =
      visible?.viewColumn ?? (this.panel.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One);
    const editor = await window.showTextDocument(uri, { viewColumn: column, preserveFocus: true });
    editor.selection = new Selection(range.start, range.end);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

/** Nothing where the text has changed before the server came to it: its next state is asked for anyway. */
async function unlessOvertaken<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isOvertaken(error)) return undefined;
    throw error;
  }
}

/** What the reader asked for by a click is not left without a word. */
function tellOfFailure(error: unknown): void {
  void window.showErrorMessage(l10n.t('The preview could not do that: {0}', reasonOf(error)));
}

function partsOf({ deployments }: SentModel): readonly string[] {
  return deployments.flatMap(({ overview, ...detailed }) => [
    ...digestsOf(detailed),
    ...(overview ? digestsOf(overview) : []),
  ]);
}

function digestsOf({ topology, positions }: SentPicture): readonly string[] {
  return [topology.digest, positions.digest];
}
