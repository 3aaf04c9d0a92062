import type { PreviewFigure } from '../../server/src/services/preview/protocol.ts';
import { button, element, replaceChildren, setAttributes } from './dom.ts';
import type { Shown } from './state.ts';
import type { Tooltips } from './tooltip.ts';
import { verdict } from './verdict.ts';

/**
 * What a narrow panel shows before the reader asks for more: how many GPUs, in which layout, whether the plan fits, how fast it
 * is, and what limits it.
 */
const FIRST: readonly string[] = ['GPUs', 'Parallelism', 'Fullest GPU', 'Throughput', 'Limited by'];
/** Times of which the first that there are are shown: of a service the first token and each later one, not the whole request. */
const TIMES: readonly (readonly string[])[] = [
  ['Time to first token', 'Time per output token'],
  ['Training step'],
  ['Latency'],
];

/** How the field calls them where there is no room for words. */
const SHORT: Readonly<Record<string, string>> = { 'Time to first token': 'TTFT', 'Time per output token': 'TPOT' };

function isFirst(label: string, all: readonly PreviewFigure[]): boolean {
  const times = TIMES.find((labels) => all.some((figure) => labels.includes(figure.label)));
  return FIRST.includes(label) || times?.includes(label) === true;
}

/** The figures that matter most, over every view. */
export class Summary {
  readonly root = element('div', { class: 'summary', hidden: true });
  private readonly list = element('dl', { id: 'summary', 'aria-label': 'Summary' });
  private readonly more: HTMLButtonElement;
  private readonly tooltips: Tooltips;
  /** The values by their figures' names. */
  private readonly values = new Map<string, HTMLElement>();
  private isOpen = false;

  constructor(tooltips: Tooltips) {
    this.tooltips = tooltips;
    this.more = button('', { class: 'summary-more', 'aria-controls': 'summary' }, () => this.open(!this.isOpen));
    this.root.append(this.list, this.more);
    this.open(false);
  }

  show({ deployment }: Shown): void {
    const { summary, fits, claims, validations } = deployment;
    const pointedAt = [...this.values].find(([, value]) => this.tooltips.isAt(value))?.[0];
    this.values.clear();
    this.root.hidden = false;
    replaceChildren(
      this.list,
      ...summary.map((figure) => this.figure(figure, fits, isFirst(figure.label, summary))),
      checks([
        ['claims', claims],
        ['checks', validations],
      ]),
    );
    // The text of what stood there would stay where nothing can take it away.
    if (pointedAt !== undefined) this.explain(pointedAt);
  }

  /** Says where a figure comes from, as it does while the pointer rests on its value. */
  explain(label: string): void {
    this.tooltips.hide();
    const value = this.values.get(label);
    if (!value) return;
    if (!value.checkVisibility()) this.open(true);
    this.tooltips.point(value);
  }

  clear(): void {
    this.tooltips.hide();
    this.values.clear();
    this.root.hidden = true;
    replaceChildren(this.list);
  }

  private open(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.root.classList.toggle('open', isOpen);
    setAttributes(this.more, { 'aria-expanded': String(isOpen) });
    this.more.textContent = isOpen ? 'Less' : 'More';
  }

  private figure({ label, text, band, tooltip }: PreviewFigure, fits: boolean, isFirst: boolean): HTMLElement {
    // Each pool of a deployment has a line of its own.
    const lines = label === 'Parallelism' ? text.split(/(?<=;) /) : [];
    const value =
      lines.length > 1
        ? element('span', { class: 'value lines' }, ...lines.map((line) => element('span', {}, line)))
        : element('span', { class: 'value' }, text);
    this.tooltips.attach(value, tooltip);
    this.values.set(label, value);
    return element(
      'div',
      {
        class: ['figure', ...(label === 'Limited by' ? ['wide'] : []), ...(isFirst ? [] : ['later'])].join(' '),
      },
      element('dt', {}, ...named(label)),
      element(
        'dd',
        {},
        value,
        label === 'Fullest GPU' && verdict(fits, fits ? 'fits' : 'does not fit', true),
        band !== undefined && element('span', { class: 'band' }, band),
      ),
    );
  }
}

function named(label: string): readonly (HTMLElement | string)[] {
  const short = SHORT[label];
  if (short === undefined) return [label];
  return [element('span', { class: 'long' }, label), element('abbr', { class: 'short', title: label }, short)];
}

function failed(count: number, total: number, what: string): string {
  return `${count} of ${total} ${what} ${count > 1 ? 'fail' : 'fails'}`;
}

/** How many of the claims and checks hold. The Compare view lists them. */
function checks(
  kinds: readonly (readonly [what: string, results: readonly { readonly holds: boolean }[]])[],
): HTMLElement | false {
  const lines = kinds.flatMap(([what, results]) => {
    if (results.length === 0) return [];
    const holding = results.filter(({ holds }) => holds).length;
    const isGood = holding === results.length;
    const text = isGood
      ? `${holding} of ${results.length} ${what} hold`
      : failed(results.length - holding, results.length, what);
    return [element('dd', {}, verdict(isGood, text, true))];
  });
  return (
    lines.length > 0 && element('div', { class: 'figure later' }, element('dt', {}, 'Claims and checks'), ...lines)
  );
}
