import type { ToPage } from '../../../server/src/services/preview/messages.ts';
import type {
  Comparison,
  ComparisonCell,
  ComparisonRow,
  PreviewModel,
} from '../../../server/src/services/preview/protocol.ts';
import { verdictOf } from '../changeTable.ts';
import { CurvesPanel, type Subject } from '../curves/panel.ts';
import { element, hiddenText, replaceChildren } from '../dom.ts';
import type { Shown } from '../state.ts';
import { headOf, scrolling } from '../tables.ts';
import type { Tooltips } from '../tooltip.ts';
import { verdict } from '../verdict.ts';
import type { Page, View } from '../view.ts';
import { claims, validations } from './checks.ts';

/** As many as the style sheet has colours for. */
const MOST_CURVES = 6;

/** All deployments of the file side by side: their figures, their claims, and the checks of their graphs. */
export class CompareView implements View {
  readonly root = element('div', { class: 'compare' });
  private readonly curves: CurvesPanel;
  private model: unknown;
  private readonly tooltips: Tooltips;
  /** The text of what is shown. An edit that changes none of it leaves focus and scrolling alone. */
  private shown = '';

  constructor({ tooltips, post }: Page) {
    this.tooltips = tooltips;
    this.curves = new CurvesPanel({ post });
  }

  receive(message: ToPage): void {
    this.curves.receive(message);
  }

  show({ model, deployment }: Shown): void {
    const { comparison, deployments } = model;
    if (model !== this.model) this.curves.show(subjectsOf(model));
    this.model = model;
    const next = JSON.stringify([
      comparison,
      deployment.name,
      deployments.map(({ claims: ownClaims, validations: results }) => [ownClaims, results]),
    ]);
    if (next === this.shown) return;
    this.shown = next;
    const checked = deployments.length > 0 ? deployments : [deployment];
    replaceChildren(
      this.root,
      comparison?.verdict !== undefined && element('p', { class: 'verdict-line' }, comparison.verdict),
      comparison && comparison.values.length > 0 && valuesTable(comparison),
      comparison && this.table(comparison, deployment.name),
      element('section', { class: 'compared-curves' }, element('h2', {}, 'Curves'), this.curves.root),
      claims(checked, comparison?.claims ?? []),
      validations(checked),
    );
  }

  private table({ deployments, cannotRun, rows }: Comparison, current: string): HTMLElement {
    const isAlone = deployments.length < 2;
    const same = isAlone ? [] : rows.filter(({ differs }) => !differs);
    const title = isAlone ? 'Figures' : 'Comparison';
    return element(
      'section',
      {},
      element('h2', {}, title),
      element(
        'p',
        { class: 'hint' },
        isAlone
          ? 'Rest on a value, or reach it with Tab, to see its band, formula and source. Add a deployment to compare.'
          : `★ marks the best value of a row among deployments that run. Bars are as long as values, changes are from ${deployments[0]}. Rest on a value, or reach it with Tab, to see its band, formula and source.`,
      ),
      scrolling(
        title,
        element(
          'table',
          { class: 'comparison' },
          element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Figure'), ...deployments.map(head))),
          element('tbody', {}, ...rows.filter((row) => !same.includes(row)).map((row) => this.row(row))),
          same.length > 0 &&
            element(
              'tbody',
              {},
              element(
                'tr',
                {},
                element('th', { scope: 'rowgroup', class: 'subject' }, 'The same in all'),
                element('td', { colspan: deployments.length }),
              ),
              ...same.map((row) => this.row(row)),
            ),
        ),
      ),
    );

    function head(name: string, index: number): HTMLElement {
      const why = cannotRun[index] ?? '';
      return element(
        'th',
        { scope: 'col' },
        element('span', { class: name === current && 'current' }, name),
        why !== '' && verdict(false, why),
      );
    }
  }

  private row({ label, cells, differs }: ComparisonRow): HTMLElement {
    return element(
      'tr',
      { class: differs && 'differs' },
      element('th', { scope: 'row' }, label),
      ...cells.map((cell) => this.cell(cell)),
    );
  }

  private cell({ text, tooltip, best, share, change }: ComparisonCell): HTMLElement {
    // A number and its unit stay together.
    const isPhrase = text.split(' ').length > 2;
    const value = element('span', { class: isPhrase ? 'value phrase' : 'value' }, text);
    if (tooltip !== undefined) this.tooltips.attach(value, tooltip);
    const bar = share !== undefined && element('span', { class: 'cell-bar', 'aria-hidden': 'true' }, element('span'));
    if (bar && share !== undefined) bar.style.setProperty('--share', String(share));
    return element(
      'td',
      { class: best && 'best' },
      best && element('span', { class: 'best-mark', 'aria-hidden': 'true' }, '★ '),
      value,
      best && hiddenText(', best'),
      bar,
      change && changeOf(change),
    );
  }
}

/** One curve for each deployment that can be computed, as many as can be told apart. */
function subjectsOf({ deployments }: PreviewModel): readonly Subject[] {
  return deployments
    .slice(0, MOST_CURVES)
    .map(({ name }, index) => ({ label: name, subject: { deployment: name, changes: {} }, color: 1 + index }));
}

/** What the texts of the deployments say differently, before what follows from it. */
function valuesTable({ deployments, values }: Comparison): HTMLElement {
  const rows = values.map(({ where, name, texts }) =>
    element(
      'tr',
      {},
      element(
        'th',
        { scope: 'row' },
        name === '' ? where : `${name} `,
        name !== '' && element('span', { class: 'where' }, where),
      ),
      ...texts.map((text) => element('td', {}, text ?? element('span', { class: 'hint' }, 'not there'))),
    ),
  );
  return element(
    'section',
    { class: 'compared-values' },
    element('h2', {}, 'What differs in the plan'),
    scrolling(
      'What differs in the plan',
      element('table', { class: 'values' }, headOf(['Value', ...deployments]), element('tbody', {}, ...rows)),
    ),
  );
}

function changeOf({ change, verdict }: NonNullable<ComparisonCell['change']>): HTMLElement {
  return element(
    'span',
    { class: `cell-change verdict-${verdict}` },
    `${change} `,
    verdict !== 'changed' && verdictOf(verdict),
  );
}
