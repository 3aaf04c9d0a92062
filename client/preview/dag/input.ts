import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { Direction } from './navigate.ts';
import type { PictureNode } from './picture.ts';
import type { Viewport } from './viewport.ts';

export interface InputActions {
  click(node: PictureNode | undefined): void;
  hover(node: PictureNode | undefined): void;
  /** An arrow key. */
  step(direction: Direction): void;
  /** Enter: to the source of what is selected. */
  open(): void;
  clear(): void;
  /** A switch beside a title. */
  press(fold: FoldSwitch): void;
  /** Opens, or closes, what is nearest to the selection. */
  fold(open: boolean): void;
  end(which: 'source' | 'sink'): void;
}

/** Movement of the pointer that still counts as a click. */
const CLICK_SLACK = 4;
const PAN_STEP = 60;
const ZOOM_STEP = 1.25;

/** Mouse, touchpad, touch and keyboard on the canvas. */
export function listen(canvas: HTMLCanvasElement, viewport: Viewport, actions: InputActions): void {
  listenToPointers(canvas, viewport, actions);
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      if (event.shiftKey) viewport.pan((event.deltaX + event.deltaY) * unit, 0);
      else {
        // A pinch on a touchpad comes as small deltas with ctrl.
        const speed = event.ctrlKey ? 0.01 : 0.0015;
        viewport.zoomAt(event.offsetX, event.offsetY, Math.exp(-event.deltaY * unit * speed));
      }
    },
    { passive: false },
  );
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (onKey(event, viewport, actions)) event.preventDefault();
  });
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
      actions.hover(isOnSwitch ? undefined : viewport.nodeAt(event.offsetX, event.offsetY));
      return;
    }
    const now = { x: event.offsetX, y: event.offsetY };
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(now.x - other.x, now.y - other.y);
      if (before > 0) viewport.zoomAt((now.x + other.x) / 2, (now.y + other.y) / 2, after / before);
    }
    moved += Math.hypot(now.x - last.x, now.y - last.y);
    if (moved > CLICK_SLACK) {
      canvas.classList.add('panning');
      viewport.pan((last.x - now.x) / pointers.size, (last.y - now.y) / pointers.size);
    }
    pointers.set(event.pointerId, now);
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
  canvas.addEventListener('pointerleave', () => actions.hover(undefined));
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

const WAYS: Readonly<Record<Direction, readonly [x: number, y: number]>> = {
  left: [-PAN_STEP, 0],
  right: [PAN_STEP, 0],
  up: [0, -PAN_STEP],
  down: [0, PAN_STEP],
};

/** Whether the key was one of ours. */
function onKey({ key, shiftKey }: KeyboardEvent, viewport: Viewport, actions: InputActions): boolean {
  const direction = ARROWS[key];
  if (direction) {
    if (shiftKey) viewport.pan(...WAYS[direction]);
    else actions.step(direction);
    return true;
  }
  switch (key) {
    case '+':
    case '=':
      viewport.zoomBy(ZOOM_STEP);
      return true;
    case '-':
      viewport.zoomBy(1 / ZOOM_STEP);
      return true;
    case '0':
      viewport.fitAll();
      return true;
    case 'u':
    case 'U':
      actions.fold(true);
      return true;
    case 'f':
    case 'F':
      actions.fold(false);
      return true;
    case 'Home':
      actions.end('source');
      return true;
    case 'End':
      actions.end('sink');
      return true;
    case 'Enter':
      actions.open();
      return true;
    case 'Escape':
      actions.clear();
      return true;
    default:
      return false;
  }
}
