import { MEMORY_LABELS } from '../../../server/src/graph/palette.ts';
import type { Heat } from '../../../server/src/services/preview/protocol.ts';
import { element, replaceChildren } from '../dom.ts';
import { isMachine } from './machineCells.ts';
import type { Picture } from './picture.ts';

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
  show(heat: Heat, picture: Picture): void {
    const isOfMachines = picture.nodes.some(({ node }) => isMachine(node));
    replaceChildren(this.root, ...(isOfMachines ? machines(picture) : operations(heat, picture)));
  }
}

function operations(heat: Heat, { nodes, edges }: Picture): readonly HTMLElement[] {
  const hasGroups = nodes.some(({ node }) => node.opens !== undefined);
  const hasCritical = edges.some(({ critical }) => critical);
  const groups = hasGroups ? [['swatch group', 'closed group'] as const] : [];
  return [...groups, ...ENTRIES, ...(hasCritical ? [CRITICAL] : []), ['line heat', HEATS[heat]] as const].map(
    ([symbol, label]) => entry(symbol, label),
  );
}

/** What fills the cells, in the order in which it is stacked. */
function machines({ nodes }: Picture): readonly HTMLElement[] {
  const parts = new Set<string>(nodes.flatMap(({ node }) => (node.filled ?? []).map(([name]) => name)));
  const filled = Object.entries(MEMORY_LABELS)
    .filter(([name]) => parts.has(name))
    .map(([name, label]) => entry(`swatch memory-${name}`, label));
  return [entry('swatch gpu', 'GPU, filled by what it holds:'), ...filled, entry('swatch network', 'links')];
}

function entry(symbol: string, label: string): HTMLElement {
  return element('li', {}, element('span', { class: symbol, 'aria-hidden': 'true' }), label);
}
