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
} from 'vscode';
import type {
  ExportFormat,
  FromPage,
  PreviewView,
  SentModel,
  SentPicture,
  ToPage,
} from '../../../server/src/services/preview/protocol.ts';
import { isFromPage } from '../../../server/src/services/preview/validate.ts';
import { savePng } from '../exports/commands.ts';
import type { Requests } from '../requests.ts';
import { PanelDifferences } from './differences.ts';
import { pageHtml } from './html.ts';
import { PanelWhatIf } from './whatIf.ts';

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
  private readonly whatIf: PanelWhatIf;
  private readonly differences: PanelDifferences;
  private wantedView: PreviewView | undefined;
  private isReady = false;
  /** Counts requests, so that an answer that was overtaken by a newer one is dropped. */
  private asked = 0;
  /** Digests of what the page has of the newest pictures; a model that is stale leaves it what it had. */
  private known: readonly string[] = [];
  /** The same of the picture with groups opened, by deployment. */
  private readonly knownFolded = new Map<string, readonly string[]>();

  constructor(plan: Uri, panel: WebviewPanel, extension: Uri, requests: Requests, view: PreviewView | undefined) {
    this.plan = plan;
    this.panel = panel;
    this.requests = requests;
    const send = (message: ToPage) => this.send(message);
    this.whatIf = new PanelWhatIf(plan, requests, send);
    this.differences = new PanelDifferences(plan, requests, send);
    this.wantedView = view;
    panel.webview.onDidReceiveMessage((message: unknown) => {
      if (isFromPage(message)) void this.receive(message);
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
    const model = await this.requests.preview(this.plan, this.allKnown());
    if (asked !== this.asked || !model) return;
    if (model.stale === undefined) this.known = partsOf(model);
    this.send({ type: 'model', model });
    this.showView();
  }

  async highlight(position: Position): Promise<void> {
    if (!this.isReady || !this.panel.visible) return;
    const found = await this.requests.nodesAt(this.plan, position);
    this.send({ type: 'highlight', deployment: found?.deployment ?? '', nodes: found?.nodes ?? [] });
  }

  dispose(): void {
    this.panel.dispose();
  }

  private allKnown(): readonly string[] {
    return [...this.known, ...[...this.knownFolded.values()].flat()];
  }

  private async fold({ deployment, folds }: Extract<FromPage, { type: 'fold' }>): Promise<void> {
    const answer = await this.requests.folded(this.plan, deployment, folds, this.allKnown());
    if (!answer) return;
    if ('picture' in answer) this.knownFolded.set(deployment, digestsOf(answer.picture));
    this.send({ type: 'folded', deployment, folds, answer });
  }

  private showView(): void {
    if (!this.isReady || !this.wantedView) return;
    this.send({ type: 'show', view: this.wantedView });
    this.wantedView = undefined;
  }

  private send(message: ToPage): void {
    void this.panel.webview.postMessage(message);
  }

  private async receive(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        // A new page, or one that misses a part: it gets everything.
        this.isReady = true;
        this.known = [];
        this.knownFolded.clear();
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
        return this.whatIf.write(message);
      case 'differences':
        return this.differences.ask(message);
      case 'png':
        return savePng(
          this.plan,
          message.deployment,
          Uint8Array.from(atob(message.data), (char) => char.charCodeAt(0)),
        );
      case 'noPng':
        void window.showErrorMessage(l10n.t('No PNG was made: {0}', message.reason));
        return;
      case 'state':
    }
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
    else this.send({ type: 'rasterise', deployment, svg });
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

function partsOf({ deployments }: SentModel): readonly string[] {
  return deployments.flatMap(({ overview, ...detailed }) => [
    ...digestsOf(detailed),
    ...(overview ? digestsOf(overview) : []),
  ]);
}

function digestsOf({ topology, positions }: SentPicture): readonly string[] {
  return [topology.digest, positions.digest];
}
