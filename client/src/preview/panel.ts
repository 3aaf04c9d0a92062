import {
  commands,
  Disposable,
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
import { reasonOf } from '../reason.ts';
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

/** What the page is to show once it is there. */
interface Wanted {
  readonly view: PreviewView;
  readonly line?: Position;
}

/** How long a line in the status bar stays. */
const STATUS_MS = 5_000;

/** The preview of one plan: asks the server for the model when the text changed, and the page for what was clicked. */
export class PreviewPanel implements Disposable {
  private readonly plan: Uri;
  private readonly panel: WebviewPanel;
  private readonly subscriptions: Disposable;
  private readonly requests: Requests;
  private readonly whatIf: PanelWhatIf;
  private readonly differences: PanelDifferences;
  private wanted: Wanted | undefined;
  private isReady = false;
  /** The deployment that the reader looks at, where he has chosen one. */
  private deployment: string | undefined;
  /** The plan's address as the server writes it. */
  private address: string;
  /** Counts requests, so that an answer that was overtaken by a newer one is dropped. */
  private asked = 0;
  /** Digests of what the page has of the newest pictures; a model that is stale leaves it what it had. */
  private known: readonly string[] = [];
  /** The same of the picture with groups opened, by deployment. */
  private readonly knownFolded = new Map<string, readonly string[]>();

  constructor(plan: Uri, panel: WebviewPanel, extension: Uri, requests: Requests) {
    this.plan = plan;
    this.panel = panel;
    this.requests = requests;
    const send = (message: ToPage) => this.send(message);
    this.whatIf = new PanelWhatIf(plan, requests, send);
    this.differences = new PanelDifferences(plan, requests, send);
    this.address = plan.toString();
    this.subscriptions = Disposable.from(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        if (isFromPage(message)) void this.receive(message);
      }),
      // A hidden page is thrown away; when it is seen again, a new one says that it is ready.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.isReady = false;
      }),
      // The server answers for open texts only, and nobody else may have this one open.
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.toString() === plan.toString()) void this.refresh();
      }),
    );
    panel.title = `Preview ${nameOf(plan)}`;
    panel.iconPath = Uri.joinPath(extension, 'media', 'icon.svg');
    panel.webview.html = pageHtml(panel.webview, extension);
  }

  get isVisible(): boolean {
    return this.panel.visible;
  }

  get column(): ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  /** Brings it to the front where it is, and leaves the cursor in the text. */
  bringToFront(): void {
    this.panel.reveal(undefined, true);
  }

  /** With a line, what that is about is selected in the view. */
  show(view: PreviewView, line?: Position): void {
    this.bringToFront();
    this.wanted = { view, ...(line && { line }) };
    void this.showWanted();
  }

  async refresh(): Promise<void> {
    if (!this.isReady) return;
    const asked = ++this.asked;
    const isThere = await this.openText();
    const model = isThere ? await this.requests.preview(this.plan, this.allKnown()) : this.gone();
    if (asked !== this.asked || !model) return;
    this.address = model.uri;
    if (model.stale === undefined) this.known = partsOf(model);
    this.send({ type: 'model', model });
    await this.showWanted();
  }

  async highlight(position: Position): Promise<void> {
    if (!this.isReady) return;
    const found = await this.requests.nodesAt(this.plan, position, this.deployment);
    this.send({ type: 'highlight', deployment: found?.deployment ?? '', nodes: found?.nodes ?? [] });
  }

  /** Gives the panel up, for the preview of another plan. */
  release(): WebviewPanel {
    this.subscriptions.dispose();
    return this.panel;
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.panel.dispose();
  }

  /** False where there is no such text any more. */
  private async openText(): Promise<boolean> {
    // Opening an unsaved text that was thrown away would make a new one.
    if (this.plan.scheme === 'untitled')
      return workspace.textDocuments.some(({ uri }) => uri.toString() === this.plan.toString());
    try {
      await workspace.openTextDocument(this.plan);
      return true;
    } catch {
      return false;
    }
  }

  /** The page keeps its last pictures, greyed, with the reason. */
  private gone(): SentModel {
    const stale = `${nameOf(this.plan)} is not there any more: it was deleted, moved or never saved. When it is opened again, this goes on.`;
    return { uri: this.address, version: 0, names: [], deployments: [], stale };
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

  private async showWanted(): Promise<void> {
    const { wanted } = this;
    if (!this.isReady || !wanted) return;
    this.wanted = undefined;
    const { view, line } = wanted;
    const found = line && (await this.requests.nodesAt(this.plan, line, this.deployment));
    if (line && !found) window.setStatusBarMessage(l10n.t('No deployment uses this line.'), STATUS_MS);
    this.send({ type: 'show', view, ...found });
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
        try {
          return await this.exportAs(message.deployment, message.format, message.folded);
        } catch (error) {
          // The server is away, or the text has changed meanwhile.
          void window.showErrorMessage(l10n.t('Nothing was exported: {0}', reasonOf(error)));
          return;
        }
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
        this.deployment = message.deployment;
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

function nameOf(plan: Uri): string {
  return plan.path.slice(plan.path.lastIndexOf('/') + 1);
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
