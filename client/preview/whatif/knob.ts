import type { WhatIfKnob } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { button, element, setAttributes } from '../dom.ts';

/** One value to try: a slider over sensible places, and a number for any. */
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

  /** The knob as the server sees it, at the place where the reader has put it. */
  show(knob: WhatIfKnob, value: number): void {
    this.knob = knob;
    const { steps, label, unit, written, note } = knob;
    const isFixed = steps.length < 2;
    setAttributes(this.slider, { max: Math.max(0, steps.length - 1), disabled: isFixed });
    this.slider.value = String(placeOf(steps, value));
    setAttributes(this.slider, { 'aria-valuetext': `${value.toLocaleString('en-US')} ${unit}` });
    setAttributes(this.number, { disabled: isFixed });
    // What is being typed stays as it is typed.
    if (this.number.valueAsNumber !== value && document.activeElement !== this.number)
      this.number.value = String(value);
    const isChanged = value !== written;
    this.root.classList.toggle('is-changed', isChanged);
    const told = (each: number | undefined) => each?.toLocaleString('en-US') ?? '';
    this.written.textContent = isChanged ? `${told(written)} → ${told(value)} ${unit}` : 'as written';
    this.least.textContent = told(steps[0]);
    this.most.textContent = isFixed ? '' : told(steps.at(-1));
    // Where the slider stands for what is written.
    this.mark.style.setProperty('--place', String(placeOf(steps, written) / Math.max(1, steps.length - 1)));
    this.mark.hidden = isFixed;
    this.reset.hidden = !isChanged;
    setAttributes(this.reset, { 'aria-label': `Reset ${label} to ${written.toLocaleString('en-US')}` });
    this.note.hidden = note === undefined;
    this.note.textContent = note === undefined ? '' : `Cannot be changed here: ${note}.`;
  }

  /** Also where the number is being typed. */
  put(value: number): void {
    this.number.value = String(value);
    this.show(this.knob, value);
  }
}

/** The last place that is not beyond a value. */
function placeOf(steps: readonly number[], value: number): number {
  return Math.max(
    0,
    steps.findLastIndex((step) => step <= value),
  );
}
