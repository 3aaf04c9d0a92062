import type { MemoryBar } from '../../../server/src/services/preview/protocol.ts';
import { element, replaceChildren } from '../dom.ts';
import type { Shown } from '../state.ts';
import { headOf, scrolling } from '../tables.ts';
import type { Tooltips } from '../tooltip.ts';
import type { Page, View } from '../view.ts';
import { chart, legend } from './chart.ts';

/** How full each kind of GPU is, as bars and as a table of the same numbers. */
export class MemoryView implements View {
  readonly root = element('div', { class: 'memory' });
  private readonly tooltips: Tooltips;
  /** The text of what is shown. An edit that changes none of it leaves focus and scrolling alone. */
  private shown = '';
  private deployment = '';
  private highlighted: { readonly deployment: string; readonly ids: ReadonlySet<string> } = {
    deployment: '',
    ids: new Set(),
  };
  private readonly reveal: (deployment: string, id: string) => void;

  constructor({ tooltips, reveal }: Page) {
    this.tooltips = tooltips;
    this.reveal = reveal;
  }

  highlight(deployment: string, ids: readonly string[]): void {
    this.highlighted = { deployment, ids: new Set(ids) };
    this.mark();
  }

  show({ deployment }: Shown): void {
    const { memory } = deployment;
    this.deployment = deployment.name;
    const next = JSON.stringify([deployment.name, memory]);
    if (next === this.shown) return;
    this.shown = next;
    if (memory.length === 0) {
      replaceChildren(this.root, element('p', { class: 'hint' }, 'No memory has been computed.'));
      return;
    }
    const open = (source: string) => this.reveal(deployment.name, source);
    replaceChildren(
      this.root,
      element('h2', {}, 'Memory per GPU'),
      element(
        'p',
        { class: 'hint' },
        'One bar for all GPUs that hold the same. A click selects their place in the text.',
      ),
      legend(memory),
      chart(memory, this.tooltips, open),
      element('div', { class: 'memory-tables' }, inNumbers(memory), weightsByClass(memory)),
    );
    this.mark();
  }

  private mark(): void {
    const isMeant = this.highlighted.deployment === this.deployment;
    for (const bar of this.root.querySelectorAll<HTMLElement>('.bar[data-source]'))
      bar.classList.toggle('at-cursor', isMeant && this.highlighted.ids.has(bar.dataset.source ?? ''));
  }
}

function inNumbers(bars: readonly MemoryBar[]): HTMLElement {
  const labels = [...new Set(bars.flatMap(({ segments }) => segments.map(({ label }) => label)))];
  return table(
    'Memory per GPU in numbers',
    ['GPUs', ...labels, 'Used', 'Capacity', 'Fits'],
    bars.map((bar) => [
      bar.label,
      ...labels.map((label) => bar.segments.find((part) => part.label === label)?.text ?? '–'),
      bar.totalText,
      bar.capacityText,
      bar.fits ? 'yes' : 'NO',
    ]),
  );
}

/** A table of the weights that are no routed experts, by what they belong to. */
function weightsByClass(bars: readonly MemoryBar[]): HTMLElement | false {
  const labels = [...new Set(bars.flatMap(({ weights }) => weights.map(([name]) => name)))];
  if (labels.length < 2) return false;
  return table(
    'Weights by class',
    ['GPUs', ...labels],
    bars.map(({ label, weights }) => [
      label,
      ...labels.map((name) => weights.find(([className]) => className === name)?.[1] ?? '–'),
    ]),
  );
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const body = rows.map(([first = '', ...cells]) =>
    element('tr', {}, element('th', { scope: 'row' }, first), ...cells.map((text) => element('td', {}, text))),
  );
  return element(
    'section',
    {},
    element('h2', {}, title),
    scrolling(title, element('table', {}, headOf(head), element('tbody', {}, ...body))),
  );
}
