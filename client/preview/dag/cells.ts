import type { Palette } from '../../../server/src/graph/palette.ts';
import type { Size } from './camera.ts';
import { DIMMED, type Frame } from './renderer.ts';

type Channels = readonly [red: number, green: number, blue: number];

/** Steps of heat that a cell's colour distinguishes. */
const STEPS = 16;

/**
 * Nodes that are too small to have a shape, as cells in a buffer of pixels: a hundred thousand rectangles of a few pixels
 * are filled several times faster here than by the canvas. A cell has the colour of its kind, and the hotter it is the
 * more that of heat.
 */
export class Cells {
  private image: ImageData | undefined;
  private pixels = new Uint32Array(0);

  /** Draws over what the canvas shows. */
  draw(context: CanvasRenderingContext2D, frame: Frame, visible: Uint32Array, size: Size, ratio: number): void {
    const width = Math.round(size.width * ratio);
    const height = Math.round(size.height * ratio);
    const pixels = this.read(context, width, height);
    const { picture, camera, palette, marks, heat } = frame;
    const scale = camera.zoom * ratio;
    const colors = colorsOf(palette);
    const dimmed = colorsOf(palette, DIMMED);
    const { boxes, nodes } = picture;
    for (const index of visible) {
      const node = nodes[index]?.node;
      const at = 4 * index;
      const left = Math.max(0, Math.round(((boxes[at] ?? 0) - camera.x) * scale));
      const top = Math.max(0, Math.round(((boxes[at + 1] ?? 0) - camera.y) * scale));
      // At least a pixel, and one free beside it where there is room.
      const right = Math.min(width, Math.max(left + 1, left + Math.floor((boxes[at + 2] ?? 0) * scale)));
      const bottom = Math.min(height, Math.max(top + 1, top + Math.floor((boxes[at + 3] ?? 0) * scale)));
      if (!node) continue;
      const of = marks.found && !marks.found.has(node.id) ? dimmed : colors;
      const color = of[node.kind][Math.round(node.heat[heat] * (STEPS - 1))] ?? 0;
      for (let row = top; row < bottom; row++) pixels.fill(color, row * width + left, row * width + right);
    }
    if (this.image) context.putImageData(this.image, 0, 0);
  }

  private read(context: CanvasRenderingContext2D, width: number, height: number): Uint32Array {
    this.image = context.getImageData(0, 0, width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    return this.pixels;
  }
}

const known = new Map<string, Record<keyof Palette['nodes'], Uint32Array>>();

/** Colours of cells by kind and heat, as pixels; `alpha` over the background. */
function colorsOf(palette: Palette, alpha = 1): Record<keyof Palette['nodes'], Uint32Array> {
  const key = `${palette.background} ${palette.nodes.compute.stroke} ${alpha}`;
  const before = known.get(key);
  if (before) return before;
  const hot = channels(palette.critical);
  const ground = channels(palette.background);
  const of = (kind: keyof Palette['nodes']) => {
    const { fill, stroke } = palette.nodes[kind];
    const cold = mix(channels(fill), channels(stroke), 0.55);
    return Uint32Array.from({ length: STEPS }, (_, step) =>
      pixelOf(mix(ground, mix(cold, hot, step / (STEPS - 1)), alpha)),
    );
  };
  const made = {
    compute: of('compute'),
    communication: of('communication'),
    routing: of('routing'),
    aggregation: of('aggregation'),
    gate: of('gate'),
    source: of('source'),
    sink: of('sink'),
  };
  known.set(key, made);
  return made;
}

function mix(from: Channels, to: Channels, share: number): Channels {
  const at = (index: 0 | 1 | 2) => from[index] + (to[index] - from[index]) * share;
  return [at(0), at(1), at(2)];
}

export function channels(hex: string): Channels {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Little endian, as on every machine that runs an editor. */
function pixelOf([red, green, blue]: Channels): number {
  return ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}
