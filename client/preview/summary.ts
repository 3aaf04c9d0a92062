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
    const { summary, fits, claims, validations } = deployment;
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
    replaceChildren(this.root, ...figures, counted('Claims', claims), counted('Graph checks', validations));
  }

  clear(): void {
    replaceChildren(this.root);
  }
}

/** How many of the claims or checks hold; the Compare view lists them. */
function counted(label: string, checks: readonly { readonly holds: boolean }[]): HTMLElement | false {
  if (checks.length === 0) return false;
  const held = checks.filter(({ holds }) => holds).length;
  const isGood = held === checks.length;
  const text = `${isGood ? '✓' : '✗'} ${held} of ${checks.length} hold`;
  return element(
    'div',
    { class: 'figure' },
    element('dt', {}, label),
    element('dd', {}, element('span', { class: isGood ? 'verdict good' : 'verdict bad' }, text)),
  );
}
