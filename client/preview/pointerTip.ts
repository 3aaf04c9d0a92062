import { element, replaceChildren } from './dom.ts';

/**
 * A tooltip that follows the pointer over a drawing. It is only for eyes, because a pane and a live region hold the same words.
 */
export class PointerTip {
  private readonly box: HTMLElement;

  constructor(parent: Element, name: string) {
    this.box = element('div', { class: `tooltip pointer-tip ${name}`, 'aria-hidden': 'true', hidden: true });
    parent.append(this.box);
  }

  show(x: number, y: number, title: string, rows: readonly (readonly [string, string])[]): void {
    replaceChildren(
      this.box,
      element('strong', {}, title),
      element(
        'dl',
        {},
        ...rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
      ),
    );
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const left = x + 14 + width > window.innerWidth - 8 ? x - width - 10 : x + 14;
    const top = y + 16 + height > window.innerHeight - 8 ? y - height - 10 : y + 16;
    this.box.style.left = `${Math.max(8, left)}px`;
    this.box.style.top = `${Math.max(8, top)}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}
