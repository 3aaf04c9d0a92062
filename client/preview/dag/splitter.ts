import { element, setAttributes } from '../dom.ts';

/** Narrowest and widest list beside the picture, in CSS pixels. */
export const LIST_WIDTHS = { least: 220, most: 640, initial: 320 };
/** How far a key moves the border. */
const STEP = 24;

/** The border between the picture and the list beside it, which a pointer drags and arrow keys move. */
export class Splitter {
  readonly root = element('div', {
    class: 'splitter',
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'vertical',
    'aria-label': 'Width of the list',
    'aria-valuemin': LIST_WIDTHS.least,
    'aria-valuemax': LIST_WIDTHS.most,
  });
  private width: number;
  private readonly changed: (width: number) => void;

  constructor(width: number, changed: (width: number) => void) {
    this.width = width;
    this.changed = changed;
    this.say();
    this.root.addEventListener('pointerdown', (event) => this.drag(event));
    this.root.addEventListener('dblclick', () => this.set(LIST_WIDTHS.initial));
    this.root.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.set(this.width + by);
    });
  }

  private drag(event: PointerEvent): void {
    const [from, before] = [event.clientX, this.width];
    const move = ({ clientX }: PointerEvent) => this.set(before + from - clientX);
    const end = () => this.root.removeEventListener('pointermove', move);
    this.root.setPointerCapture(event.pointerId);
    this.root.addEventListener('pointermove', move);
    this.root.addEventListener('lostpointercapture', end, { once: true });
  }

  private set(width: number): void {
    const within = Math.round(Math.max(LIST_WIDTHS.least, Math.min(LIST_WIDTHS.most, width)));
    if (within === this.width) return;
    this.width = within;
    this.say();
    this.changed(within);
  }

  private say(): void {
    setAttributes(this.root, { 'aria-valuenow': this.width });
  }
}
