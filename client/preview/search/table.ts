import type { RankedPlan, SearchResult } from '../../../server/src/services/preview/searchProtocol.ts';
import { button, type Child, element, hiddenText, replaceChildren } from '../dom.ts';

export interface PlanActions {
  /** Compares a plan with the present one. */
  open(plan: RankedPlan): void;
  write(plan: RankedPlan): void;
}

/** Figures of a row beside the objective, as far as plans have them. */
const COLUMNS = [
  'throughput-per-gpu',
  'tokens-per-user',
  'ttft',
  'tpot',
  'step',
  'utilisation',
  'gpus-used',
  'memory-margin',
];

/** Of serving the parts of a step say nothing that the times to tokens do not. */
const NOT_OF_SERVING: ReadonlySet<string> = new Set(['step', 'utilisation']);

/** The ranked plans, below the present one. */
export class PlanTable {
  readonly root = element('div', { class: 'scrolling plans', tabindex: 0, role: 'region', 'aria-label': 'Plans' });
  private readonly actions: PlanActions;
  private readonly rows = new Map<string, HTMLElement>();

  constructor(actions: PlanActions) {
    this.actions = actions;
  }

  show(result: SearchResult, deployment: string): void {
    const places = columnsOf(result);
    const { metrics, objective } = result;
    const focused = focusedIn(this.root);
    this.rows.clear();
    replaceChildren(
      this.root,
      element(
        'table',
        { class: 'found-plans' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, hiddenText('Place')),
            element('th', { scope: 'col', class: 'number' }, metrics[objective]?.label ?? ''),
            element('th', { scope: 'col', class: 'number' }, `Over ${deployment}`),
            ...places.map((place) => element('th', { scope: 'col', class: 'number' }, metrics[place]?.label ?? '')),
            element('th', { scope: 'col' }, 'What is chosen'),
          ),
        ),
        element(
          'tbody',
          {},
          result.base && presentRow(result.base.texts, objective, places, deployment),
          ...result.plans.map((plan, index) => this.row(plan, index, objective, places)),
        ),
      ),
    );
    if (focused !== undefined)
      this.root.querySelector<HTMLElement>(`[data-focus=${CSS.escape(focused)}]`)?.focus({ preventScroll: true });
  }

  /** Marks the plan that is looked at, and brings it into view where the reader has chosen it elsewhere. */
  mark(key: string | undefined, name: 'looked' | 'chosen'): void {
    for (const [own, row] of this.rows) row.classList.toggle(name, own === key);
  }

  private row(plan: RankedPlan, index: number, objective: number, places: readonly number[]): HTMLElement {
    const rank = index + 1;
    const isTied = plan.isTied && index > 0;
    const row = element(
      'tr',
      {},
      element(
        'th',
        { scope: 'row' },
        String(rank),
        ...mark(isTied, '=', ', cannot be told from the first'),
        ...mark(plan.isUnmeasured, '?', ', nothing was measured on its GPUs'),
      ),
      element('td', { class: 'number' }, plan.texts[objective] ?? '-', small(plan.band)),
      element('td', { class: 'number' }, plan.over, small(plan.overBand)),
      ...places.map((place) => element('td', { class: 'number' }, plan.texts[place] ?? '-')),
      element(
        'td',
        { class: 'words' },
        plan.words,
        plan.alike > 0 &&
          element('span', { class: 'hint' }, ` and ${plan.alike} alike, whose other settings change nothing`),
        element(
          'span',
          { class: 'does' },
          button('Compare', { 'aria-label': `Compare plan ${rank}`, 'data-focus': `compare-${rank}` }, () =>
            this.actions.open(plan),
          ),
          button(
            'Write into the file',
            { 'aria-label': `Write plan ${rank} into the file`, 'data-focus': `write-${rank}` },
            () => this.actions.write(plan),
          ),
        ),
      ),
    );
    this.rows.set(plan.key, row);
    return row;
  }
}

function presentRow(
  texts: readonly string[],
  objective: number,
  places: readonly number[],
  deployment: string,
): HTMLElement {
  return element(
    'tr',
    { class: 'present-plan' },
    element('th', { scope: 'row' }, 'now'),
    element('td', { class: 'number' }, texts[objective] ?? '-'),
    element('td', {}),
    ...places.map((place) => element('td', { class: 'number' }, texts[place] ?? '-')),
    element('td', { class: 'words' }, deployment),
  );
}

function columnsOf({ metrics, objective, against }: SearchResult): readonly number[] {
  const isServing = metrics.some(({ name }) => name === 'tpot');
  return metrics.flatMap(({ name }, place) => {
    if (place === objective) return [];
    if (place === against) return [place];
    return COLUMNS.includes(name) && !(isServing && NOT_OF_SERVING.has(name)) ? [place] : [];
  });
}

function mark(isSet: boolean, sign: string, words: string): readonly Child[] {
  return isSet ? [element('span', { class: 'sign', 'aria-hidden': 'true' }, sign), hiddenText(words)] : [];
}

function small(text: string): Child {
  return text !== '' && element('span', { class: 'band' }, text);
}

function focusedIn(root: HTMLElement): string | undefined {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && root.contains(activeElement)
    ? (activeElement.getAttribute('data-focus') ?? undefined)
    : undefined;
}
