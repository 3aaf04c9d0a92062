import type { Failed } from '../../../server/src/services/preview/messages.ts';
import type { FoundPlanAnswer } from '../../../server/src/services/preview/searchProtocol.ts';
import { changeTable } from '../changeTable.ts';
import { type Child, element } from '../dom.ts';
import { prose } from '../prose.ts';
import { headOf, scrolling } from '../tables.ts';
import type { Tooltips } from '../tooltip.ts';

/** One plan beside the present one: what is said differently, every figure, and the blocks that would be written. */
export function planDetails(
  answer: FoundPlanAnswer | Failed,
  deployment: string,
  tooltips: Tooltips,
): readonly Child[] {
  if ('failed' in answer) return [problem(answer.failed)];
  if ('unavailable' in answer) return [problem(answer.unavailable)];
  const { rows, properties, limits, text } = answer;
  return [
    element('p', {}, 'Limited by: ', ...prose(limits.after)),
    limits.after !== limits.before &&
      element('p', { class: 'hint' }, `${deployment} is limited by: `, ...prose(limits.before)),
    changeTable('This plan beside the present one', [deployment, 'This plan'], rows, tooltips),
    element('h3', {}, 'What differs in the plan'),
    scrolling(
      'What differs in the plan',
      element(
        'table',
        { class: 'values' },
        headOf(['Value', deployment, 'This plan']),
        element(
          'tbody',
          {},
          ...properties.map(({ where, name, before, after }) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, `${name} `, element('span', { class: 'hint' }, where)),
              element('td', {}, before ?? '-'),
              element('td', {}, after ?? '-'),
            ),
          ),
        ),
      ),
    ),
    element('h3', {}, 'What would be written'),
    element('pre', { class: 'written-text', tabindex: 0, 'aria-label': 'What would be written' }, text.trimEnd()),
  ];
}

function problem(text: string): HTMLElement {
  return element('p', { class: 'problem' }, '✗ ', ...prose(text));
}
