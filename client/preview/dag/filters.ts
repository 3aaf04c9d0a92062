import { button, element } from '../dom.ts';
import { kindName } from './describe.ts';
import type { Picture } from './picture.ts';

/** Fields and lists that filter by facts beside the search. Each of them stands for a word of the search's own language. */
export class Filters {
  readonly root = element('div', { class: 'filters', role: 'group', 'aria-label': 'Filters' });
  private readonly gpu = element('input', { type: 'number', min: 0, step: 1, placeholder: 'GPU', 'aria-label': 'GPU' });
  private readonly layer = element('input', {
    type: 'number',
    min: 0,
    step: 1,
    placeholder: 'Layer',
    'aria-label': 'Layer',
  });
  private readonly stage = element('select', { 'aria-label': 'Stage' });
  private readonly kind = element('select', { 'aria-label': 'Kind' });
  private readonly openGpu: HTMLButtonElement;
  private readonly clear: HTMLButtonElement;
  private canOpen: (gpu: number) => boolean = () => false;

  constructor(changed: () => void, openGpu: (gpu: number) => void) {
    const controls = [this.gpu, this.stage, this.layer, this.kind];
    const update = () => {
      this.refresh();
      changed();
    };
    for (const control of controls) control.addEventListener('input', update);
    this.openGpu = button('Open GPU', { class: 'open-gpu', hidden: true }, () => openGpu(Number(this.gpu.value)));
    this.clear = button('Clear', { 'aria-label': 'Clear filters', hidden: true }, () => {
      for (const control of controls) control.value = '';
      update();
      this.gpu.focus();
    });
    this.root.append(...controls, this.openGpu, this.clear);
  }

  /** `canOpen` tells whether a GPU is drawn together with others. */
  show(picture: Picture, canOpen: (gpu: number) => boolean): void {
    this.canOpen = canOpen;
    const stages = new Set(picture.nodes.flatMap(({ node }) => (node.stage === undefined ? [] : [node.stage])));
    const kinds = new Set(picture.nodes.map(({ node }) => kindName(node)));
    fill(this.stage, 'Stage', [...stages]);
    fill(this.kind, 'Kind', [...kinds].toSorted());
    this.refresh();
  }

  /** What is chosen, as the search writes it. */
  get query(): string {
    const parts = [
      ['gpu', this.gpu.value],
      ['stage', this.stage.value],
      ['layer', this.layer.value],
      ['kind', this.kind.value],
    ] as const;
    return parts.flatMap(([name, value]) => (value === '' ? [] : [`${name}:"${value}"`])).join(' ');
  }

  private refresh(): void {
    const { value } = this.gpu;
    this.openGpu.hidden = value === '' || !this.canOpen(Number(value));
    this.openGpu.textContent = `Open GPU ${value}`;
    this.clear.hidden = this.query === '';
  }
}

/** Fills a list with choices. The chosen one stays if it still exists. */
function fill(select: HTMLSelectElement, name: string, values: readonly string[]): void {
  const { value } = select;
  select.replaceChildren(
    element('option', { value: '' }, name),
    ...values.map((choice) => element('option', { value: choice }, choice)),
  );
  select.value = values.includes(value) ? value : '';
}
