import { EXPORTS, type ExportFormat, formatsWith } from '../../../server/src/services/preview/exportFormats.ts';
import { button, element, hiddenText, setAttributes } from '../dom.ts';

/** A button that opens the list of formats. Escape, a click elsewhere and a choice close it. */
export class ExportMenu {
  readonly root: HTMLElement;
  private readonly list: HTMLElement;
  private readonly opener: HTMLButtonElement;

  constructor(exportAs: (format: ExportFormat) => void) {
    this.opener = button('Export', { class: 'exports-opener', 'aria-controls': 'exports' }, () =>
      this.toggle(this.list.hidden !== false),
    );
    this.list = element(
      'ul',
      { id: 'exports', class: 'exports-list', hidden: true },
      ...formatsWith('listed').map((format) => {
        const { label, hint } = EXPORTS[format].listed;
        const choose = button('', {}, () => {
          this.toggle(false);
          this.opener.focus();
          exportAs(format);
        });
        choose.append(element('span', {}, hiddenText('Export '), label), ' ', element('span', { class: 'hint' }, hint));
        return element('li', {}, choose);
      }),
    );
    this.root = element('div', { class: 'exports' }, this.opener, this.list);
    this.root.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape' || this.list.hidden) return;
      this.toggle(false);
      this.opener.focus();
    });
    document.addEventListener('pointerdown', ({ target }) => {
      if (target instanceof Node && !this.root.contains(target)) this.toggle(false);
    });
    this.toggle(false);
  }

  private toggle(open: boolean): void {
    this.list.hidden = !open;
    setAttributes(this.opener, { 'aria-expanded': String(open) });
  }
}
