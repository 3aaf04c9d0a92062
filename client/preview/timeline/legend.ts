import { element } from '../dom.ts';

const ENTRIES = [
  ['swatch compute', 'forward (F), computation'],
  ['swatch aggregation', 'backward (B), dispatch and combine'],
  ['swatch gate', 'weight gradients (W), gate'],
  ['swatch communication', 'communication'],
  ['swatch source', 'behind the micro-batches'],
  ['swatch waiting', 'waiting (bubble)'],
  ['line critical-edge', 'critical path'],
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
