/** What the pointer and the keyboard ask of the timeline; points are pixels of the canvas. */
export interface TimelineActions {
  click(x: number, y: number): void;
  hover(x: number, y: number, clientX: number, clientY: number): void;
  leave(): void;
  pan(x: number, y: number): void;
  zoom(x: number, factor: number): void;
  /** Around the selection, or the middle. */
  zoomBy(factor: number): void;
  showAll(): void;
  step(direction: 'left' | 'right' | 'up' | 'down'): void;
  end(which: 'first' | 'last'): void;
  open(): void;
  clear(): void;
}

const CLICK_SLACK = 4;
const PAN_STEP = 60;
const WHEEL_SPEED = 0.0022;
const LINE_PIXELS = 16;

export function listen(canvas: HTMLCanvasElement, gutter: () => number, actions: TimelineActions): void {
  listenToPointers(canvas, actions);
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1;
      const [x, y] = [event.deltaX * scale, event.deltaY * scale];
      // Over the names of lanes the wheel scrolls them, as it does with alt; shift and sideways movement go through time.
      if (event.offsetX < gutter() || event.altKey) actions.pan(0, y);
      else if (event.shiftKey) actions.pan(x !== 0 ? x : y, 0);
      else if (Math.abs(x) > Math.abs(y)) actions.pan(x, 0);
      else actions.zoom(event.offsetX, Math.exp(-y * WHEEL_SPEED));
    },
    { passive: false },
  );
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (onKey(event, actions)) event.preventDefault();
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

const ARROWS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const;

const WAYS: Readonly<Record<'left' | 'right' | 'up' | 'down', readonly [x: number, y: number]>> = {
  left: [-PAN_STEP, 0],
  right: [PAN_STEP, 0],
  up: [0, -PAN_STEP],
  down: [0, PAN_STEP],
};

function isArrow(key: string): key is keyof typeof ARROWS {
  return key in ARROWS;
}

/** Whether the key was one of ours. */
function onKey({ key, shiftKey }: KeyboardEvent, actions: TimelineActions): boolean {
  if (isArrow(key)) {
    const direction = ARROWS[key];
    if (shiftKey) actions.pan(...WAYS[direction]);
    else actions.step(direction);
    return true;
  }
  switch (key) {
    case '+':
    case '=':
      actions.zoomBy(1.5);
      return true;
    case '-':
      actions.zoomBy(1 / 1.5);
      return true;
    case '0':
      actions.showAll();
      return true;
    case 'Home':
      actions.end('first');
      return true;
    case 'End':
      actions.end('last');
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
