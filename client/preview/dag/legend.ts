import { element } from '../dom.ts';

const ENTRIES = [
  ['swatch compute', 'computation'],
  ['swatch communication', 'communication'],
  ['swatch routing', 'routing, aggregation'],
  ['swatch gate', 'gate'],
  ['line gate-edge', 'choice of experts'],
  ['line critical-edge', 'critical path'],
  ['line heat', 'time, as a share of the longest'],
] as const;

export function legend(): HTMLElement {
  return element(
    'ul',
    { class: 'legend', 'aria-label': 'Legend' },
    ...ENTRIES.map(([symbol, label]) =>
      element('li', {}, element('span', { class: symbol, 'aria-hidden': 'true' }), label),
    ),
  );
}
