import { formatBytes } from '../../../server/src/cost/numbers.ts';
import type { MemoryBar, MemorySegment } from '../../../server/src/services/preview/protocol.ts';
import { element, hiddenText } from '../dom.ts';
import type { Tooltips } from '../tooltip.ts';
import { verdict } from '../verdict.ts';

/** With more bars than these, each is drawn lower, so that all are seen together. */
const MOST_HIGH = 4;
const MOST_MIDDLE = 9;
const MOST_TICKS = 6;
/** The share of the width that a label takes. */
const LABEL_SHARE = 0.08;

/** A bar for each kind of GPU. All have one scale, so that their lengths can be compared. */
export function chart(bars: readonly MemoryBar[], tooltips: Tooltips, open: (source: string) => void): HTMLElement {
  const longest = Math.max(...bars.map((bar) => Math.max(lengthOf(bar), bar.band?.high ?? 0)));
  const size = bars.length <= MOST_HIGH ? 'high' : bars.length <= MOST_MIDDLE ? 'middle' : 'low';
  return element(
    'div',
    { class: `memory-chart ${size}` },
    lines(longest),
    element('ul', { class: 'bars' }, ...bars.map((bar) => row(bar, longest, tooltips, open))),
  );
}

/** The parts of the bars, in their order, and the capacity if it is the same for all. */
export function legend(bars: readonly MemoryBar[]): HTMLElement {
  const labels = new Map(bars.flatMap(({ segments }) => segments).map(({ name, label }) => [name, label]));
  const names = [...labels].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const capacities = [...new Set(bars.map(({ capacityText }) => capacityText))];
  const entry = (symbol: string, label: string) =>
    element('li', {}, element('span', { class: `swatch ${symbol}`, 'aria-hidden': 'true' }), label);
  return element(
    'ul',
    { class: 'legend', 'aria-label': 'Legend' },
    ...names.map(([name, label]) => entry(`memory-${name}`, label)),
    entry('capacity', capacities.length === 1 ? `Capacity, ${capacities.join()}` : 'Capacity'),
    bars.some(({ band }) => band) && entry('memory-band', 'Band of what is predicted'),
  );
}

const ORDER: readonly MemorySegment['name'][] = [
  'weights',
  'experts',
  'kv',
  'activations',
  'gradients',
  'optimizer',
  'buffers',
  'reserve',
  'free',
  'over',
];

function row(bar: MemoryBar, longest: number, tooltips: Tooltips, open: (source: string) => void): HTMLElement {
  const parts = [
    element(
      'span',
      { class: 'bar-name' },
      element('strong', {}, bar.name),
      bar.place !== '' && element('span', {}, bar.place),
    ),
    track(bar, longest, tooltips),
    element(
      'span',
      { class: 'bar-total' },
      element('span', {}, `${bar.totalText} of ${bar.capacityText}`),
      verdict(bar.fits, bar.fits ? 'fits' : `${overText(bar)} over`),
      bar.band && element('span', { class: 'band' }, bar.band.text),
    ),
  ];
  const { source } = bar;
  if (source === undefined) return element('li', {}, element('div', { class: 'bar' }, ...parts));
  const barButton = element(
    'button',
    { type: 'button', class: 'bar', 'data-source': source },
    ...parts,
    hiddenText('Show in the text'),
  );
  barButton.addEventListener('click', () => open(source));
  return element('li', {}, barButton);
}

function track(bar: MemoryBar, longest: number, tooltips: Tooltips): HTMLElement {
  // Memory over the capacity is no part of its own. The used parts reach past the mark, and are hatched there.
  const parts = bar.segments.filter(({ name }) => name !== 'over');
  const barTrack = element('span', { class: 'bar-track' });
  let start = 0;
  for (const part of parts) {
    // The hatching would cover the label of a part that begins at or after its start.
    const isCovered = !bar.fits && start > bar.capacityBytes - LABEL_SHARE * longest;
    barTrack.append(segment(part, longest, tooltips, isCovered));
    start += part.bytes;
  }
  const place = (symbol: string, from: number, to: number, ...children: readonly Node[]) => {
    const placed = element('span', { class: symbol, 'aria-hidden': 'true' }, ...children);
    placed.style.left = percent(from, longest);
    if (to > from) placed.style.width = percent(to - from, longest);
    barTrack.append(placed);
  };
  if (!bar.fits) {
    const label = element('span', { class: 'segment-label' }, `${overText(bar)} over`);
    place('over', bar.capacityBytes, lengthOf(bar), label);
  }
  if (bar.band) place('band-whisker', bar.band.low, bar.band.high);
  place('capacity-mark', bar.capacityBytes, bar.capacityBytes);
  return barTrack;
}

/** A part of a bar. Its label is seen where it has room, and cut off below the edge otherwise. */
function segment(part: MemorySegment, longest: number, tooltips: Tooltips, isCovered: boolean): HTMLElement {
  const label = element('span', { class: 'segment-label' }, element('strong', {}, part.label), ' ', part.text);
  const partOfBar = element(
    'span',
    { class: `segment memory-${part.name}`, 'aria-hidden': 'true' },
    !isCovered && label,
  );
  partOfBar.style.width = percent(part.bytes, longest);
  tooltips.attachHover(partOfBar, `${part.label}: ${part.text}`);
  return partOfBar;
}

/** Lines behind the bars at round numbers of bytes. */
function lines(longest: number): HTMLElement {
  const step = stepOf(longest);
  const ticks: HTMLElement[] = [];
  for (let at = 0; at <= longest; at += step) {
    const tick = element(
      'span',
      { class: at > 0.93 * longest ? 'memory-tick last' : 'memory-tick' },
      element('span', {}, formatBytes(at)),
    );
    tick.style.left = percent(at, longest);
    ticks.push(tick);
  }
  return element('div', { class: 'memory-lines', 'aria-hidden': 'true' }, element('div', {}, ...ticks));
}

/** 1, 2 or 5 times a power of ten of the largest unit that bytes are written in. */
function stepOf(longest: number): number {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log(longest / 2) / Math.log(1024)));
  const least = longest / unit / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power * unit;
}

function lengthOf(bar: MemoryBar): number {
  const used = bar.segments.filter(({ name }) => name !== 'over' && name !== 'free');
  const bytes = used.reduce((sum, { bytes: partBytes }) => sum + partBytes, 0);
  return Math.max(1, bar.capacityBytes, bytes);
}

function overText({ segments }: MemoryBar): string {
  return segments.find(({ name }) => name === 'over')?.text ?? '';
}

function percent(part: number, whole: number): string {
  return `${(100 * part) / whole}%`;
}
