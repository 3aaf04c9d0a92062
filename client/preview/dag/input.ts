import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import { type Direction, listenToKeys, wheelPixels } from '../canvasKeys.ts';
import type { PictureNode } from './picture.ts';
import type { Viewport } from './viewport.ts';

export interface InputActions {
  click(node: PictureNode | undefined): void;
  /** The pointer is over a node, or over none, at a point of the window. */
  hover(node: PictureNode | undefined, x: number, y: number): void;
  /** An arrow key was pressed. */
  step(direction: Direction): void;
  /** Enter leads to the source of what is selected. */
  open(): void;
  clear(): void;
  /** A switch beside a title was clicked. */
  press(fold: FoldSwitch): void;
  /** Opens or closes the nearest group around the selection. */
  fold(open: boolean): void;
  end(which: 'source' | 'sink'): void;
}

/** How many pixels the pointer may move in a click. */
const CLICK_SLACK = 4;
const ZOOM_STEP = 1.25;

/** Mouse, touchpad, touch and keyboard on the canvas. */
export function listen(canvas: HTMLCanvasElement, viewport: Viewport, actions: InputActions): void {
  listenToPointers(canvas, viewport, actions);
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const [x, y] = wheelPixels(event);
      if (event.shiftKey) viewport.pan(x + y, 0);
      else {
        // A pinch on a touchpad comes as small deltas with ctrl.
        const speed = event.ctrlKey ? 0.01 : 0.0015;
        viewport.zoomAt(event.offsetX, event.offsetY, Math.exp(-y * speed));
      }
    },
    { passive: false },
  );
  const unfold = () => actions.fold(true);
  const fold = () => actions.fold(false);
  listenToKeys(
    canvas,
    {
      pan: (x, y) => viewport.pan(x, y),
      step: (direction) => actions.step(direction),
      zoom: (steps) => viewport.zoomBy(ZOOM_STEP ** steps),
      fit: () => viewport.fitAll(),
      end: (which) => actions.end(which === 'first' ? 'source' : 'sink'),
      open: () => actions.open(),
      clear: () => actions.clear(),
    },
    new Map([
      ['u', unfold],
      ['U', unfold],
      ['f', fold],
      ['F', fold],
    ]),
  );
}

function listenToPointers(canvas: HTMLCanvasElement, viewport: Viewport, actions: InputActions): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let moved = 0;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 && event.button !== 1) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    moved = pointers.size > 1 ? CLICK_SLACK + 1 : 0;
  });
  canvas.addEventListener('pointermove', (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) {
      const isOnSwitch = viewport.switchAt(event.offsetX, event.offsetY) !== undefined;
      canvas.classList.toggle('over-switch', isOnSwitch);
      actions.hover(
        isOnSwitch ? undefined : viewport.nodeAt(event.offsetX, event.offsetY),
        event.clientX,
        event.clientY,
      );
      return;
    }
    const position = { x: event.offsetX, y: event.offsetY };
    const otherPointer = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (otherPointer) {
      const distanceBefore = Math.hypot(last.x - otherPointer.x, last.y - otherPointer.y);
      const distanceAfter = Math.hypot(position.x - otherPointer.x, position.y - otherPointer.y);
      if (distanceBefore > 0)
        viewport.zoomAt(
          (position.x + otherPointer.x) / 2,
          (position.y + otherPointer.y) / 2,
          distanceAfter / distanceBefore,
        );
    }
    moved += Math.hypot(position.x - last.x, position.y - last.y);
    if (moved > CLICK_SLACK) {
      canvas.classList.add('panning');
      viewport.pan((last.x - position.x) / pointers.size, (last.y - position.y) / pointers.size);
    }
    pointers.set(event.pointerId, position);
  });
  const release = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    canvas.classList.remove('panning');
    if (event.type !== 'pointerup' || event.button !== 0 || moved > CLICK_SLACK) return;
    const fold = viewport.switchAt(event.offsetX, event.offsetY);
    if (fold) actions.press(fold);
    else actions.click(viewport.nodeAt(event.offsetX, event.offsetY));
  };
  canvas.addEventListener('dblclick', (event) => {
    const id = viewport.nodeAt(event.offsetX, event.offsetY)?.node.opens;
    const isOnSwitch = viewport.switchAt(event.offsetX, event.offsetY) !== undefined;
    if (id !== undefined && !isOnSwitch) actions.press({ id, label: '', open: false });
  });
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => actions.hover(undefined, 0, 0));
}
