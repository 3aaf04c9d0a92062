import { labelOf } from '../../server/src/cost/figures/quantities.ts';
import type { PreviewDeployment, PreviewFigure } from '../../server/src/services/preview/protocol.ts';
import { type PreviewView, VIEWS } from '../../server/src/services/preview/views.ts';
import { button, element, hiddenText, replaceChildren, setAttributes } from './dom.ts';
import type { Shown } from './state.ts';
import type { Tooltips } from './tooltip.ts';
import { verdict } from './verdict.ts';

/** The answers over every view. Each figure leads to the view that explains it. */
export class Summary {
  readonly root = element('div', { class: 'summary', hidden: true });
  /** How the GPUs share the work, beside the name of the deployment: there is room for it. */
  readonly degrees = element('div', { class: 'degrees' });
  private readonly list = element('dl', { id: 'summary', 'aria-label': 'Summary' });
  private readonly limit = element('div', { class: 'summary-limit' });
  private readonly tooltips: Tooltips;
  private readonly open: (view: PreviewView) => void;
  /** The values by their figures' names. */
  private readonly values = new Map<string, HTMLElement>();

  constructor(tooltips: Tooltips, open: (view: PreviewView) => void) {
    this.tooltips = tooltips;
    this.open = open;
    this.root.append(this.list, this.limit);
  }

  show({ deployment }: Shown): void {
    const pointedAt = [...this.values].find(([, value]) => this.tooltips.isAt(value))?.[0];
    const focused = [...this.values].find(([, value]) => value === document.activeElement)?.[0];
    this.values.clear();
    this.root.hidden = false;
    const { summary, fits } = deployment;
    replaceChildren(
      this.list,
      ...summary.filter(({ label }) => label !== LIMIT).map((figure) => this.figure(figure, fits)),
    );
    const gpus = summary.find(({ label }) => label === GPUS)?.details ?? [];
    replaceChildren(this.degrees, ...gpus.map((line) => element('span', {}, line)));
    const limit = summary.find(({ label }) => label === LIMIT);
    replaceChildren(this.limit, limit && this.limitedBy(limit), this.claims(deployment));
    // The text of what stood there would stay where nothing can take it away.
    if (pointedAt !== undefined) this.explain(pointedAt);
    if (focused !== undefined) this.values.get(focused)?.focus({ preventScroll: true });
  }

  /** Says where a figure comes from, as it does while the pointer rests on its value. */
  explain(label: string): void {
    this.tooltips.hide();
    const value = this.values.get(label);
    if (value) this.tooltips.point(value);
  }

  clear(): void {
    this.tooltips.hide();
    this.values.clear();
    this.root.hidden = true;
    replaceChildren(this.list);
    replaceChildren(this.limit);
    replaceChildren(this.degrees);
  }

  private figure(figure: PreviewFigure, fits: boolean): HTMLElement {
    const { label, short, band, details = [], filled } = figure;
    const isMemory = filled !== undefined;
    const name = short === undefined ? label : element('abbr', { title: label }, short);
    return element(
      'div',
      { class: 'figure' },
      element('dt', {}, name),
      element(
        'dd',
        {},
        this.value(figure),
        isMemory && fill(filled, fits),
        isMemory && verdict(fits, fits ? 'fits' : 'does not fit', true),
        !isMemory && band !== undefined && element('span', { class: 'band' }, band),
        ...(label === GPUS ? [] : details).map((detail) => element('span', { class: 'detail' }, detail)),
      ),
    );
  }

  private limitedBy(figure: PreviewFigure): HTMLElement {
    return element(
      'p',
      { class: 'figure limit' },
      element('span', { class: 'limit-name' }, `${LIMIT} `),
      this.value(figure),
    );
  }

  private value(figure: PreviewFigure): HTMLElement {
    const { label, text, view, tooltip } = figure;
    const value = button(text, { class: 'value', 'aria-label': `${label}: ${text}. Opens ${VIEWS[view]}` }, () =>
      this.open(view),
    );
    this.tooltips.attach(value, tooltip);
    this.values.set(label, value);
    return value;
  }

  /** Claims that do not hold are an answer too; those that hold stand in the Compare view. */
  private claims({ claims }: PreviewDeployment): HTMLElement | false {
    const failing = claims.filter(({ holds }) => !holds);
    if (failing.length === 0) return false;
    const words = `${failing.length} of ${claims.length} claims ${failing.length > 1 ? 'fail' : 'fails'}`;
    const node = button('', { class: 'value claims' }, () => this.open('compare'));
    node.append(verdict(false, words, true), hiddenText('. Opens Compare'));
    const lines = failing.map(({ name, claimed, computed }) => `${name}: ${claimed} is claimed, ${computed} computed`);
    this.tooltips.attach(node, lines.join('\n'));
    return node;
  }
}

const LIMIT = labelOf('limit');
const GPUS = labelOf('gpus');

/** A small bar of how full the fullest GPU is. The text beside it says the same. */
function fill(filled: number, fits: boolean): HTMLElement {
  const bar = element('span', { class: fits ? 'fill' : 'fill too-full', 'aria-hidden': 'true' });
  const part = element('span', {});
  part.style.width = `${Math.min(100, 100 * filled)}%`;
  setAttributes(bar, { 'data-filled': filled.toFixed(3) });
  bar.append(part);
  return bar;
}
