import { element, replaceChildren } from './dom.ts';
import type { Shown } from './state.ts';
import type { Tooltips } from './tooltip.ts';

/** The figures that matter most, over every view. */
export class Summary {
  readonly root = element('dl', { class: 'summary', 'aria-label': 'Summary' });
  private readonly tooltips: Tooltips;

  constructor(tooltips: Tooltips) {
    this.tooltips = tooltips;
  }

  show({ deployment }: Shown): void {
    const { summary, fits, claims } = deployment;
    const figures = summary.map(({ label, text, band, tooltip }) => {
      const value = element('span', { class: 'value' }, text);
      this.tooltips.attach(value, tooltip);
      const isMemory = label === 'Fullest GPU';
      return element(
        'div',
        { class: label === 'Limited by' ? 'figure wide' : 'figure' },
        element('dt', {}, label),
        element(
          'dd',
          {},
          value,
          isMemory &&
            element('span', { class: fits ? 'verdict good' : 'verdict bad' }, fits ? '✓ fits' : '✗ does not fit'),
          band !== undefined && element('span', { class: 'band' }, band),
        ),
      );
    });
    const held = claims.filter(({ holds }) => holds).length;
    const allHeld = held === claims.length;
    const claimed =
      claims.length > 0 &&
      element(
        'div',
        { class: 'figure' },
        element('dt', {}, 'Claims'),
        element(
          'dd',
          {},
          element(
            'span',
            { class: allHeld ? 'verdict good' : 'verdict bad' },
            `${allHeld ? '✓' : '✗'} ${held} of ${claims.length} hold`,
          ),
        ),
      );
    replaceChildren(this.root, ...figures, claimed);
  }

  clear(): void {
    replaceChildren(this.root);
  }
}
