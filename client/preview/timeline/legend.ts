import type { PreviewTimeline } from '../../../server/src/services/preview/timelineProtocol.ts';
import { element, replaceChildren } from '../dom.ts';

/** Explains the colours and patterns that the step has. */
export class Legend {
  readonly root = element('ul', { class: 'legend', 'aria-label': 'Legend' });
  private readonly shares = entry('swatch shares', 'height: share of the time');

  show(timeline: PreviewTimeline): void {
    replaceChildren(this.root, ...entriesOf(timeline).map(([symbol, label]) => entry(symbol, label)), this.shares);
  }

  /** Shows the entry for shares if operations are so narrow that only their share of the time is drawn. */
  setShares(areShown: boolean): void {
    this.shares.hidden = !areShown;
  }
}

function entry(symbol: string, label: string): HTMLElement {
  return element('li', {}, element('span', { class: symbol, 'aria-hidden': 'true' }), label);
}

function entriesOf({
  lanes,
  passes,
  operations,
  end,
  scheduled,
  rest,
}: PreviewTimeline): readonly (readonly [symbol: string, label: string])[] {
  const events = lanes.flatMap(({ events: micros, transfers }) => [micros, transfers]);
  const used = new Set(lanes.flatMap(({ events: micros }) => micros.pass));
  const drawn = [...used].flatMap((index) => passes[index] ?? []);
  const has = (...kinds: readonly string[]) => drawn.some(({ kind }) => kinds.includes(kind));
  const kinds = new Set(drawn.flatMap(({ operation }) => operation).map((index) => operations[index]?.kind));
  if (lanes.some(({ transfers }) => transfers.pass.length > 0)) kinds.add('communication');
  const entries: readonly (readonly [isDrawn: boolean, symbol: string, label: string])[] = [
    [has('F', 'FB'), 'swatch forward', 'forward (F0: of micro-batch 0)'],
    [has('B', 'FB'), 'swatch backward', 'backward (B)'],
    [has('W'), 'swatch weights', 'weight gradients (W)'],
    [end > scheduled, 'swatch source', rest?.toLowerCase() ?? 'behind the micro-batches'],
    [lanes.some(({ waits }) => waits.length > 0), 'swatch waiting', 'waiting (bubble)'],
    [kinds.has('compute'), 'swatch compute', 'computation'],
    [kinds.has('gate'), 'swatch gate', 'gate'],
    [kinds.has('routing') || kinds.has('aggregation'), 'swatch routing', 'dispatch and combine'],
    [kinds.has('communication'), 'swatch communication', 'other communication'],
    [events.some(({ critical }) => critical.includes(1)), 'line critical-edge', 'critical path'],
  ];
  return entries.flatMap(([isDrawn, symbol, label]) => (isDrawn ? [[symbol, label] as const] : []));
}
