import type { Comparison, ComparisonRow } from '../../../server/src/services/preview/protocol.ts';
import { type Child, element, hiddenText, replaceChildren } from '../dom.ts';
import type { Shown } from '../state.ts';
import { scrolling } from '../tables.ts';
import type { Tooltips } from '../tooltip.ts';
import { claims, validations } from './checks.ts';

/** All deployments of the file side by side: figures, what was claimed of them, and the checks of their graphs. */
export class CompareView {
  readonly root = element('div', { class: 'compare' });
  private readonly tooltips: Tooltips;
  /** What is shown: an edit that changes none of it leaves focus and scrolling alone. */
  private shown = '';

  constructor(tooltips: Tooltips) {
    this.tooltips = tooltips;
  }

  show({ model, deployment, stale }: Shown): void {
    this.root.classList.toggle('stale', stale !== undefined);
    const { comparison, deployments } = model;
    const next = JSON.stringify([
      comparison,
      deployment.name,
      deployments.map(({ claims: own, validations: results }) => [own, results]),
    ]);
    if (next === this.shown) return;
    this.shown = next;
    const checked = deployments.length > 0 ? deployments : [deployment];
    replaceChildren(
      this.root,
      ...(comparison ? this.table(comparison, deployment.name) : []),
      ...claims(checked, comparison?.claims ?? []),
      ...validations(checked),
    );
  }

  private table({ deployments, rows }: Comparison, current: string): Child[] {
    const isAlone = deployments.length < 2;
    return [
      element('h2', {}, isAlone ? 'Figures' : 'Comparison'),
      element(
        'p',
        { class: 'hint' },
        isAlone
          ? 'Rest on a value, or reach it with Tab, to see its band, formula and source. Add a deployment to compare.'
          : '★ marks the best value of a row, ≠ a row in which deployments differ. Rest on a value, or reach it with Tab, to see its band, formula and source.',
      ),
      scrolling(
        isAlone ? 'Figures' : 'Comparison',
        element(
          'table',
          { class: 'comparison' },
          element(
            'thead',
            {},
            element(
              'tr',
              {},
              element('th', { scope: 'col' }, 'Figure'),
              ...deployments.map((name) => element('th', { scope: 'col', class: name === current && 'current' }, name)),
            ),
          ),
          element('tbody', {}, ...rows.map((row) => this.row(row))),
        ),
      ),
    ];
  }

  private row({ label, cells, differs }: ComparisonRow): HTMLElement {
    return element(
      'tr',
      { class: differs && 'differs' },
      element(
        'th',
        { scope: 'row' },
        label,
        differs && element('span', { class: 'differs-mark', 'aria-hidden': 'true' }, ' ≠'),
        differs && hiddenText(', differs'),
      ),
      ...cells.map(({ text, tooltip, best }) => {
        const value = element('span', { class: 'value' }, text);
        if (tooltip !== undefined) this.tooltips.attach(value, tooltip);
        return element(
          'td',
          { class: best && 'best' },
          best && element('span', { class: 'best-mark', 'aria-hidden': 'true' }, '★ '),
          value,
          best && hiddenText(', best'),
        );
      }),
    );
  }
}
