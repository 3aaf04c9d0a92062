import { type Direction, listenToKeys, wheelPixels } from '../canvasKeys.ts';

/** Actions that the pointer and the keyboard trigger on the timeline. Points are pixels of the canvas. */
export interface TimelineActions {
  click(x: number, y: number): void;
  hover(x: number, y: number, clientX: number, clientY: number): void;
  leave(): void;
  pan(x: number, y: number): void;
  zoom(x: number, factor: number): void;
  /** Zooms around the selection, or around the middle. */
  zoomBy(factor: number): void;
  showAll(): void;
  step(direction: Direction): void;
  end(which: 'first' | 'last'): void;
  open(): void;
  clear(): void;
}

const CLICK_SLACK = 4;
const WHEEL_SPEED = 0.0022;
const ZOOM_STEP = 1.5;

export function listen(canvas: HTMLCanvasElement, gutter: () => number, actions: TimelineActions): void {
  listenToPointers(canvas, actions);
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const [x, y] = wheelPixels(event);
      // Over the names of lanes, or with alt, the wheel scrolls the lanes. With shift, or when turned sideways, it moves through
      // time.
      if (event.offsetX < gutter() || event.altKey) actions.pan(0, y);
      else if (event.shiftKey) actions.pan(x !== 0 ? x : y, 0);
      else if (Math.abs(x) > Math.abs(y)) actions.pan(x, 0);
      else actions.zoom(event.offsetX, Math.exp(-y * WHEEL_SPEED));
    },
    { passive: false },
  );
  listenToKeys(canvas, {
    pan: (x, y) => actions.pan(x, y),
    step: (direction) => actions.step(direction),
    zoom: (steps) => actions.zoomBy(ZOOM_STEP ** steps),
    fit: () => actions.showAll(),
    end: (which) => actions.end(which),
    open: () => actions.open(),
    clear: () => actions.clear(),
  });
}

function listenToPointers(canvas: HTMLCanvasElement, actions: TimelineActions): void {
  let last: { x: number; y: number } | undefined;
  let moved = 0;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 && event.button !== 1) return;
    canvas.setPointerCapture(event.pointerId);
    last = { x: event.offsetX, y: event.offsetY };
    moved = 0;
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last) {
      actions.hover(event.offsetX, event.offsetY, event.clientX, event.clientY);
      return;
    }
    moved += Math.hypot(event.offsetX - last.x, event.offsetY - last.y);
    if (moved > CLICK_SLACK) {
      canvas.classList.add('panning');
      actions.leave();
      actions.pan(last.x - event.offsetX, last.y - event.offsetY);
    }
    last = { x: event.offsetX, y: event.offsetY };
  });
  const release = (event: PointerEvent) => {
    if (!last) return;
    last = undefined;
    canvas.classList.remove('panning');
    if (event.type === 'pointerup' && event.button === 0 && moved <= CLICK_SLACK)
      actions.click(event.offsetX, event.offsetY);
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => actions.leave());
}
