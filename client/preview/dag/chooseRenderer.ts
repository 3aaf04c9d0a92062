import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import { element } from '../dom.ts';
import { CanvasRenderer } from './canvasRenderer.ts';
import { GlRenderer } from './gl/glRenderer.ts';
import type { Frame, Renderer } from './renderer.ts';

/** Names of WebGL that is computed by the processor. Canvas 2D is quicker there. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * Chooses WebGL2 where a graphics card runs it, and Canvas 2D otherwise or once the card is lost. The answer is undefined where
 * the window cannot draw. `under` is where WebGL's own canvas goes, below the one that takes input and text.
 */
export function chooseRenderer(
  under: HTMLElement,
  canvas: HTMLCanvasElement,
  redraw: () => void,
): Renderer | undefined {
  const shapes = element('canvas', { class: 'dag-shapes', 'aria-hidden': 'true' });
  const gl = shapes.getContext('webgl2', { antialias: false, alpha: false });
  if (!gl || SOFTWARE.test(rendererName(gl))) {
    gl?.getExtension('WEBGL_lose_context')?.loseContext();
    // Nothing lies below the canvas, so it can be opaque. A browser without a card only copies an opaque canvas, but would blend
    // another one.
    const opaque = canvas.getContext('2d', { alpha: false });
    return opaque ? new CanvasRenderer(canvas, opaque) : undefined;
  }
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  try {
    const renderer = new Replaceable(new GlRenderer(gl, shapes, canvas, context));
    under.append(shapes);
    shapes.addEventListener('webglcontextlost', () => {
      shapes.remove();
      renderer.replace(new CanvasRenderer(canvas, context));
      redraw();
    });
    return renderer;
  } catch {
    // A card that does not accept the shaders is treated like none.
    return new CanvasRenderer(canvas, context);
  }
}

function rendererName(gl: WebGL2RenderingContext): string {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  return names ? String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)) : '';
}

/** A renderer that another one can replace while it is used. */
class Replaceable implements Renderer {
  private current: Renderer;
  private size: readonly [width: number, height: number, ratio: number] = [0, 0, 1];

  constructor(first: Renderer) {
    this.current = first;
  }

  get name(): string {
    return this.current.name;
  }

  replace(next: Renderer): void {
    this.current = next;
    next.resize(...this.size);
  }

  resize(width: number, height: number, ratio: number): void {
    this.size = [width, height, ratio];
    this.current.resize(width, height, ratio);
  }

  draw(frame: Frame): void {
    this.current.draw(frame);
  }

  switchAt(x: number, y: number): FoldSwitch | undefined {
    return this.current.switchAt(x, y);
  }
}
