import { formatFraction, formatSeconds } from '../../../server/src/cost/numbers.ts';
import type { PreviewTimeline, TimelineLane } from '../../../server/src/services/preview/timelineProtocol.ts';
import { drawn } from '../curves/svg.ts';
import { element, replaceChildren } from '../dom.ts';
import type { PointerTip } from '../pointerTip.ts';
import { type LayerBar, type LayerKind, layerKindsOf } from './layers.ts';
import { ROW_NAMES } from './layout.ts';
import { ticksOf } from './span.ts';

export interface LayerShown {
  readonly timeline: PreviewTimeline;
  /** Absent in a step of which nothing is known over time. */
  readonly lane: TimelineLane | undefined;
  readonly highlighted: ReadonlySet<string>;
}

export interface LayerActions {
  readonly tip: PointerTip;
  /** Selects the text that an operation comes from. */
  reveal(source: string): void;
  /** Another kind of layer was chosen. */
  chosen(): void;
}

const AXIS = 24;
const EXPOSED = 22;
/** A smaller share of communication that is exposed is rounding. */
const HIDDEN = 1e-4;
const GAP = 10;
const LEAST_ROW = 40;
const MOST_ROW = 260;
/** Mean width of a letter of a name in pixels, and the room around it. */
const LETTER = 6.3;
const PADDING = 8;

/** One layer: its streams below each other, and below them the stretches in which only communication runs. */
export class LayerPicture {
  readonly root = element('div', { class: 'layer' });
  private readonly actions: LayerActions;
  private readonly chooser = element('select', { 'aria-label': 'Kind of layer' });
  private readonly told = element('p', { class: 'layer-told' });
  private readonly frame = element('div', { class: 'layer-frame' });
  private readonly picture = drawn('svg', { class: 'layer-picture', 'aria-hidden': 'true' });
  private shown: LayerShown | undefined;
  private kinds: readonly LayerKind[] = [];
  private wanted = '';

  constructor(actions: LayerActions) {
    this.actions = actions;
    this.chooser.addEventListener('change', () => {
      this.wanted = this.chooser.value;
      this.draw();
      actions.chosen();
    });
    this.frame.append(this.picture);
    this.root.append(element('div', { class: 'layer-head' }, this.chooser, this.told), this.frame);
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  /** The kind that is shown: the chosen one, or the one that takes most time. */
  get kind(): LayerKind | undefined {
    return this.kinds.find(({ label }) => label === this.wanted) ?? this.kinds[0];
  }

  show(shown: LayerShown): void {
    const { timeline, lane } = shown;
    if (timeline !== this.shown?.timeline || lane !== this.shown.lane)
      this.kinds = lane ? layerKindsOf(timeline, lane) : [];
    this.shown = shown;
    const { kind } = this;
    this.chooser.replaceChildren(
      ...this.kinds.map(({ label }) => element('option', { value: label, selected: label === kind?.label }, label)),
    );
    this.draw();
  }

  private draw(): void {
    const { shown, kind } = this;
    const { clientWidth: width, clientHeight: height } = this.frame;
    if (!shown || !kind) return;
    this.told.textContent = tellOf(kind);
    if (width === 0) return;
    this.picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    replaceChildren(this.picture, ...this.contents(shown, kind, width, height));
  }

  private contents(shown: LayerShown, kind: LayerKind, width: number, height: number): readonly SVGElement[] {
    const gutter = width < 560 ? 92 : 118;
    const perPixel = kind.length / Math.max(1, width - gutter - 12);
    const room = height - AXIS - EXPOSED - GAP * (kind.streams.length + 2);
    const row = Math.max(LEAST_ROW, Math.min(MOST_ROW, room / kind.streams.length));
    const x = (time: number) => gutter + time / perPixel;
    const tops = new Map(kind.streams.map((stream, index) => [stream, AXIS + GAP + index * (row + GAP)] as const));
    const bottom = AXIS + GAP + kind.streams.length * (row + GAP);
    return [
      ...ticksOf({ start: 0, perPixel }, width - gutter - 12).flatMap(({ at, label }) => [
        drawn('line', { class: 'grid', x1: x(at), x2: x(at), y1: AXIS - 6, y2: bottom + EXPOSED }),
        ...(x(at) + 4 + LETTER * label.length > width
          ? []
          : [drawn('text', { class: 'tick', x: x(at) + 4, y: AXIS - 10 }, label)]),
      ]),
      ...[...tops].map(([stream, y]) =>
        drawn('text', { class: 'row-name', x: 6, y: y + row / 2 + 4 }, ROW_NAMES[stream]),
      ),
      ...kind.bars.map((bar) => this.bar(shown, bar, { x, y: tops.get(bar.stream) ?? 0, height: row })),
      drawn('text', { class: 'row-name', x: 6, y: bottom + EXPOSED / 2 + 4 }, 'Exposed'),
      ...exposedBars(kind, x, bottom, width),
    ];
  }

  private bar(
    { timeline, lane, highlighted }: LayerShown,
    bar: LayerBar,
    { x, y, height }: { x(time: number): number; y: number; height: number },
  ): SVGElement {
    const operation = timeline.operations[bar.operation];
    const source = `${lane?.source ?? ''}/${operation?.key ?? ''}`;
    const [left, right] = [x(bar.start), x(bar.end)];
    const classes = ['bar', operation?.kind, bar.isOther && 'other', highlighted.has(source) && 'at-cursor'];
    const group = drawn(
      'g',
      { class: classes.filter(Boolean).join(' ') },
      drawn('rect', { x: left, y, width: Math.max(1, right - left), height, rx: 2 }),
      nameOf(operation?.label ?? '', left, right - left, y, height),
    );
    const { tip } = this.actions;
    group.addEventListener('pointermove', ({ clientX, clientY }) => {
      tip.show(clientX, clientY, operation?.label ?? '', [...timesOf(bar), ...(operation?.facts ?? [])]);
    });
    group.addEventListener('pointerleave', () => tip.hide());
    group.addEventListener('click', () => this.actions.reveal(source));
    return group;
  }
}

/** The stretches in which only communication runs, each with its length in it or, where that is free, behind it. */
function exposedBars(
  { waits }: LayerKind,
  x: (time: number) => number,
  top: number,
  width: number,
): readonly SVGElement[] {
  return waits.flatMap(([start, end], index) => {
    const [left, right] = [x(start), x(end)];
    const text = formatSeconds((end - start) / 1e9);
    const needed = LETTER * text.length + PADDING;
    const next = waits[index + 1];
    const free = (next ? x(next[0]) : width) - right;
    const before = left - x(waits[index - 1]?.[1] ?? 0);
    const y = top + EXPOSED / 2 + 4;
    const label = (at: number, anchor: string) =>
      drawn('text', { class: 'exposed-text', x: at, y, 'text-anchor': anchor }, text);
    const told =
      right - left > needed
        ? label((left + right) / 2, 'middle')
        : free > needed
          ? label(right + 5, 'start')
          : before > 2 * needed
            ? label(left - 5, 'end')
            : undefined;
    const bar = { class: 'exposed', x: left, y: top, width: Math.max(1, right - left), height: EXPOSED };
    return [drawn('rect', bar), ...(told ? [told] : [])];
  });
}

/** A name where it has room: along the bar, or upright in it. */
function nameOf(label: string, left: number, width: number, y: number, height: number): SVGElement | undefined {
  const needed = LETTER * label.length + PADDING;
  const [middle, center] = [left + width / 2, y + height / 2];
  if (width >= needed) return drawn('text', { x: middle, y: center + 4, 'text-anchor': 'middle' }, label);
  if (width < 13 || height < needed) return undefined;
  return drawn(
    'text',
    { x: middle, y: center, dy: 4, 'text-anchor': 'middle', transform: `rotate(-90 ${middle} ${center})` },
    label,
  );
}

/** When an operation starts and how long it takes, and what of communication nothing hides. */
export function timesOf({ stream, start, end, exposed }: LayerBar): readonly (readonly [string, string])[] {
  const times = [
    ['Starts at', formatSeconds(start / 1e9)],
    ['Takes', formatSeconds((end - start) / 1e9)],
  ] as const;
  return stream === 'communication' ? [...times, ['Exposed', formatSeconds(exposed / 1e9)]] : times;
}

function tellOf({ name, length, computing, communicating, exposed }: LayerKind): string {
  const text = (time: number) => formatSeconds(time / 1e9);
  const parts = [`A ${name} takes ${text(length)}`, `${text(computing)} computation`];
  const share = `${text(exposed)} exposed (${formatFraction(exposed / length)} of the layer)`;
  const isHidden = exposed < HIDDEN * communicating;
  if (communicating > 0)
    parts.push(`${text(communicating)} communication, ${isHidden ? 'all of it hidden' : `of which ${share}`}`);
  return `${parts[0]}: ${parts.slice(1).join(', ')}.`;
}
