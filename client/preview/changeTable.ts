import type { ChangedRow } from '../../server/src/services/preview/whatIfProtocol.ts';
import { element } from './dom.ts';
import { headOf, scrolling } from './tables.ts';
import type { Tooltips } from './tooltip.ts';

const MARKS: Readonly<Partial<Record<ChangedRow['verdict'], string>>> = { better: '✓', worse: '✗' };

/**
 * Whether a change is better: the mark that every verdict has, and the word, for which a narrow table has no room. The sign and
 * the bar of a change say whether it is more or less; an arrow for better would contradict them wherever less is better.
 */
export function verdictOf(verdict: ChangedRow['verdict']): HTMLElement {
  const mark = MARKS[verdict];
  return element(
    'span',
    {},
    mark !== undefined && element('span', { 'aria-hidden': 'true' }, `${mark} `),
    element('span', { class: 'word' }, verdict),
  );
}

/** A table of figures before and after a change, with the amount of the change and whether it is better. */
export function changeTable(
  label: string,
  [before, after]: readonly [before: string, after: string],
  rows: readonly ChangedRow[],
  tooltips?: Tooltips,
  what = 'Figure',
): HTMLElement {
  return scrolling(
    label,
    element(
      'table',
      { class: 'changes' },
      headOf([what, before, after, 'Change', 'Which is']),
      element('tbody', {}, ...rows.map((row) => rowOf(row, tooltips))),
    ),
  );
}

function rowOf({ label, before, after, change, amount, verdict, tooltip }: ChangedRow, tooltips: Tooltips | undefined) {
  const value = element('span', { class: 'value' }, after);
  if (tooltip !== undefined) tooltips?.attach(value, tooltip);
  return element(
    'tr',
    { class: `verdict-${verdict}` },
    element('th', { scope: 'row' }, label),
    element('td', { class: numberClass(before) }, before),
    element('td', { class: numberClass(after) }, value),
    element('td', { class: 'number change' }, change, barOf(amount)),
    element('td', { class: 'which' }, verdictOf(verdict)),
  );
}

/** A number and its unit stay together; what is longer may wrap. */
function numberClass(text: string): string {
  return text.split(' ').length > 2 ? 'number phrase' : 'number';
}

/** A bar from the middle to the right for more and to the left for less. Beyond twice as much it ends in a point. */
function barOf(amount: number | undefined): HTMLElement {
  const bar = element(
    'span',
    { class: 'change-bar', 'aria-hidden': 'true' },
    amount !== undefined && element('span', {}),
  );
  if (amount === undefined) return bar;
  const half = 50 * Math.min(1, Math.abs(amount));
  bar.style.setProperty('--from', `${amount < 0 ? 50 - half : 50}%`);
  bar.style.setProperty('--length', `${half}%`);
  return bar;
}
