import { element } from './dom.ts';

/** The only tooltip of the page. It is shown on hover and on focus, so that it can be read with the keyboard too. */
export class Tooltips {
  private readonly box = element('div', { id: 'tooltip', role: 'tooltip', class: 'tooltip', hidden: true });
  private owner: Element | undefined;
  private readonly texts = new WeakMap<Element, string>();
  /** What a text was shown of with no pointer on it. */
  private pointed: Element | undefined;

  constructor(parent: Element) {
    parent.append(this.box);
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.hide();
    });
    for (const event of ['pointerdown', 'keydown'])
      window.addEventListener(event, () => this.unpoint(), { capture: true });
    window.addEventListener('resize', () => {
      if (this.pointed) this.point(this.pointed);
    });
  }

  /** Makes the element focusable if it is not, and describes it by the text. */
  attach(target: HTMLElement, text: string): void {
    if (target.tabIndex < 0) target.tabIndex = 0;
    target.classList.add('has-tooltip');
    this.texts.set(target, text);
    this.attachHover(target, text);
    target.addEventListener('focus', () => this.show(target, text));
    target.addEventListener('blur', () => this.hide());
  }

  /** Shows the text only on hover. This is for a part of a drawing whose text stands elsewhere too. */
  attachHover(target: HTMLElement, text: string): void {
    target.addEventListener('pointerenter', () => this.show(target, text));
    target.addEventListener('pointerleave', () => this.hide());
  }

  /** Shows an element's text with no pointer on it, until the reader does anything else. */
  point(target: Element): void {
    const text = this.texts.get(target);
    if (text === undefined) return;
    this.show(target, text);
    this.pointed = target;
  }

  /** The reader does something else. */
  unpoint(): void {
    if (this.pointed) this.hide();
  }

  isAt(target: Element): boolean {
    return this.owner === target;
  }

  /** A part of the page is drawn anew, and what stood in it can no longer take its text away. */
  leave(part: Element): void {
    if (this.owner && part.contains(this.owner)) this.hide();
  }

  hide(): void {
    this.pointed = undefined;
    this.owner?.removeAttribute('aria-describedby');
    this.owner = undefined;
    this.box.hidden = true;
  }

  private show(target: Element, text: string): void {
    this.hide();
    this.owner = target;
    this.box.textContent = text;
    this.box.hidden = false;
    target.setAttribute('aria-describedby', this.box.id);
    const place = target.getBoundingClientRect();
    const boxPlace = this.box.getBoundingClientRect();
    const left = Math.max(8, Math.min(place.left, window.innerWidth - boxPlace.width - 8));
    const below = place.bottom + 6;
    const top = below + boxPlace.height > window.innerHeight ? Math.max(8, place.top - boxPlace.height - 6) : below;
    this.box.style.left = `${left}px`;
    this.box.style.top = `${top}px`;
  }
}
