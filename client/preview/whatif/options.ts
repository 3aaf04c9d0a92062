import type { WhatIfOption } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { element, replaceChildren } from '../dom.ts';

/** Values that are one of several words, as lists to choose from, by the pools that they concern. */
export class Options {
  readonly root = element('div', { class: 'options' });
  private readonly changed: (name: string, value: string | undefined) => void;
  private readonly selects = new Map<string, HTMLSelectElement>();
  /** The names and choices that are drawn. */
  private drawn = '';

  constructor(changed: (name: string, value: string | undefined) => void) {
    this.changed = changed;
  }

  /** Shows the options as the server describes them, at the values that the reader has chosen. */
  show(options: readonly WhatIfOption[], tried: (name: string) => string | undefined): void {
    const text = JSON.stringify(options.map(({ name, written, choices }) => [name, written, choices]));
    if (text !== this.drawn) {
      this.drawn = text;
      this.draw(options);
    }
    for (const { name, written } of options) {
      const select = this.selects.get(name);
      if (!select) continue;
      select.value = tried(name) ?? written;
      const isChanged = select.value !== written;
      const option = select.closest('.option');
      option?.classList.toggle('is-changed', isChanged);
      const was = option?.querySelector('.option-was');
      if (was) was.textContent = isChanged ? ` was ${wordOf(written)}` : '';
    }
  }

  clear(): void {
    this.drawn = '';
    this.selects.clear();
    replaceChildren(this.root);
  }

  private draw(options: readonly WhatIfOption[]): void {
    const { activeElement } = document;
    const focused = [...this.selects].find(([, select]) => select === activeElement)?.[0];
    this.selects.clear();
    const groups = [...new Set(options.map(({ group }) => group))];
    replaceChildren(
      this.root,
      ...groups.map((group) =>
        element(
          'fieldset',
          {},
          element('legend', {}, group === '' ? 'All GPUs' : `Pool ${group}`),
          ...options.filter((option) => option.group === group).map((option) => this.option(option)),
        ),
      ),
    );
    if (focused !== undefined) this.selects.get(focused)?.focus();
  }

  private option({ name, label, written, choices }: WhatIfOption): HTMLElement {
    const id = `option-${name}`;
    const select = element(
      'select',
      { id, disabled: choices.length < 2 },
      ...choices.map((choice) => element('option', { value: choice }, wordOf(choice))),
    );
    select.addEventListener('change', () => this.changed(name, select.value === written ? undefined : select.value));
    this.selects.set(name, select);
    return element(
      'span',
      { class: 'option' },
      element('label', { for: id }, label, element('span', { class: 'option-was' })),
      select,
    );
  }
}

function wordOf(choice: string): string {
  return choice === 'true' ? 'on' : choice === 'false' ? 'off' : choice;
}
