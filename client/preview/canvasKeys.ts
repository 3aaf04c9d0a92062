export type Direction = 'left' | 'right' | 'up' | 'down';

/** Actions that keys trigger on a drawing that can be moved, zoomed and walked through. */
export interface KeyActions {
  /** Shift with an arrow moves by pixels of the canvas. */
  pan(x: number, y: number): void;
  /** An arrow leads to what is next to the selection. */
  step(direction: Direction): void;
  /** The picture becomes larger for 1 and smaller for -1. */
  zoom(steps: 1 | -1): void;
  fit(): void;
  end(which: 'first' | 'last'): void;
  /** Enter leads to the source of what is selected. */
  open(): void;
  clear(): void;
}

const PAN_STEP = 60;

/** How many pixels a line and a page count, because some mice report these. */
const LINE_PIXELS = 18;
const PAGE_PIXELS = 400;

const ARROWS: ReadonlyMap<string, readonly [direction: Direction, x: number, y: number]> = new Map([
  ['ArrowLeft', ['left', -PAN_STEP, 0]],
  ['ArrowRight', ['right', PAN_STEP, 0]],
  ['ArrowUp', ['up', 0, -PAN_STEP]],
  ['ArrowDown', ['down', 0, PAN_STEP]],
]);

/**
 * Handles the keys that are the same on every drawing. `other` are those of one drawing alone. Keys with ctrl, alt or cmd are the
 * editor's.
 */
export function listenToKeys(
  canvas: HTMLCanvasElement,
  actions: KeyActions,
  other: ReadonlyMap<string, () => void> = new Map(),
): void {
  const keys: ReadonlyMap<string, () => void> = new Map([
    ['+', () => actions.zoom(1)],
    ['=', () => actions.zoom(1)],
    ['-', () => actions.zoom(-1)],
    ['0', () => actions.fit()],
    ['Home', () => actions.end('first')],
    ['End', () => actions.end('last')],
    ['Enter', () => actions.open()],
    ['Escape', () => actions.clear()],
    ...other,
  ]);
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS.get(event.key);
    const run = keys.get(event.key);
    if (arrow) {
      const [direction, x, y] = arrow;
      if (event.shiftKey) actions.pan(x, y);
      else actions.step(direction);
    } else if (run) run();
    else return;
    event.preventDefault();
  });
}

/** How far a wheel was turned, in pixels. */
export function wheelPixels({ deltaX, deltaY, deltaMode }: WheelEvent): readonly [x: number, y: number] {
  const unit =
    deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : deltaMode === WheelEvent.DOM_DELTA_PAGE ? PAGE_PIXELS : 1;
  return [deltaX * unit, deltaY * unit];
}
