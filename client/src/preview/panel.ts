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
import type { DifferencesAnswer } from '../../../server/src/services/preview/differencesProtocol.ts';
import { EXPORTS, type ExportFormat } from '../../../server/src/services/preview/exportFormats.ts';
import type { FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import { isFromPage } from '../../../server/src/services/preview/messages.ts';
import type { SentModel, SentPicture } from '../../../server/src/services/preview/protocol.ts';
import type { PreviewView } from '../../../server/src/services/preview/views.ts';
import type { WhatIfAnswer } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { savePng } from '../exports/commands.ts';
import { reasonOf } from '../reason.ts';
import { isOvertaken, type Requests } from '../requests.ts';
import { sayError } from '../say.ts';
import type { Progress } from '../walkthrough.ts';
import { differences } from './differences.ts';
import { pageHtml } from './html.ts';
import { Questions } from './questions.ts';
import { writeWhatIf } from './whatIf.ts';

type Ask<Type extends FromPage['type']> = Extract<FromPage, { readonly type: Type }>;

/** What the page is to show once it is there. */
export interface Wanted {
  readonly view: PreviewView;
  /** The deployment; without one that which is looked at. */
  readonly deployment?: string;
  /** The figure of the summary of which is said where it comes from. */
  readonly figure?: string;
  /** What this line is about is selected in the view. */
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
  private readonly progress: Progress;
  /** A slider asks faster than plans are predicted. */
  private readonly whatIf: Questions<Ask<'whatIf'>, WhatIfAnswer>;
  private readonly differences: Questions<Ask<'differences'>, DifferencesAnswer>;
  private wanted: Wanted | undefined;
  private isReady = false;
  /** The panel was closed, or is that of another plan now. */
  private isOver = false;
  /** It came by itself, and nothing was done with it yet but to look at what it first showed. */
  private offered: { shows?: string } | undefined;
  /** Counts pages: what one of them has, the next one has not. */
  private page = 0;
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
  /** Deployments of which the page was asked for a PNG: others are not taken from it. */
  private readonly rasterised = new Set<string>();

  constructor(plan: Uri, panel: WebviewPanel, extension: Uri, requests: Requests, progress: Progress) {
    this.plan = plan;
    this.panel = panel;
    this.requests = requests;
    this.progress = progress;
    const gone = { failed: 'The plan is not open, or has no such deployment any more.' };
    this.whatIf = new Questions<Ask<'whatIf'>, WhatIfAnswer>(
      async ({ deployment, changes }) => (await requests.whatIf(plan, deployment, changes)) ?? gone,
      (sequence, answer) => this.send({ type: 'whatIf', sequence, answer }),
    );
    this.differences = new Questions(
      (ask) => differences(requests, plan, ask),
      (sequence, answer) => this.send({ type: 'differences', sequence, answer }),
    );
    this.address = plan.toString();
    this.subscriptions = Disposable.from(
      panel.onDidDispose(() => this.leave()),
      panel.webview.onDidReceiveMessage((message: unknown) => {
        if (isFromPage(message)) void this.receive(message).catch(tellOfFailure);
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

  get isOffered(): boolean {
    return this.offered !== undefined;
  }

  markOffered(): void {
    this.offered = {};
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

  show(wanted: Wanted): void {
    this.offered = undefined;
    this.bringToFront();
    this.wanted = wanted;
    void this.showWanted().catch(tellOfFailure);
  }

  async refresh(): Promise<void> {
    if (!this.isReady) return;
    const asked = ++this.asked;
    const isThere = await this.openText();
    const model = isThere
      ? await unlessOvertaken(this.requests.preview(this.plan, this.allKnown()))
      : { uri: this.address, version: 0, names: [], deployments: [], stale: this.whyGone() };
    if (asked !== this.asked || !model) return;
    this.address = model.uri;
    if (model.stale === undefined) this.known = partsOf(model);
    this.send({ type: 'model', model });
    await this.showWanted();
  }

  async highlight(position: Position): Promise<void> {
    if (!this.isReady) return;
    const found = await unlessOvertaken(this.requests.nodesAt(this.plan, position, this.deployment));
    if (found === undefined) return;
    this.send({ type: 'highlight', deployment: found?.deployment ?? '', nodes: found?.nodes ?? [] });
  }

  /** Gives the panel up, for the preview of another plan. */
  release(): WebviewPanel {
    this.leave();
    return this.panel;
  }

  dispose(): void {
    this.leave();
    this.panel.dispose();
  }

  private leave(): void {
    this.isOver = true;
    this.isReady = false;
    this.subscriptions.dispose();
  }

  /** The server answers of open texts alone, and the tab of the plan may be closed by now. False where it is gone. */
  private async openText(): Promise<boolean> {
    if (workspace.textDocuments.some(({ uri }) => uri.toString() === this.plan.toString())) return true;
    // Opening an unsaved text that was thrown away would make a new one.
    if (this.plan.scheme === 'untitled') return false;
    try {
      await workspace.openTextDocument(this.plan);
      return true;
    } catch {
      return false;
    }
  }

  /** The page keeps its last pictures, greyed, with this reason. */
  private whyGone(): string {
    return `${nameOf(this.plan)} is not there any more: it was deleted, moved or never saved. When it is opened again, this goes on.`;
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

  private async showWanted(): Promise<void> {
    const { wanted } = this;
    if (!this.isReady || !wanted) return;
    this.wanted = undefined;
    const { view, deployment, figure, line } = wanted;
    const found = line && (await unlessOvertaken(this.requests.nodesAt(this.plan, line, this.deployment)));
    if (line && found === undefined) {
      // Shown with the model of the new text, unless something else is wanted meanwhile.
      this.wanted ??= wanted;
      return;
    }
    if (found === null) window.setStatusBarMessage(l10n.t('No deployment uses this line.'), STATUS_MS);
    this.send({
      type: 'show',
      view,
      ...(deployment !== undefined && { deployment }),
      ...(figure !== undefined && { figure }),
      ...found,
    });
  }

  /** A panel that was closed or given away while something was awaited has no page any more. */
  private send(message: ToPage): void {
    if (!this.isOver) void this.panel.webview.postMessage(message);
  }

  /** Whoever turns to another view or deployment, or does anything else in the page, works with it. */
  private noteWork(message: FromPage): void {
    if (!this.offered || message.type === 'ready') return;
    if (message.type === 'state') {
      const shows = JSON.stringify([message.view, message.deployment]);
      this.offered.shows ??= shows;
      if (this.offered.shows === shows) return;
    }
    this.offered = undefined;
  }

  private async receive(message: FromPage): Promise<void> {
    this.noteWork(message);
    const isThere = message.type === 'state' || message.type === 'ready' || (await this.openText());
    // What a view has asked by itself is answered there.
    if (!isThere && (message.type === 'reveal' || message.type === 'export')) throw new Error(this.whyGone());
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
        try {
          return await this.exportAs(message.deployment, message.format, message.folded);
        } catch (error) {
          // The server is away, or the text has changed meanwhile.
          void sayError(l10n.t('Nothing was exported: {0}', reasonOf(error)));
          return;
        }
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
          this.progress,
        );
      case 'noPng':
        if (!this.rasterised.delete(message.deployment)) return;
        void sayError(l10n.t('No PNG was made: {0}', message.reason));
        return;
      case 'state':
        this.deployment = message.deployment;
        this.progress.add(message.view === 'compare' ? 'compared' : 'previewed');
    }
  }

  /** A PNG is drawn by the page, as it is folded there: nothing else here can draw. */
  private async exportAs(deployment: string, format: ExportFormat, folded: boolean): Promise<void> {
    if (format !== 'png') {
      await commands.executeCommand(EXPORTS[format].command, this.plan, undefined, deployment);
      return;
    }
    const svg = await this.requests.export(this.plan, folded ? 'folded-picture' : 'picture', deployment);
    if (svg === null) void sayError(l10n.t('{0} cannot be drawn. The Problems panel says why.', deployment));
    else {
      this.rasterised.add(deployment);
      this.send({ type: 'rasterise', deployment, svg });
    }
  }

  private async selectSource(deployment: string, id: string): Promise<void> {
    const found = await this.requests.reveal(this.plan, deployment, id);
    if (!found) return;
    const uri = found.place;
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
  void sayError(l10n.t('The preview could not do that: {0}', reasonOf(error)));
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
