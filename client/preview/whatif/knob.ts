import type { WhatIfKnob } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { button, element, setAttributes } from '../dom.ts';

/** One value to try: a slider for sensible values, and a number field for any value. */
export class Knob {
  readonly root = element('div', { class: 'knob' });
  private readonly slider: HTMLInputElement;
  private readonly number: HTMLInputElement;
  private readonly written = element('span', { class: 'knob-written' });
  private readonly mark = element('span', { class: 'knob-mark', 'aria-hidden': 'true' });
  private readonly least = element('span', {});
  private readonly most = element('span', {});
  private readonly note: HTMLElement;
  private readonly reset: HTMLButtonElement;
  private knob: WhatIfKnob;

  constructor(knob: WhatIfKnob, changed: (name: string, value: number | undefined) => void) {
    this.knob = knob;
    const { name, label, unit } = knob;
    const id = `knob-${name}`;
    this.note = element('p', { class: 'knob-note hint', id: `${id}-note`, hidden: true });
    this.slider = element('input', { type: 'range', id, min: 0, step: 1, 'aria-describedby': `${id}-note` });
    this.number = element('input', {
      type: 'number',
      class: 'knob-number',
      min: knob.isWhole ? 1 : 0,
      step: knob.isWhole ? 1 : 'any',
      'aria-label': `${label} in ${unit}`,
      'aria-describedby': `${id}-note`,
    });
    this.reset = button('Reset', { class: 'knob-reset', hidden: true }, () => {
      changed(name, undefined);
      this.slider.focus();
    });
    this.slider.addEventListener('input', () => {
      const value = this.knob.steps[this.slider.valueAsNumber];
      if (value !== undefined) changed(name, value);
    });
    this.number.addEventListener('input', () => {
      const { valueAsNumber } = this.number;
      if (Number.isFinite(valueAsNumber)) changed(name, valueAsNumber);
    });
    this.root.append(
      element(
        'span',
        { class: 'knob-head' },
        element('label', { class: 'knob-label', for: id }, label),
        this.written,
        this.reset,
      ),
      element('span', { class: 'knob-slider' }, this.mark, this.slider),
      element('span', { class: 'knob-value' }, this.number, element('span', { class: 'knob-unit' }, unit)),
      element('span', { class: 'knob-range', 'aria-hidden': 'true' }, this.least, this.most),
      this.note,
    );
    this.show(knob, knob.value);
  }

  /** Shows the knob as the server describes it, at the value that the reader has chosen. */
  show(knob: WhatIfKnob, value: number): void {
    this.knob = knob;
    const { steps, label, unit, written, note } = knob;
    const isFixed = steps.length < 2;
    setAttributes(this.slider, { max: Math.max(0, steps.length - 1), disabled: isFixed });
    this.slider.value = String(placeOf(steps, value));
    setAttributes(this.slider, { 'aria-valuetext': `${value.toLocaleString('en-US')} ${unit}` });
    setAttributes(this.number, { disabled: isFixed });
    // A number that is being typed stays as it is typed.
    if (this.number.valueAsNumber !== value && document.activeElement !== this.number)
      this.number.value = String(value);
    const isChanged = value !== written;
    this.root.classList.toggle('is-changed', isChanged);
    const formatted = (amount: number | undefined) => amount?.toLocaleString('en-US') ?? '';
    this.written.textContent = isChanged ? `${formatted(written)} → ${formatted(value)} ${unit}` : 'as written';
    this.least.textContent = formatted(steps[0]);
    this.most.textContent = isFixed ? '' : formatted(steps.at(-1));
    // The mark shows where the slider stands for the written value.
    this.mark.style.setProperty('--place', String(placeOf(steps, written) / Math.max(1, steps.length - 1)));
    this.mark.hidden = isFixed;
    this.reset.hidden = !isChanged;
    setAttributes(this.reset, { 'aria-label': `Reset ${label} to ${written.toLocaleString('en-US')}` });
    this.note.hidden = note === undefined;
    this.note.textContent = note === undefined ? '' : `Cannot be changed here: ${note}.`;
  }

  /** Sets a value, even while the number is being typed. */
  put(value: number): void {
    this.number.value = String(value);
    this.show(this.knob, value);
  }
}

/** The last step that is not above a value. */
function placeOf(steps: readonly number[], value: number): number {
  return Math.max(
    0,
    steps.findLastIndex((step) => step <= value),
  );
}
