import type { SearchResult } from '../../../server/src/services/preview/searchProtocol.ts';
import { button, element } from '../dom.ts';
import { prose } from '../prose.ts';

/** The best plan with each value that was tried; a click narrows the search to that value. */
export function bestWithEach(
  { axes, metrics, objective }: SearchResult,
  narrow: (key: string) => void,
): HTMLElement | undefined {
  if (axes.length === 0) return undefined;
  return element(
    'section',
    { class: 'best-values' },
    element('h2', {}, 'Best with each value'),
    element(
      'p',
      { class: 'hint' },
      `${metrics[objective]?.label ?? ''} of the best plan with it. A click searches plans with that value alone.`,
    ),
    element(
      'dl',
      {},
      ...axes.flatMap(({ axis, values }) => [
        element('dt', {}, axis),
        element(
          'dd',
          {},
          ...values.map(({ value, key, text, share }) => {
            const node = button(
              '',
              {
                class: 'value-button',
                'aria-label': `${axis} ${value}: ${text}. Only plans with it`,
                'data-focus': key,
              },
              () => narrow(key),
            );
            node.style.setProperty('--share', String(Math.max(0, Math.min(1, share))));
            node.append(element('strong', {}, value), element('span', {}, text));
            return node;
          }),
        ),
      ]),
    ),
  );
}

/** Why plans fell, the largest class first. */
export function whyNotOthers({ fallen }: SearchResult): HTMLElement | undefined {
  if (fallen.length === 0) return undefined;
  return element(
    'section',
    { class: 'why-not' },
    element('h2', {}, 'Why not others'),
    element(
      'ul',
      {},
      ...fallen.map(({ count, reason, message, example }) =>
        element(
          'li',
          {},
          element('p', {}, element('strong', {}, `${count} plans `), ...prose(reason)),
          element('p', { class: 'hint' }, ...prose(message)),
          example !== '' && element('p', { class: 'hint example' }, `For example ${example}`),
        ),
      ),
    ),
  );
}
