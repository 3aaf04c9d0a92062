import type { Heat } from '../../../server/src/services/preview/protocol.ts';
import { button, element, replaceChildren, setAttributes } from '../dom.ts';
import { prose } from '../prose.ts';
import type { Viewport } from './viewport.ts';

const HEATS: readonly (readonly [heat: Heat, label: string])[] = [
  ['time', 'Heat: time'],
  ['bytes', 'Heat: bytes'],
  ['memory', 'Heat: memory'],
];

export interface ToolActions {
  /** Draws equal GPUs and layers once, or each of them. */
  fold(folded: boolean): void;
  /** Closes everything that was opened. */
  reset(): void;
  /** Draws the machines that pools run on, or the operations of pools. */
  machines(shown: boolean): void;
  heat(heat: Heat): void;
  /** Shows or hides the list of nodes. */
  list(shown: boolean): void;
}

/** What the tools depend on. */
export interface ShownTools {
  readonly isFolded: boolean;
  /** Whether there is a finer picture than the folded one. */
  readonly canFold: boolean;
  /** Whether groups were opened or closed. */
  readonly isChanged: boolean;
  readonly isOfMachines: boolean;
  readonly hasPools: boolean;
}

/** The row of tools over the canvas. */
export class Tools {
  readonly root = element('div', { class: 'dag-tools', role: 'toolbar', 'aria-label': 'Picture' });
  private readonly zoom = element('output', { class: 'zoom', 'aria-label': 'Zoom' });
  private readonly fold: HTMLButtonElement;
  private readonly reset: HTMLButtonElement;
  private readonly machines: HTMLButtonElement;
  private readonly heat: HTMLSelectElement;
  private isOfMachines = false;
  private readonly notice = element('span', { class: 'notice', role: 'status' });
  private readonly list: HTMLButtonElement;
  private isFolded = true;
  private isListed = true;

  constructor(viewport: Viewport | undefined, heat: Heat, actions: ToolActions) {
    this.fold = button('Fold equal GPUs', { title: 'Draw equal GPUs and layers once' }, () =>
      actions.fold(!this.isFolded),
    );
    this.reset = button('Fold all', { title: 'Close everything that was opened', hidden: true }, () => actions.reset());
    this.machines = button(
      'Machines',
      { title: 'Draw the machines of each pool and what their GPUs hold', hidden: true },
      () => actions.machines(!this.isOfMachines),
    );
    this.heat = element(
      'select',
      { 'aria-label': 'Heat', title: 'What the bars under the nodes show' },
      ...HEATS.map(([value, label]) => element('option', { value, selected: value === heat }, label)),
    );
    this.heat.addEventListener('change', () => actions.heat(HEATS[this.heat.selectedIndex]?.[0] ?? 'time'));
    this.list = button('List', { title: 'Show or hide the list of nodes' }, () => actions.list(!this.isListed));
    this.root.append(this.machines, this.fold, this.reset, this.heat, this.list, this.notice);
    if (!viewport) return;
    this.root.append(
      element(
        'span',
        { class: 'zoom-tools' },
        button('−', { 'aria-label': 'Zoom out', title: 'Zoom out (-)' }, () => viewport.zoomBy(0.8)),
        this.zoom,
        button('+', { 'aria-label': 'Zoom in', title: 'Zoom in (+)' }, () => viewport.zoomBy(1.25)),
        button('Fit', { title: 'Show all (0)' }, () => viewport.fitAll()),
      ),
    );
  }

  /** `canFold` says that there is a detailed picture too; `isChanged` says that the reader has opened or closed something. */
  show({ isFolded, canFold, isChanged, isOfMachines, hasPools }: ShownTools): void {
    this.isFolded = isFolded;
    this.isOfMachines = isOfMachines;
    this.fold.hidden = !canFold;
    setAttributes(this.fold, { 'aria-pressed': String(isFolded) });
    this.machines.hidden = !hasPools;
    setAttributes(this.machines, { 'aria-pressed': String(isOfMachines) });
    this.reset.hidden = !isChanged || isOfMachines;
    this.heat.hidden = isOfMachines;
  }

  showList(isListed: boolean): void {
    this.isListed = isListed;
    setAttributes(this.list, { 'aria-pressed': String(isListed) });
  }

  showZoom(zoom: number): void {
    const text = `${Math.round(zoom * 100)} %`;
    // Setting the value lays out and paints the text anew, even if it is the same.
    if (this.zoom.value !== text) this.zoom.value = text;
  }

  /** Shows why something was not done. The notice stays until another one replaces it. */
  say(text: string): void {
    replaceChildren(this.notice, ...prose(text));
  }
}
