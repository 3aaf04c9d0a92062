import { labelOf } from '../../../server/src/cost/figures/quantities.ts';
import type { ChangedRow, WhatIfAnswer, WhatIfState } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { verdictOf } from '../changeTable.ts';
import { type Child, element } from '../dom.ts';
import { verdict } from '../verdict.ts';

/** The figures that an answer is asked for first, in their order. The whole table has the others. */
const FIRST = (['throughput', 'ttft', 'tpot', 'training', 'latency', 'utilisation'] as const).map(labelOf);
const MOST = 4;

/** As engineers write them, where there is little room. */
const SHORT: Readonly<Record<string, string>> = { [labelOf('ttft')]: 'TTFT', [labelOf('tpot')]: 'TPOT' };

/** What changes, in a few lines that stay in view beside the sliders. */
export function headline({ before, after, rows = [] }: WhatIfAnswer, isChanged: boolean): readonly Child[] {
  const shown = FIRST.flatMap((label) => rows.find((row) => row.label === label) ?? []).slice(0, MOST);
  return [
    element('dl', { class: 'headline' }, ...shown.map((row) => figure(row, isChanged))),
    after && gauge(before ?? after, after),
    after && limited(after),
  ];
}

function figure({ label, before, after, change, verdict: which }: ChangedRow, isChanged: boolean): HTMLElement {
  const short = SHORT[label];
  return element(
    'div',
    { class: `headline-figure verdict-${which}` },
    element('dt', {}, short === undefined ? label : element('abbr', { title: label }, short)),
    element(
      'dd',
      {},
      element('span', { class: 'headline-value' }, after),
      isChanged &&
        element(
          'span',
          { class: 'headline-change' },
          which === 'same' ? 'unchanged' : `${change === '' ? `was ${before}` : change} `,
          which !== 'same' && which !== 'changed' && verdictOf(which),
        ),
    ),
  );
}

/** Memory of the fullest GPU as a bar against its capacity, with a mark where it is as written. */
function gauge(before: WhatIfState, { memoryBytes, capacityBytes, memory, fits }: WhatIfState): HTMLElement {
  const most = Math.max(before.memoryBytes, memoryBytes, capacityBytes);
  const at = (bytes: number) => `${(100 * bytes) / most}%`;
  const filled = element('span', { class: 'gauge-filled' });
  filled.style.width = at(memoryBytes);
  const over = !fits && element('span', { class: 'over' });
  if (over) {
    over.style.left = at(capacityBytes);
    over.style.width = at(memoryBytes - capacityBytes);
  }
  const limit = element('span', { class: 'gauge-limit' });
  limit.style.left = at(capacityBytes);
  const written = before.memoryBytes !== memoryBytes && element('span', { class: 'gauge-written' });
  if (written) written.style.left = at(before.memoryBytes);
  return element(
    'div',
    { class: 'gauge', role: 'group', 'aria-label': 'Memory of the fullest GPU' },
    element('span', { class: 'gauge-label' }, labelOf('fullestGpu')),
    element('span', { class: 'gauge-track', 'aria-hidden': 'true' }, filled, over, limit, written),
    element('span', { class: 'gauge-text' }, memory, ' ', verdict(fits, fits ? 'fits' : 'does not fit')),
  );
}

function limited({ limit }: WhatIfState): HTMLElement {
  return element('p', { class: 'limited' }, element('span', { class: 'gauge-label' }, labelOf('limit')), limit);
}
