import { formatSeconds } from '../../../server/src/cost/numbers.ts';
import type { PreviewTimeline } from '../../../server/src/services/preview/timelineProtocol.ts';
import { button, element } from '../dom.ts';
import { PointerTip } from '../pointerTip.ts';
import type { Shown } from '../state.ts';
import { StepChooser } from '../stepChooser.ts';
import type { Page, View } from '../view.ts';
import { describe } from './describe.ts';
import { type Item, inRow, isSame, itemAt, stepInRow, stepRow, timesOf } from './find.ts';
import { listen } from './input.ts';
import { LayerPicture } from './layerPicture.ts';
import { Legend } from './legend.ts';
import { Levels } from './levels.ts';
import type { Level, TimelinePlace } from './place.ts';
import { itemMeant, stepMeant } from './point.ts';
import { Side } from './side.ts';
import { Viewport } from './viewport.ts';

const HELP =
  'Left and right arrows go from slice to slice, up and down through rows and stages. Enter selects the source text. ' +
  'Plus, minus and zero zoom. Shift with arrows moves the picture.';

/** A click that misses by this much still hits. */
const SLACK_PIXELS = 2;

/** The step over time: first one of its layers, then all of it on a canvas, with tables and details beside both. */
export class TimelineView implements View {
  readonly root = element('div', { class: 'timeline' });
  private readonly reveal: (deployment: string, id: string) => void;
  private readonly changed: () => void;
  private readonly canvas = element('canvas', {
    class: 'timeline-canvas',
    tabindex: 0,
    role: 'application',
    'aria-label': 'Timeline of the step',
    'aria-describedby': 'timeline-help',
  });
  private readonly viewport: Viewport | undefined;
  private readonly chooser: StepChooser;
  private readonly side: Side;
  private readonly tip: PointerTip;
  private readonly legend = new Legend();
  private readonly live = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly range = element('output', { class: 'zoom', 'aria-label': 'Time in view' });
  private readonly zoomTools = element('span', { class: 'zoom-tools' });
  private readonly levels = new Levels((level) => this.choose(level));
  private readonly layer: LayerPicture;
  private chosenLevel: Level = 'layer';
  private readonly nothing = element('p', { class: 'timeline-nothing', hidden: true });
  /** Where the view was before the page was left. */
  private placeLeft: TimelinePlace | undefined;
  private shown: Shown | undefined;
  /** The timeline that is drawn, and below its text and key. */
  private timeline: PreviewTimeline | undefined;
  private text = '';
  private key = '';
  private lane = 0;
  private selected: Item | undefined;
  private hovered: Item | undefined;
  private highlighted: { readonly deployment: string; readonly ids: ReadonlySet<string> } = {
    deployment: '',
    ids: new Set(),
  };

  constructor({ tips, saved, reveal, exportAs, changed }: Page) {
    this.placeLeft = saved.timeline;
    this.reveal = reveal;
    this.changed = changed;
    this.tip = new PointerTip(tips, 'timeline-tip');
    this.layer = new LayerPicture({
      tip: this.tip,
      reveal: (source) => this.open(source),
      chosen: () => this.showSide(),
    });
    this.chooser = new StepChooser('Step on the timeline', () => this.render());
    this.side = new Side({
      reveal: (source) => this.open(source),
      chooseLane: (lane) => {
        this.lane = lane;
        this.showLayers();
        this.showSide();
      },
    });
    const context = this.canvas.getContext('2d');
    if (context) {
      this.viewport = new Viewport(this.canvas, context, (span, width, hasShares) => {
        this.legend.setShares(hasShares);
        this.range.value = formatSeconds((span.perPixel * width) / 1e9);
        this.canvas.dataset.span = `${span.start} ${span.perPixel}`;
        changed();
      });
      this.listen(this.viewport);
    }
    this.root.append(
      this.stage(() => exportAs('trace')),
      this.side.root,
      this.live,
    );
  }

  saved(): object {
    const { place: timeline } = this;
    return timeline ? { timeline } : {};
  }

  private get place(): TimelinePlace | undefined {
    const { shown, timeline, viewport, selected } = this;
    if (!shown || !timeline || !viewport) return this.placeLeft;
    const { part: span, scroll } = viewport;
    const place = { deployment: shown.deployment.name, step: timeline.id, scroll };
    const { level } = this;
    return { ...place, ...(level !== 'layer' && { level }), ...(span && { span }), ...(selected && { selected }) };
  }

  show(shown: Shown): void {
    this.shown = shown;
    if (this.placeLeft?.deployment === shown.deployment.name) this.chooser.want(this.placeLeft.step);
    this.chooser.show(shown.deployment.timelines);
    this.render();
  }

  highlight(deployment: string, ids: readonly string[]): void {
    this.highlighted = { deployment, ids: new Set(ids) };
    if (!this.timeline) return;
    this.mark();
    this.showLayers();
    this.showSide();
  }

  point(ids: readonly string[]): void {
    const step = stepMeant(ids);
    if (step !== undefined && this.shown) {
      this.chooser.want(step);
      this.chooser.show(this.shown.deployment.timelines);
      this.render();
    }
    const { viewport, timeline } = this;
    const item = viewport && timeline && itemMeant(timeline, viewport.passes, ids);
    if (item) this.select(item);
  }

  themeChanged(): void {
    this.viewport?.redraw();
  }

  private render(): void {
    const { shown } = this;
    const timeline = shown && this.chooser.chosen(shown.deployment.timelines);
    if (!shown || !timeline) return;
    const key = `${shown.deployment.name} ${timeline.id}`;
    const text = JSON.stringify(timeline);
    // An edit that changes nothing of the timeline keeps place and selection.
    if (key === this.key && text === this.text) return;
    const isSame = key === this.key;
    this.timeline = timeline;
    this.key = key;
    this.text = text;
    if (!isSame) {
      this.lane = 0;
      this.selected = undefined;
    }
    this.hovered = undefined;
    this.tip.hide();
    this.lane = Math.min(this.lane, Math.max(0, timeline.lanes.length - 1));
    const isEmpty = timeline.lanes.length === 0;
    this.nothing.hidden = !isEmpty;
    this.nothing.textContent = isEmpty ? (timeline.notes[0] ?? 'Nothing of this step is known over time.') : '';
    this.legend.show(timeline);
    this.viewport?.show(timeline, !isSame);
    if (!isSame) this.putBack(shown.deployment.name, timeline.id);
    if (this.selected && !this.describe(this.selected)) this.selected = undefined;
    this.showLayers();
    this.mark();
    this.showSide();
  }

  /** What is in view. A step without layers is shown whole. */
  private get level(): Level {
    return this.chosenLevel === 'layer' && !this.layer.kind ? 'step' : this.chosenLevel;
  }

  private choose(level: Level): void {
    this.chosenLevel = level;
    const events = this.timeline?.lanes[this.lane]?.events;
    const start = Math.max(0, events?.start[0] ?? 0);
    if (level === 'micro') this.viewport?.showRange(start, start + (events?.length[0] ?? 0));
    if (level === 'step') this.viewport?.showAll();
    this.tip.hide();
    this.showLayers();
    this.showSide();
    this.changed();
  }

  private showLayers(): void {
    const { timeline } = this;
    const lane = timeline?.lanes[this.lane];
    if (timeline) this.layer.show({ timeline, lane, highlighted: this.marked() });
    const { level } = this;
    const isLayer = level === 'layer';
    const isEmpty = timeline?.lanes.length === 0;
    const isScheduled = (timeline?.lanes.length ?? 0) > 1 || (lane?.events.pass.length ?? 0) > 1;
    this.levels.root.hidden = isEmpty;
    this.levels.show(level, (each) =>
      each === 'layer' ? this.layer.kind !== undefined : each === 'step' || isScheduled,
    );
    this.layer.root.hidden = !isLayer;
    this.canvas.hidden = isLayer || isEmpty;
    this.legend.root.hidden = isLayer || isEmpty;
    this.zoomTools.hidden = isLayer || isEmpty;
  }

  private putBack(deployment: string, step: string): void {
    const { placeLeft } = this;
    this.placeLeft = undefined;
    if (placeLeft?.deployment !== deployment || placeLeft.step !== step) return;
    this.chosenLevel = placeLeft.level ?? 'layer';
    this.viewport?.putBack(placeLeft.span, placeLeft.scroll);
    this.selected = placeLeft.selected;
  }

  private stage(exportTrace: () => void): HTMLElement {
    const { viewport } = this;
    if (viewport)
      this.zoomTools.append(
        button('−', { 'aria-label': 'Zoom out of time', title: 'Zoom out (-)' }, () => viewport.zoomBy(1 / 1.5)),
        this.range,
        button('+', { 'aria-label': 'Zoom into time', title: 'Zoom in (+)' }, () => viewport.zoomBy(1.5)),
        button('Fit', { 'aria-label': 'Fit the whole step', title: 'Show all (0)' }, () => viewport.showAll()),
      );
    return element(
      'div',
      { class: 'timeline-stage' },
      element(
        'div',
        { class: 'view-tools', role: 'toolbar', 'aria-label': 'Timeline' },
        this.chooser.root,
        this.levels.root,
        button('Export Chrome trace', { title: 'Opens in Perfetto and chrome://tracing' }, exportTrace),
        this.zoomTools,
      ),
      this.layer.root,
      viewport
        ? this.canvas
        : element('p', { class: 'hint' }, 'This window cannot draw; the tables have the same numbers.'),
      this.nothing,
      element('p', { id: 'timeline-help', class: 'visually-hidden' }, HELP),
      this.legend.root,
    );
  }

  private listen(viewport: Viewport): void {
    const itemUnder = (x: number, y: number): Item | undefined => {
      const { layout, passes, span, scroll } = viewport;
      if (x < layout.gutter) return undefined;
      const time = span.start + (x - layout.gutter) * span.perPixel;
      if (time > (this.timeline?.scheduled ?? 0)) return undefined;
      return itemAt(layout, passes, time, y + scroll, SLACK_PIXELS * span.perPixel);
    };
    listen(this.canvas, () => viewport.layout.gutter, {
      click: (x, y) => {
        const item = itemUnder(x, y);
        this.select(item);
        const description = item && this.describe(item);
        if (description) this.open(description.source);
      },
      hover: (x, y, clientX, clientY) => {
        const item = itemUnder(x, y);
        this.canvas.classList.toggle('over-node', item !== undefined);
        if (!isSame(item, this.hovered)) {
          this.hovered = item;
          this.mark();
        }
        const description = item && this.describe(item);
        if (description) this.tip.show(clientX, clientY, description.title, description.rows);
        else this.tip.hide();
      },
      leave: () => {
        this.tip.hide();
        this.hovered = undefined;
        this.mark();
      },
      pan: (x, y) => viewport.pan(x, y),
      zoom: (x, factor) => viewport.zoomAt(x, factor),
      zoomBy: (factor) => viewport.zoomBy(factor),
      showAll: () => viewport.showAll(),
      step: (direction) => this.step(viewport, direction),
      end: (which) => this.end(viewport, which),
      open: () => {
        const description = this.selected && this.describe(this.selected);
        if (description) this.open(description.source);
      },
      clear: () => this.select(undefined),
    });
  }

  private step({ layout, passes }: Viewport, direction: 'left' | 'right' | 'up' | 'down'): void {
    const { selected } = this;
    if (!selected) {
      this.select(layout.lanes[0] && inRow(layout.lanes[0], 'micro', passes, 0, Number.POSITIVE_INFINITY));
      return;
    }
    const by = direction === 'left' || direction === 'up' ? -1 : 1;
    const next =
      direction === 'left' || direction === 'right'
        ? stepInRow(layout, passes, selected, by)
        : stepRow(layout, passes, selected, by);
    if (next) this.select(next);
  }

  private end({ layout, passes }: Viewport, which: 'first' | 'last'): void {
    const placed = layout.lanes[this.selected?.lane ?? 0];
    const time = which === 'first' ? 0 : (this.timeline?.end ?? 0);
    if (placed) this.select(inRow(placed, this.selected?.row ?? 'micro', passes, time, Number.POSITIVE_INFINITY));
  }

  private select(item: Item | undefined): void {
    this.selected = item;
    if (item && this.viewport) {
      const { start, end } = timesOf(this.viewport.layout, this.viewport.passes, item);
      this.viewport.reveal(item.lane, start, end);
      if (item.lane !== this.lane) {
        this.lane = item.lane;
        this.showSide();
      }
    }
    this.mark();
    const description = item && this.describe(item);
    this.side.select(description);
    this.live.textContent = description
      ? `${description.title}. ${description.rows.map((row) => row.join(' ')).join(', ')}.`
      : '';
  }

  private describe(item: Item) {
    const { viewport, timeline } = this;
    return viewport && timeline ? describe(timeline, viewport.layout, viewport.passes, item) : undefined;
  }

  private open(source: string): void {
    if (this.shown) this.reveal(this.shown.deployment.name, source);
  }

  private marked(): ReadonlySet<string> {
    return this.highlighted.deployment === this.shown?.deployment.name ? this.highlighted.ids : new Set();
  }

  private mark(): void {
    this.viewport?.mark({ selected: this.selected, hovered: this.hovered, highlighted: this.marked() });
  }

  private showSide(): void {
    const { viewport, timeline, lane, selected } = this;
    if (!viewport || !timeline) return;
    const { layout, passes } = viewport;
    this.side.show({
      timeline,
      layout,
      passes,
      lane,
      selected: selected && this.describe(selected),
      highlighted: this.marked(),
      layer: this.level === 'layer' ? this.layer.kind : undefined,
    });
  }
}
