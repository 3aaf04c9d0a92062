import type { Heat } from '../../../server/src/services/preview/protocol.ts';
import { element, replaceChildren } from '../dom.ts';

const ENTRIES = [
  ['swatch compute', 'computation'],
  ['swatch communication', 'communication'],
  ['swatch routing', 'routing, aggregation'],
  ['swatch gate', 'gate'],
  ['line gate-edge', 'choice of experts'],
] as const;
const CRITICAL = ['line critical-edge', 'critical path'] as const;

const HEATS: Readonly<Record<Heat, string>> = {
  time: 'share of the longest time',
  bytes: 'bytes, as a share of the most',
  memory: 'memory in use of its fullest GPU',
};

export class Legend {
  readonly root = element('ul', { class: 'legend', 'aria-label': 'Legend' });

  /** What the picture does not have is left out. */
  show(heat: Heat, { hasGroups, hasCritical }: { readonly hasGroups: boolean; readonly hasCritical: boolean }): void {
    const groups = hasGroups ? [['swatch group', 'closed group'] as const] : [];
    replaceChildren(
      this.root,
      ...[...groups, ...ENTRIES, ...(hasCritical ? [CRITICAL] : []), ['line heat', HEATS[heat]] as const].map(
        ([symbol, label]) => element('li', {}, element('span', { class: symbol, 'aria-hidden': 'true' }), label),
      ),
    );
  }
}
