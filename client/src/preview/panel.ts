import {
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
import type { CurvesAnswer } from '../../../server/src/services/preview/curvesProtocol.ts';
import type { DifferencesAnswer } from '../../../server/src/services/preview/differencesProtocol.ts';
import type { FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import { isFromPage } from '../../../server/src/services/preview/messages.ts';
import type { SentModel, SentPicture } from '../../../server/src/services/preview/protocol.ts';
import type { FoundPlanAnswer } from '../../../server/src/services/preview/searchProtocol.ts';
import type { TimeDetails } from '../../../server/src/services/preview/timeProtocol.ts';
import type { PreviewView } from '../../../server/src/services/preview/views.ts';
import type { WhatIfAnswer } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { reasonOf } from '../reason.ts';
import { isOvertaken, type Requests } from '../requests.ts';
import { sayError } from '../say.ts';
import type { Progress } from '../walkthrough.ts';
import { chooseBase, differences } from './differences.ts';
import { PanelExports } from './exports.ts';
import { pageHtml } from './html.ts';
import { Questions } from './questions.ts';
import { PanelSearch, writeFound } from './search.ts';
import { writeWhatIf } from './whatIf.ts';

type Ask<Type extends FromPage['type']> = Extract<FromPage, { readonly type: Type }>;

/** What the page is to show once it is there. */
export interface Wanted {
  readonly view: PreviewView;
  /** The deployment to show. If it is missing, the one that the reader looks at is shown. */
  readonly deployment?: string;
  /** A figure of the summary: the page says where it comes from. */
  readonly figure?: string;
  /** The `search` block by which the view searches. */
  readonly search?: string;
  /** What this line describes is selected in the view. */
  readonly line?: Position;
}

/** Messages for which the plan's text need not be open. */
const PASSIVE: ReadonlySet<FromPage['type']> = new Set(['state', 'ready', 'stopSearch'] as const);

/** How long a line in the status bar stays. */
const STATUS_MS = 5_000;

/** The preview of one plan. It asks the server for the model when the text changes, and for the source of what was clicked. */
export class PreviewPanel implements Disposable {
  private readonly plan: Uri;
  private readonly panel: WebviewPanel;
  private readonly subscriptions: Disposable;
  private readonly requests: Requests;
  private readonly progress: Progress;
  /** Questions wait here because a slider asks faster than plans are predicted. */
  private readonly whatIf: Questions<Ask<'whatIf'>, WhatIfAnswer>;
  private readonly curves: Questions<Ask<'curves'>, CurvesAnswer>;
  private readonly differences: Questions<Ask<'differences'>, DifferencesAnswer>;
  private readonly time: Questions<Ask<'time'>, TimeDetails>;
  private readonly search: PanelSearch;
  private readonly found: Questions<Ask<'foundPlan'>, FoundPlanAnswer>;
  private wanted: Wanted | undefined;
  private isReady = false;
  /** The panel was closed, or now belongs to another plan. */
  private isOver = false;
  /** It came by itself, and nothing was done with it yet but to look at what it first showed. */
  private offered: { shows?: string } | undefined;
  /** Counts pages, because a new page has nothing of what an earlier one had. */
  private page = 0;
  /** The deployment that the reader looks at, chosen or not. */
  private deployment: string | undefined;
  /** The plan's address as the server writes it. */
  private address: string;
  /** Counts requests, so that an answer that was overtaken by a newer one is dropped. */
  private asked = 0;
  /** Digests of the newest pictures that the page has. A stale model does not change them. */
  private sentDigests: readonly string[] = [];
  /** The same for pictures with groups opened, by deployment. */
  private readonly sentFoldedDigests = new Map<string, readonly string[]>();
  private readonly exports: PanelExports;

  constructor(plan: Uri, panel: WebviewPanel, extension: Uri, requests: Requests, progress: Progress) {
    this.plan = plan;
    this.panel = panel;
    this.requests = requests;
    this.progress = progress;
    const planGone = { failed: 'The plan is not open, or has no such deployment any more.' };
    this.exports = new PanelExports(requests, progress, (message) => this.send(message));
    this.whatIf = new Questions<Ask<'whatIf'>, WhatIfAnswer>(
      async ({ deployment, changes }) => (await requests.whatIf(plan, deployment, changes)) ?? planGone,
      (sequence, answer) => this.send({ type: 'whatIf', sequence, answer }),
    );
    this.curves = new Questions<Ask<'curves'>, CurvesAnswer>(
      async ({ subjects, over }) => (await requests.curves(plan, subjects, over)) ?? planGone,
      (sequence, answer) => this.send({ type: 'curves', sequence, answer }),
    );
    this.differences = new Questions(
      (ask) => differences(requests, plan, ask),
      (sequence, answer) => this.send({ type: 'differences', sequence, answer }),
    );
    this.time = new Questions<Ask<'time'>, TimeDetails>(
      async ({ deployment }) => (await requests.timeDetails(plan, deployment)) ?? planGone,
      (sequence, answer) => this.send({ type: 'time', sequence, answer }),
    );
    this.search = new PanelSearch(requests, plan, (sequence, answer) =>
      this.send({ type: 'search', sequence, answer }),
    );
    this.found = new Questions<Ask<'foundPlan'>, FoundPlanAnswer>(
      async (ask) => (await requests.foundPlan(plan, ask, ask.plan)) ?? planGone,
      (sequence, answer) => this.send({ type: 'foundPlan', sequence, answer }),
    );
    this.address = plan.toString();
    this.subscriptions = Disposable.from(
      panel.onDidDispose(() => this.leave()),
      panel.webview.onDidReceiveMessage((message: unknown) => {
        if (isFromPage(message)) void this.receive(message).catch(tellOfFailure);
      }),
      // A hidden page is thrown away. When it is seen again, a new page says that it is ready.
      panel.onDidChangeViewState(() => {
        if (panel.visible) return;
        this.isReady = false;
        this.search.stop();
      }),
      // The server answers only for open texts, and nothing else may keep this one open.
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

  get shown(): string | undefined {
    return this.deployment;
  }

  get isVisible(): boolean {
    return this.panel.visible;
  }

  get column(): ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  /** Brings the panel to the front where it is, and leaves the cursor in the text. */
  bringToFront(): void {
    this.panel.reveal(undefined, true);
  }

  show(wanted: Wanted): void {
    // A lens or a command of the plan that is read changes what its preview shows, and does not pin the preview to it.
    if (this.offered) this.offered = {};
    this.bringToFront();
    this.wanted = wanted;
    void this.showWanted().catch(tellOfFailure);
  }

  async refresh(): Promise<void> {
    if (!this.isReady) return;
    const ownRequest = ++this.asked;
    const isThere = await this.openText();
    const model = isThere
      ? await unlessOvertaken(this.requests.preview(this.plan, this.allSentDigests()))
      : { uri: this.address, version: 0, names: [], deployments: [], stale: this.whyGone() };
    if (ownRequest !== this.asked || !model) return;
    this.address = model.uri;
    if (model.stale === undefined) this.sentDigests = partsOf(model);
    this.send({ type: 'model', model });
    await this.showWanted();
  }

  async highlight(position: Position): Promise<void> {
    if (!this.isReady) return;
    const nodesFound = await unlessOvertaken(this.requests.nodesAt(this.plan, position, this.deployment));
    if (nodesFound === undefined) return;
    this.send({ type: 'highlight', deployment: nodesFound?.deployment ?? '', nodes: nodesFound?.nodes ?? [] });
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
    this.search.stop();
    this.subscriptions.dispose();
  }

  /**
   * Opens the plan's text, because the server answers only for open texts and the plan's tab may be closed. False if the plan is
   * gone.
   */
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

  private allSentDigests(): readonly string[] {
    return [...this.sentDigests, ...[...this.sentFoldedDigests.values()].flat()];
  }

  private async fold({ deployment, folds }: Ask<'fold'>): Promise<void> {
    const { page } = this;
    const answer = await unlessOvertaken(this.requests.folded(this.plan, deployment, folds, this.allSentDigests()));
    // A page that came meanwhile has nothing of what the answer leaves out.
    if (!answer || page !== this.page) return;
    if ('picture' in answer) this.sentFoldedDigests.set(deployment, digestsOf(answer.picture));
    this.send({ type: 'folded', deployment, folds, answer });
  }

  private async showWanted(): Promise<void> {
    const { wanted } = this;
    if (!this.isReady || !wanted) return;
    this.wanted = undefined;
    const { view, deployment, figure, search, line } = wanted;
    const nodesOfLine = line && (await unlessOvertaken(this.requests.nodesAt(this.plan, line, this.deployment)));
    if (line && nodesOfLine === undefined) {
      // The line is shown with the model of the new text, unless something else is wanted meanwhile.
      this.wanted ??= wanted;
      return;
    }
    if (nodesOfLine === null) window.setStatusBarMessage(l10n.t('No deployment uses this line.'), STATUS_MS);
    this.send({
      type: 'show',
      view,
      ...(deployment !== undefined && { deployment }),
      ...(figure !== undefined && { figure }),
      ...(search !== undefined && { search }),
      ...nodesOfLine,
    });
  }

  /** A panel that was closed or given away while something was awaited no longer has a page. */
  private send(message: ToPage): void {
    if (!this.isOver) void this.panel.webview.postMessage(message);
  }

  /** Whoever turns to another view or deployment, or does anything else in the page, works with it. */
  private noteWork(message: FromPage): void {
    // The first view asks by itself.
    if (!this.offered || message.type === 'ready' || message.type === 'time' || message.type === 'stopSearch') return;
    if (message.type === 'state') {
      const shows = JSON.stringify([message.view, message.deployment]);
      this.offered.shows ??= shows;
      if (this.offered.shows === shows) return;
    }
    this.offered = undefined;
  }

  private async receive(message: FromPage): Promise<void> {
    this.noteWork(message);
    const isThere = PASSIVE.has(message.type) || (await this.openText());
    // Failures of what a view has asked for by itself are shown in that view.
    if (!isThere && (message.type === 'reveal' || message.type === 'export')) throw new Error(this.whyGone());
    switch (message.type) {
      case 'ready':
        // A new page, or one that misses a part, gets everything.
        this.isReady = true;
        this.page += 1;
        this.sentDigests = [];
        this.sentFoldedDigests.clear();
        this.exports.forget();
        this.whatIf.forget();
        this.curves.forget();
        this.differences.forget();
        this.time.forget();
        this.search.stop();
        this.found.forget();
        return this.refresh();
      case 'reveal':
        return this.selectSource(message.deployment, message.id);
      case 'fold':
        return this.fold(message);
      case 'export':
        return this.exports.start(this.plan, message);
      case 'whatIf':
        return this.whatIf.ask(message);
      case 'writeWhatIf':
        return this.send(await writeWhatIf(this.requests, this.plan, message));
      case 'curves':
        return this.curves.ask(message);
      case 'differences':
        return this.differences.ask(message);
      case 'time':
        return this.time.ask(message);
      case 'search':
        return this.search.ask(message);
      case 'stopSearch':
        return this.search.stop();
      case 'foundPlan':
        return this.found.ask(message);
      case 'writeFound':
        return this.writeFound(message);
      case 'chooseBase': {
        const base = await chooseBase(this.plan, message);
        return base && this.send({ type: 'baseChosen', base });
      }
      case 'png':
      case 'noPng':
        return this.exports.drawn(this.plan, message);
      case 'state':
        this.deployment = message.shown ?? message.deployment;
        this.progress.add(message.view === 'compare' ? 'compared' : 'previewed');
    }
  }

  /** The new deployment is shown with the model of the new text. */
  private async writeFound(ask: Ask<'writeFound'>): Promise<void> {
    const { message, name } = await writeFound(this.requests, this.plan, ask);
    if (name !== undefined) this.wanted = { view: 'time', deployment: name };
    this.send(message);
  }

  private async selectSource(deployment: string, id: string): Promise<void> {
    const source = await this.requests.reveal(this.plan, deployment, id);
    if (!source) return;
    const uri = source.place;
    const { start, end } = source.range;
    const range = new Range(start.line, start.character, end.line, end.character);
    const visible = window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
    const column =
      visible?.viewColumn ?? (this.panel.viewColumn === ViewColumn.One ? ViewColumn.Beside : ViewColumn.One);
    const editor = await window.showTextDocument(uri, { viewColumn: column, preserveFocus: true });
    editor.selection = new Selection(range.start, range.end);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

/** Undefined where the text has changed before the server came to the request: the next state is asked for anyway. */
async function unlessOvertaken<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isOvertaken(error)) return undefined;
    throw error;
  }
}

/** A click that fails is reported to the reader. */
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
