import type {
  ChangedProperty,
  Differences,
  MarkedNode,
} from '../../../server/src/services/preview/differencesProtocol.ts';
import { button, type Child, element } from '../dom.ts';
import { headOf, scrolling } from '../tables.ts';
import { LETTERS } from './picture.ts';

/** A table of values that differ between the two sides. */
export function propertyTable(
  properties: readonly ChangedProperty[],
  [before, after]: readonly [string, string],
): readonly Child[] {
  if (properties.length === 0) return [element('p', { class: 'hint' }, 'No value differs.')];
  const cell = (text: string | undefined) => element('td', {}, text ?? element('span', { class: 'hint' }, 'not there'));
  return [
    scrolling(
      'Changed values',
      element(
        'table',
        { class: 'properties' },
        headOf(['Where', 'Value', before, after]),
        element(
          'tbody',
          {},
          ...properties.map(({ where, name, before: valueBefore, after: valueAfter }) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, where),
              element('td', {}, name),
              cell(valueBefore),
              cell(valueAfter),
            ),
          ),
        ),
      ),
    ),
  ];
}

/** A table of the nodes that are marked in the picture, and what changed in each. */
export function nodeTable(nodes: readonly MarkedNode[], open: (node: MarkedNode) => void): readonly Child[] {
  const rows = nodes.flatMap((node) => (node.mark === 'same' ? [] : [nodeRow(node, LETTERS[node.mark], open)]));
  if (rows.length === 0) return [element('p', { class: 'hint' }, 'All nodes are the same.')];
  return [
    scrolling(
      'Changed nodes',
      element(
        'table',
        { class: 'marked-nodes' },
        headOf(['Mark', 'Node', 'Where', 'What changed']),
        element('tbody', {}, ...rows),
      ),
    ),
  ];
}

function nodeRow(
  node: MarkedNode,
  [letter, word]: readonly [string, string],
  open: (node: MarkedNode) => void,
): HTMLElement {
  // A node that was removed has no text to go to any more.
  const name = node.mark === 'removed' ? node.label : button(node.label, { class: 'text-link' }, () => open(node));
  return element(
    'tr',
    {},
    element('td', {}, element('span', { class: 'letter', 'aria-hidden': 'true' }, letter), ` ${word}`),
    element('th', { scope: 'row' }, name),
    element('td', {}, node.place),
    element('td', {}, ...node.changes.map((change) => element('div', {}, change))),
  );
}

/** A table of the routed experts that have moved, and where they lie now. */
export function expertTable(
  { moved, more, count, of: total }: Differences['experts'],
  [before, after]: readonly [string, string],
): readonly Child[] {
  if (total === 0) return [];
  const totalText = total.toLocaleString('en-US');
  const heading = element('h2', {}, 'Experts moved');
  if (count === 0) return [heading, element('p', { class: 'hint' }, `All ${totalText} experts lie where they did.`)];
  const hasPools = moved.some(({ pool }) => pool !== '');
  return [
    heading,
    element(
      'p',
      {},
      `${count.toLocaleString('en-US')} of ${totalText} experts lie on other GPUs, each counted once per layer.`,
    ),
    scrolling(
      'Experts moved',
      element(
        'table',
        {},
        headOf([...(hasPools ? ['Pool'] : []), 'Layers', 'Experts', before, after]),
        element(
          'tbody',
          {},
          ...moved.map((row) =>
            element(
              'tr',
              {},
              hasPools && element('td', {}, row.pool),
              element('td', {}, row.layers),
              element('td', {}, row.experts),
              element('td', {}, row.before),
              element('td', {}, row.after),
            ),
          ),
        ),
      ),
    ),
    more > 0 && element('p', { class: 'hint' }, `and ${more} more rows`),
  ];
}
