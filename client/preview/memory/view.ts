import type { MemoryBar, MemorySegment } from '../../../server/src/services/preview/protocol.ts';
import { element, hiddenText, replaceChildren } from '../dom.ts';
import type { Shown } from '../state.ts';
import { headOf, scrolling } from '../tables.ts';
import type { Tooltips } from '../tooltip.ts';

/** How full each kind of GPU is: bars for the eye, and the same numbers as a table. */
export class MemoryView {
  readonly root = element('div', { class: 'memory' });
  private readonly tooltips: Tooltips;
  /** What is shown: an edit that changes none of it leaves focus and scrolling alone. */
  private shown = '';
  private deployment = '';
  private highlighted: { readonly deployment: string; readonly ids: ReadonlySet<string> } = {
    deployment: '',
    ids: new Set(),
  };
  private readonly reveal: (deployment: string, id: string) => void;

  constructor(tooltips: Tooltips, reveal: (deployment: string, id: string) => void) {
    this.tooltips = tooltips;
    this.reveal = reveal;
  }

  highlight(deployment: string, ids: readonly string[]): void {
    this.highlighted = { deployment, ids: new Set(ids) };
    this.mark();
  }

  show({ deployment, stale }: Shown): void {
    this.root.classList.toggle('stale', stale !== undefined);
    const { memory } = deployment;
    this.deployment = deployment.name;
    const next = JSON.stringify([deployment.name, memory]);
    if (next === this.shown) return;
    this.shown = next;
    if (memory.length === 0) {
      replaceChildren(this.root, element('p', { class: 'hint' }, 'No memory has been computed.'));
      return;
    }
    // One scale for all bars, so that their lengths can be compared.
    const longest = Math.max(...memory.map(lengthOf));
    replaceChildren(
      this.root,
      element('h2', {}, 'Memory per GPU'),
      element(
        'p',
        { class: 'hint' },
        'One bar for all GPUs that hold the same. A click selects their place in the text.',
      ),
      legend(memory),
      element('ul', { class: 'bars' }, ...memory.map((bar) => this.bar(bar, longest, deployment.name))),
      table(memory),
    );
    this.mark();
  }

  private mark(): void {
    const isMeant = this.highlighted.deployment === this.deployment;
    for (const bar of this.root.querySelectorAll<HTMLElement>('.bar[data-source]'))
      bar.classList.toggle('at-cursor', isMeant && this.highlighted.ids.has(bar.dataset.source ?? ''));
  }

  private bar(bar: MemoryBar, longest: number, deployment: string): HTMLElement {
    const parts = bar.segments.filter(({ name }) => name !== 'over');
    // Memory over the capacity is no part of its own: the used parts reach past the mark, and are hatched there.
    const track = element('span', { class: 'bar-track' }, ...parts.map((part) => this.segment(part, longest)));
    const mark = element('span', { class: 'capacity-mark', 'aria-hidden': 'true' });
    mark.style.left = percent(bar.capacityBytes, longest);
    if (!bar.fits) {
      const over = element('span', { class: 'over', 'aria-hidden': 'true' });
      over.style.left = percent(bar.capacityBytes, longest);
      over.style.width = percent(lengthOf(bar) - bar.capacityBytes, longest);
      track.append(over);
    }
    track.append(mark);
    const verdict = bar.fits ? 'fits' : `does not fit: ${overText(bar)} over capacity`;
    const name = element(
      'span',
      { class: 'bar-name' },
      element('strong', {}, bar.label),
      element('span', {}, `${bar.totalText} of ${bar.capacityText}`),
      element('span', { class: bar.fits ? 'verdict good' : 'verdict bad' }, `${bar.fits ? '✓' : '✗'} ${verdict}`),
    );
    const { source } = bar;
    if (source === undefined) return element('li', {}, element('div', { class: 'bar' }, name, track));
    const made = element(
      'button',
      { type: 'button', class: 'bar', 'data-source': source },
      name,
      track,
      hiddenText('Show in the text'),
    );
    made.addEventListener('click', () => this.reveal(deployment, source));
    return element('li', {}, made);
  }

  private segment(part: MemorySegment, longest: number): HTMLElement {
    const made = element('span', { class: `segment memory-${part.name}`, 'aria-hidden': 'true' });
    made.style.width = percent(part.bytes, longest);
    this.tooltips.attachHover(made, `${part.label}: ${part.text}`);
    return made;
  }
}

function legend(bars: readonly MemoryBar[]): HTMLElement {
  const labels = new Map(bars.flatMap(({ segments }) => segments).map(({ name, label }) => [name, label]));
  return element(
    'ul',
    { class: 'legend', 'aria-label': 'Legend' },
    ...[...labels].map(([name, label]) =>
      element('li', {}, element('span', { class: `swatch memory-${name}`, 'aria-hidden': 'true' }), label),
    ),
    element('li', {}, element('span', { class: 'swatch capacity', 'aria-hidden': 'true' }), 'Capacity'),
  );
}

function table(bars: readonly MemoryBar[]): HTMLElement {
  const labels = [...new Set(bars.flatMap(({ segments }) => segments.map(({ label }) => label)))];
  const head = ['GPUs', ...labels, 'Used', 'Capacity', 'Fits'];
  return scrolling(
    'Memory per GPU in numbers',
    element(
      'table',
      {},
      headOf(head),
      element(
        'tbody',
        {},
        ...bars.map((bar) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, bar.label),
            ...labels.map((label) => element('td', {}, bar.segments.find((part) => part.label === label)?.text ?? '–')),
            element('td', {}, bar.totalText),
            element('td', {}, bar.capacityText),
            element('td', {}, bar.fits ? 'yes' : 'NO'),
          ),
        ),
      ),
    ),
  );
}

function lengthOf(bar: MemoryBar): number {
  const used = bar.segments.filter(({ name }) => name !== 'over' && name !== 'free');
  return Math.max(
    bar.capacityBytes,
    used.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

function overText({ segments }: MemoryBar): string {
  return segments.find(({ name }) => name === 'over')?.text ?? '';
}

function percent(part: number, whole: number): string {
  return `${(100 * part) / Math.max(1, whole)}%`;
}
