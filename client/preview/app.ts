import type { ExportFormat } from '../../server/src/services/preview/exportFormats.ts';
import type { ToPage } from '../../server/src/services/preview/messages.ts';
import type { PreviewView } from '../../server/src/services/preview/views.ts';
import { isNothing, isSame } from './dag/folds.ts';
import { element, replaceChildren } from './dom.ts';
import { ExportMenu } from './exports/menu.ts';
import { pngOf } from './exports/png.ts';
import type { EditorApi } from './host.ts';
import { prose } from './prose.ts';
import { Models, readSaved } from './state.ts';
import { Summary } from './summary.ts';
import { Tabs } from './tabs.ts';
import { followTheme } from './theme.ts';
import { Tooltips } from './tooltip.ts';
import type { View } from './view.ts';
import { makeViews, type Views } from './views.ts';

/** A picture that has not moved for this long counts as resting. */
const REST_MS = 150;

/** The page shows one view of one deployment. Every message and every click ends in `render`. */
export class App {
  private readonly root: HTMLElement;
  private readonly editor: EditorApi;
  private readonly models = new Models();
  private readonly tooltips = new Tooltips(document.body);
  private readonly tabs: Tabs;
  private readonly summary: Summary;
  private readonly views: Views;
  private readonly chooser = element('select', { 'aria-label': 'Deployment' });
  private readonly exports = new ExportMenu((format) => this.exportAs(format));
  private readonly banner = element('div', { class: 'banner', role: 'status', hidden: true });
  private readonly nothing = element('div', { class: 'nothing', role: 'status' });
  private view: PreviewView;
  private drawnView: PreviewView | undefined;
  private deployment: string | undefined;
  private lastShown: string | undefined;
  /** Everything was asked for, and has not come yet. */
  private lacksParts = false;
  private saving: ReturnType<typeof setTimeout> | undefined;
  /** What was saved last. */
  private saved = '';

  constructor(root: HTMLElement, editor: EditorApi) {
    this.root = root;
    this.editor = editor;
    const saved = readSaved(editor.getState());
    this.view = saved.view;
    this.deployment = saved.deployment;
    const { tooltips } = this;
    this.summary = new Summary(tooltips, (view) => this.showIn(view, []));
    const page = {
      tips: document.body,
      tooltips,
      models: this.models,
      saved,
      reveal: (deployment: string, id: string) => editor.postMessage({ type: 'reveal', deployment, id }),
      show: (view: PreviewView, nodes: readonly string[]) => this.showIn(view, nodes),
      post: editor.postMessage.bind(editor),
      exportAs: (format: ExportFormat) => this.exportAs(format),
      changed: () => this.saveSoon(),
    };
    this.views = makeViews(page, {
      chosen: (asksFor) => {
        if (asksFor !== undefined) this.askFolded(asksFor);
        this.render();
        this.save();
      },
    });
    this.tabs = new Tabs(this.views, (view) => {
      this.view = view;
      this.render();
      this.save();
    });
    this.chooser.addEventListener('change', () => {
      this.deployment = this.chooser.value;
      this.render();
      this.save();
    });
    const top = element('div', { class: 'bar-top' }, this.tabs.list, this.exports.root);
    const answers = element(
      'div',
      { class: 'answers' },
      element('div', { class: 'which' }, element('label', { class: 'chooser' }, this.chooser), this.summary.degrees),
      this.summary.root,
    );
    const heading = element('h1', { class: 'visually-hidden' }, 'Deployment preview');
    root.append(
      element('header', {}, heading, answers, top),
      element('main', {}, this.banner, this.nothing, this.tabs.panels),
    );
    followTheme(() => {
      for (const view of this.everyView()) view.themeChanged?.();
    });
    this.render();
  }

  receive(message: ToPage): void {
    switch (message.type) {
      case 'model':
        if (!this.models.receive(message.model)) {
          this.askForEverything();
          return;
        }
        this.lacksParts = false;
        this.askFolded();
        this.render();
        this.save();
        return;
      case 'folded':
        this.receiveFolded(message);
        return;
      case 'highlight':
        // The cursor moves in the text.
        this.tooltips.unpoint();
        this.highlight(message.deployment, message.nodes);
        return;
      case 'show':
        this.tooltips.unpoint();
        this.view = message.view;
        this.deployment = message.deployment ?? this.deployment;
        if (message.search !== undefined && this.deployment !== undefined)
          this.views[message.view].chooseNamed?.(this.deployment, message.search);
        this.render();
        if (message.figure !== undefined) this.summary.explain(message.figure);
        if (message.nodes) {
          this.views[message.view].point?.(message.nodes);
          this.highlight(message.deployment ?? '', message.nodes);
        }
        this.save();
        return;
      case 'rasterise':
        void this.rasterise(message.deployment, message.svg);
        return;
      default:
        for (const view of this.everyView()) view.receive?.(message);
    }
  }

  private showIn(view: PreviewView, nodes: readonly string[]): void {
    const shown = this.shown();
    if (!('deployment' in shown)) return;
    const pointed = nodes.length > 0 && { nodes: [...nodes] };
    this.receive({ type: 'show', view, deployment: shown.deployment.name, ...pointed });
    this.tabs.focus(view);
  }

  /** What was shown stays while it is typed in, also where nobody has chosen it. */
  private shown() {
    return this.models.show(this.deployment ?? this.lastShown);
  }

  private highlight(deployment: string, nodes: readonly string[]): void {
    for (const view of this.everyView()) view.highlight?.(deployment, nodes);
  }

  private everyView(): readonly View[] {
    return Object.values(this.views);
  }

  private render(): void {
    const shown = this.shown();
    const isShown = 'deployment' in shown;
    if (isShown && this.lastShown !== shown.deployment.name) {
      this.lastShown = shown.deployment.name;
      this.save();
    }
    this.tabs.select(this.view);
    this.leaveOthers(isShown ? this.view : undefined);
    this.tabs.panels.hidden = !isShown;
    this.nothing.hidden = isShown;
    this.exports.root.hidden = !isShown;
    this.renderChooser(isShown ? shown.deployment.name : undefined);
    if (!isShown) {
      this.banner.hidden = true;
      this.summary.clear();
      replaceChildren(this.nothing, element('h2', {}, shown.title), element('p', {}, ...prose(shown.text)));
      return;
    }
    this.root.classList.toggle('stale', shown.stale !== undefined);
    this.banner.hidden = shown.stale === undefined;
    if (shown.stale !== undefined)
      replaceChildren(this.banner, element('strong', {}, 'Not up to date. '), ...prose(shown.stale));
    this.summary.show(shown);
    // Only the visible view is drawn. The others follow when their tab is chosen.
    this.views[this.view].show(shown);
  }

  private leaveOthers(drawn: PreviewView | undefined): void {
    const { drawnView } = this;
    this.drawnView = drawn;
    if (drawnView !== undefined && drawnView !== drawn) this.views[drawnView].away?.();
  }

  /** Asks for the picture with groups opened, of one deployment or of all that have one. */
  private askFolded(only?: string): void {
    for (const [deployment, folds] of Object.entries(this.views.dag.choice.folds)) {
      const isWanted = only === undefined ? this.models.isComputed(deployment) : deployment === only;
      if (isWanted && !isNothing(folds)) this.editor.postMessage({ type: 'fold', deployment, folds });
    }
  }

  private receiveFolded({ deployment, folds, answer }: Extract<ToPage, { type: 'folded' }>): void {
    const isAsked = isSame(folds, this.views.dag.foldsOf(deployment));
    // An answer to an outdated question is kept all the same, because the next answer may leave out parts of it.
    if ('refused' in answer) {
      if (isAsked) this.views.dag.refused(deployment, answer.refused);
    } else if (!this.models.receiveFolded(deployment, folds, answer)) this.askForEverything();
    else if (isAsked) this.render();
  }

  /**
   * A message builds on a part that is missing here. A page that says it is ready gets all parts. It says so only once, so that
   * this cannot go on for ever.
   */
  private askForEverything(): void {
    if (this.lacksParts) return;
    this.lacksParts = true;
    this.editor.postMessage({ type: 'ready' });
  }

  private renderChooser(current: string | undefined): void {
    const { names } = this.models;
    this.chooser.hidden = names.length === 0;
    this.chooser.replaceChildren(
      ...names.map((name) =>
        element(
          'option',
          { value: name, selected: name === current },
          this.models.isComputed(name) ? name : `${name} (cannot be computed)`,
        ),
      ),
    );
  }

  private exportAs(format: ExportFormat): void {
    const shown = this.shown();
    if (!('deployment' in shown)) return;
    const { name } = shown.deployment;
    this.editor.postMessage({ type: 'export', deployment: name, format, picture: this.views.dag.pictureOf(name) });
  }

  private async rasterise(deployment: string, svg: string): Promise<void> {
    try {
      this.editor.postMessage({ type: 'png', deployment, data: await pngOf(svg) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.editor.postMessage({ type: 'noPng', deployment, reason });
    }
  }

  /** What moves with every frame is saved only once it rests. */
  private saveSoon(): void {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), REST_MS);
  }

  private save(): void {
    clearTimeout(this.saving);
    const { uri, names } = this.models;
    const { view, deployment, lastShown } = this;
    const chosen = { view, ...(deployment !== undefined && { deployment }) };
    const isKept = (name: string) => names.includes(name);
    const viewStates = this.everyView().map((someView) => someView.saved?.(isKept) ?? {});
    const state: object = Object.assign({ uri, ...chosen }, ...viewStates);
    const text = JSON.stringify([state, lastShown]);
    if (text === this.saved) return;
    this.saved = text;
    // Without the plan's address the editor could not bring the panel back.
    if (uri !== undefined) this.editor.setState(state);
    this.editor.postMessage({ type: 'state', ...chosen, ...(lastShown !== undefined && { shown: lastShown }) });
  }
}
