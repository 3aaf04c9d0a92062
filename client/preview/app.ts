import type { ExportFormat } from '../../server/src/services/preview/exportFormats.ts';
import type { ToPage } from '../../server/src/services/preview/protocol.ts';
import type { PreviewView } from '../../server/src/services/preview/views.ts';
import { CompareView } from './compare/view.ts';
import { isNothing, isSame } from './dag/folds.ts';
import { type DagChoice, DagView } from './dag/view.ts';
import { DifferencesView } from './differences/view.ts';
import { element, replaceChildren } from './dom.ts';
import { ExportMenu } from './exports/menu.ts';
import { pngOf } from './exports/png.ts';
import type { EditorApi } from './host.ts';
import { MemoryView } from './memory/view.ts';
import { Models, readSaved } from './state.ts';
import { Summary } from './summary.ts';
import { Tabs } from './tabs.ts';
import { followTheme } from './theme.ts';
import { TimelineView } from './timeline/view.ts';
import { Tooltips } from './tooltip.ts';
import { TrafficView } from './traffic/view.ts';
import { WhatIfView } from './whatif/view.ts';

/** A picture that has not moved for so long rests. */
const REST_MS = 150;

/** The page: one deployment and one view of it are chosen; every message and every click ends in `render`. */
export class App {
  private readonly editor: EditorApi;
  private readonly models = new Models();
  private readonly tabs: Tabs;
  private readonly summary: Summary;
  private readonly dag: DagView;
  private readonly memory: MemoryView;
  private readonly timeline: TimelineView;
  private readonly traffic: TrafficView;
  private readonly compare: CompareView;
  private readonly whatIf: WhatIfView;
  private readonly differences: DifferencesView;
  private readonly chooser = element('select', { 'aria-label': 'Deployment' });
  private readonly exports = new ExportMenu((format) => this.exportAs(format));
  private readonly banner = element('div', { class: 'banner', role: 'status', hidden: true });
  private readonly nothing = element('div', { class: 'nothing', role: 'status' });
  private view: PreviewView;
  private deployment: string | undefined;
  private dagChoice: DagChoice;
  /** Everything was asked for, and has not come yet. */
  private lacksParts = false;
  private saving: ReturnType<typeof setTimeout> | undefined;
  /** What was saved last. */
  private saved = '';

  constructor(root: HTMLElement, editor: EditorApi) {
    this.editor = editor;
    const saved = readSaved(editor.getState());
    this.view = saved.view;
    this.deployment = saved.deployment;
    const tooltips = new Tooltips(document.body);
    const reveal = (deployment: string, id: string) => editor.postMessage({ type: 'reveal', deployment, id });
    this.summary = new Summary(tooltips);
    this.dagChoice = saved.dag;
    this.dag = new DagView(saved.dag, saved.places, {
      reveal,
      moved: () => this.saveSoon(),
      chosen: (choice, asksFor) => {
        this.dagChoice = choice;
        if (asksFor !== undefined) this.askFolded(asksFor);
        this.render();
        this.save();
      },
    });
    this.memory = new MemoryView(tooltips, reveal);
    this.timeline = new TimelineView(
      document.body,
      saved.timeline,
      reveal,
      () => this.exportAs('trace'),
      () => this.saveSoon(),
    );
    this.traffic = new TrafficView(document.body, tooltips, reveal);
    this.compare = new CompareView(tooltips);
    const post = editor.postMessage.bind(editor);
    const save = () => this.saveSoon();
    this.whatIf = new WhatIfView(tooltips, saved.tried, post, save);
    this.differences = new DifferencesView(tooltips, saved.base, reveal, post, save);
    const views = {
      dag: this.dag.root,
      memory: this.memory.root,
      timeline: this.timeline.root,
      traffic: this.traffic.root,
      compare: this.compare.root,
      whatif: this.whatIf.root,
      differences: this.differences.root,
    };
    this.tabs = new Tabs(views, (view) => {
      this.view = view;
      this.render();
      this.save();
    });
    this.chooser.addEventListener('change', () => {
      this.deployment = this.chooser.value;
      this.render();
      this.save();
    });
    const top = element(
      'div',
      { class: 'bar-top' },
      this.tabs.list,
      element('label', { class: 'chooser' }, this.chooser),
      this.exports.root,
    );
    const heading = element('h1', { class: 'visually-hidden' }, 'Deployment preview');
    root.append(
      element('header', {}, heading, top, this.summary.root),
      element('main', {}, this.banner, this.nothing, this.tabs.panels),
    );
    followTheme(() => {
      for (const drawn of [this.dag, this.timeline, this.traffic]) drawn.themeChanged();
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
        this.highlight(message.deployment, message.nodes);
        return;
      case 'show':
        this.view = message.view;
        this.deployment = message.deployment ?? this.deployment;
        this.render();
        if (message.nodes) {
          this.dag.point(message.nodes);
          this.highlight(message.deployment ?? '', message.nodes);
        }
        this.save();
        return;
      case 'whatIf':
        this.whatIf.receive(message);
        return;
      case 'written':
        this.whatIf.written(message);
        return;
      case 'differences':
        this.differences.receive(message);
        return;
      case 'rasterise':
        void this.rasterise(message.deployment, message.svg);
    }
  }

  private highlight(deployment: string, nodes: readonly string[]): void {
    for (const view of [this.dag, this.memory, this.timeline, this.traffic]) view.highlight(deployment, nodes);
  }

  private render(): void {
    const shown = this.models.show(this.deployment);
    const isShown = 'deployment' in shown;
    this.tabs.select(this.view);
    this.tabs.panels.hidden = !isShown;
    this.nothing.hidden = isShown;
    this.exports.root.hidden = !isShown;
    this.renderChooser(isShown ? shown.deployment.name : undefined);
    if (!isShown) {
      this.banner.hidden = true;
      this.summary.clear();
      replaceChildren(this.nothing, element('h2', {}, shown.title), element('p', {}, shown.text));
      return;
    }
    this.banner.hidden = shown.stale === undefined;
    if (shown.stale !== undefined) replaceChildren(this.banner, element('strong', {}, 'Not up to date. '), shown.stale);
    this.summary.show(shown);
    // Only what is seen is drawn; the others follow when their tab is chosen.
    if (this.view === 'dag') this.dag.show(shown, this.models.openedOf(shown.deployment.name));
    else if (this.view === 'memory') this.memory.show(shown);
    else if (this.view === 'timeline') this.timeline.show(shown);
    else if (this.view === 'traffic') this.traffic.show(shown);
    else if (this.view === 'compare') this.compare.show(shown);
    else if (this.view === 'whatif') this.whatIf.show(shown);
    else this.differences.show(shown);
  }

  /** Asks for the picture with groups opened, of a deployment or of all that have one. */
  private askFolded(only?: string): void {
    for (const [deployment, folds] of Object.entries(this.dagChoice.folds)) {
      const isWanted = only === undefined ? this.models.isComputed(deployment) : deployment === only;
      if (isWanted && !isNothing(folds)) this.editor.postMessage({ type: 'fold', deployment, folds });
    }
  }

  private receiveFolded({ deployment, folds, answer }: Extract<ToPage, { type: 'folded' }>): void {
    const isAsked = isSame(folds, this.dag.foldsOf(deployment));
    // What answers a question that is no longer asked is kept all the same: the next answer may leave parts of it out.
    if ('refused' in answer) {
      if (isAsked) this.dag.refused(deployment, answer.refused);
    } else if (!this.models.receiveFolded(deployment, folds, answer)) this.askForEverything();
    else if (isAsked) this.render();
  }

  /** A message builds on a part that is not here: whoever is ready gets everything. Asked once, lest it goes on for ever. */
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
    const shown = this.models.show(this.deployment);
    if (!('deployment' in shown)) return;
    const { name } = shown.deployment;
    this.editor.postMessage({ type: 'export', deployment: name, format, folded: this.dagChoice.folded });
  }

  private async rasterise(deployment: string, svg: string): Promise<void> {
    try {
      this.editor.postMessage({ type: 'png', deployment, data: await pngOf(svg) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.editor.postMessage({ type: 'noPng', deployment, reason });
    }
  }

  /** What moves with each frame is kept once it rests. */
  private saveSoon(): void {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), REST_MS);
  }

  private save(): void {
    clearTimeout(this.saving);
    const { uri } = this.models;
    const { view, deployment } = this;
    const chosen = { view, ...(deployment !== undefined && { deployment }) };
    const { names } = this.models;
    const places = this.dag.placesOf((deployment) => names.includes(deployment));
    const { chosen: base } = this.differences;
    const { tried } = this.whatIf;
    const { place: timeline } = this.timeline;
    const state = {
      uri,
      ...chosen,
      ...this.dagChoice,
      places,
      ...(base !== undefined && { base }),
      ...(timeline && { timeline }),
      ...(tried && { tried }),
    };
    const text = JSON.stringify(state);
    if (text === this.saved) return;
    this.saved = text;
    // Without the plan's address the editor could not bring the panel back.
    if (uri !== undefined) this.editor.setState(state);
    this.editor.postMessage({ type: 'state', ...chosen });
  }
}
