import { element } from './dom.ts';

/** A table that may be wider than the panel. It scrolls on its own, also with the keyboard. */
export function scrolling(label: string, table: HTMLElement): HTMLElement {
  return element('div', { class: 'scrolling', tabindex: 0, role: 'region', 'aria-label': label }, table);
}

export function headOf(labels: readonly string[]): HTMLElement {
  return element('thead', {}, element('tr', {}, ...labels.map((label) => element('th', { scope: 'col' }, label))));
}
