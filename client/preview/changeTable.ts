import type { ChangedRow } from '../../server/src/services/preview/whatIfProtocol.ts';
import { element } from './dom.ts';
import { headOf, scrolling } from './tables.ts';
import type { Tooltips } from './tooltip.ts';

/** A word and a sign for each: colour alone tells nothing. */
export const VERDICTS: Readonly<Record<ChangedRow['verdict'], readonly [sign: string, word: string]>> = {
  better: ['▲', 'better'],
  worse: ['▼', 'worse'],
  changed: ['●', 'changed'],
  same: ['=', 'same'],
};

/** Figures before and after a change, by how much they change, and whether that is better. */
export function changeTable(
  label: string,
  [before, after]: readonly [before: string, after: string],
  rows: readonly ChangedRow[],
  tooltips?: Tooltips,
): HTMLElement {
  return scrolling(
    label,
    element(
      'table',
      { class: 'changes' },
      headOf(['Figure', before, after, 'Change', 'Which is']),
      element('tbody', {}, ...rows.map((row) => rowOf(row, tooltips))),
    ),
  );
}

function rowOf({ label, before, after, change, verdict, tooltip }: ChangedRow, tooltips: Tooltips | undefined) {
  const [sign, word] = VERDICTS[verdict];
  const value = element('span', { class: 'value' }, after);
  if (tooltip !== undefined) tooltips?.attach(value, tooltip);
  return element(
    'tr',
    { class: `verdict-${verdict}` },
    element('th', { scope: 'row' }, label),
    element('td', { class: 'number' }, before),
    element('td', { class: 'number' }, value),
    element('td', { class: 'number' }, change),
    element('td', { class: 'which' }, element('span', { 'aria-hidden': 'true' }, `${sign} `), word),
  );
}
