import type { Palette } from '../../../server/src/graph/palette.ts';
import type { Size } from './camera.ts';
import { KINDS } from './gl/buffers.ts';
import type { PictureGroup } from './picture.ts';
import { DIMMED, type Frame } from './renderer.ts';
import { colorsAs } from './shapes.ts';

type Channels = readonly [red: number, green: number, blue: number];

/** Steps of heat that a cell's colour distinguishes. */
const STEPS = 16;
/** Where the colours begin of nodes that the search has not found. They follow those of the nodes that it has found. */
const FROM_DIMMED = KINDS.length * STEPS;

/**
 * Nodes that are too small to have a shape, drawn as cells in a buffer of pixels. A hundred thousand rectangles of a few pixels
 * are filled several times faster here than by the canvas. A cell has the colour of its kind, mixed with more of the heat colour
 * the hotter it is. The frames of groups lie in the same buffer, so that nothing has to be read back from the canvas.
 */
export class Cells {
  private image: ImageData | undefined;
  private pixels = new Uint32Array(0);
  private colorPlaces:
    | { readonly source: Pick<Frame, 'picture' | 'heat' | 'marks'>; readonly places: Uint8Array }
    | undefined;

  /** Covers all of the canvas. `groups` are those in view, outermost first; `visible` holds the indexes of the nodes in view. */
  draw(
    context: CanvasRenderingContext2D,
    frame: Frame,
    groups: readonly PictureGroup[],
    visible: Uint32Array,
    size: Size,
    ratio: number,
  ): void {
    const image = this.sized(Math.round(size.width * ratio), Math.round(size.height * ratio));
    this.pixels.fill(pixelOf(channels(frame.palette.background)));
    for (const group of groups) if (group.group.kind !== 'gpu') this.group(frame, group, ratio);
    this.nodes(frame, visible, ratio);
    context.putImageData(image, 0, 0);
  }

  private sized(width: number, height: number): ImageData {
    if (this.image?.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    return this.image;
  }

  /** Corners are not rounded because their radius is only a pixel at this zoom. The line lies on both sides of the edge. */
  private group({ camera, palette }: Frame, { group, x, y, width, height }: PictureGroup, ratio: number): void {
    const scale = camera.zoom * ratio;
    const line = Math.max(1, Math.round(ratio));
    const left = Math.round((x - camera.x) * scale - line / 2);
    const top = Math.round((y - camera.y) * scale - line / 2);
    const right = Math.round((x + width - camera.x) * scale + line / 2);
    const bottom = Math.round((y + height - camera.y) * scale + line / 2);
    this.fill(pixelOf(channels(palette.groupStroke)), left, top, right, bottom);
    const fill = group.kind === 'layer' ? palette.background : palette.groupFill;
    this.fill(pixelOf(channels(fill)), left + line, top + line, right - line, bottom - line);
  }

  private fill(color: number, left: number, top: number, right: number, bottom: number): void {
    const { width = 0, height = 0 } = this.image ?? {};
    const [from, to] = [Math.max(0, left), Math.min(width, right)];
    if (to <= from) return;
    for (let row = Math.max(0, top); row < Math.min(height, bottom); row++)
      this.pixels.fill(color, row * width + from, row * width + to);
  }

  private nodes(frame: Frame, visible: Uint32Array, ratio: number): void {
    const { width = 0, height = 0 } = this.image ?? {};
    const { pixels } = this;
    const { camera, palette, picture } = frame;
    const { boxes } = picture;
    const scale = camera.zoom * ratio;
    const colors = colorsOf(palette);
    const places = this.placesOf(frame);
    for (let at = 0; at < visible.length; at++) {
      const index = visible[at] ?? 0;
      const box = 4 * index;
      const left = Math.round(((boxes[box] ?? 0) - camera.x) * scale);
      const top = Math.round(((boxes[box + 1] ?? 0) - camera.y) * scale);
      // At least one pixel, with a free one beside it where there is room.
      const right = Math.min(width, left + Math.max(1, Math.floor((boxes[box + 2] ?? 0) * scale)));
      const bottom = Math.min(height, top + Math.max(1, Math.floor((boxes[box + 3] ?? 0) * scale)));
      const color = colors[places[index] ?? 0] ?? 0;
      const from = Math.max(0, left);
      for (let row = Math.max(0, top); row < bottom; row++) {
        const end = row * width + right;
        for (let pixel = row * width + from; pixel < end; pixel++) pixels[pixel] = color;
      }
    }
  }

  /** The place of each node's colour among all colours. Kind, heat and whether a node is found do not change with the camera. */
  private placesOf({ picture, heat, marks }: Frame): Uint8Array {
    const source = this.colorPlaces?.source;
    if (this.colorPlaces && source?.picture === picture && source.heat === heat && source.marks.found === marks.found)
      return this.colorPlaces.places;
    const places = Uint8Array.from(picture.nodes, ({ node }) => {
      const isDimmed = marks.found !== undefined && !marks.found.has(node.id);
      const step = Math.round(node.heat[heat] * (STEPS - 1));
      return (isDimmed ? FROM_DIMMED : 0) + KINDS.indexOf(colorsAs(node)) * STEPS + step;
    });
    this.colorPlaces = { source: { picture, heat, marks }, places };
    return places;
  }
}

const cachedColors = new Map<string, Uint32Array>();

/** Colours of cells by kind and heat, as pixels, followed by those for nodes that the search has not found. */
function colorsOf(palette: Palette): Uint32Array {
  const key = `${palette.background} ${palette.nodes.compute.stroke}`;
  const colorsOfPalette = cachedColors.get(key);
  if (colorsOfPalette) return colorsOfPalette;
  const hot = channels(palette.critical);
  const ground = channels(palette.background);
  const colors = Uint32Array.from(
    [1, DIMMED].flatMap((alpha) =>
      KINDS.flatMap((kind) => {
        const { fill, stroke } = palette.nodes[kind];
        const cold = mix(channels(fill), channels(stroke), 0.55);
        return Array.from({ length: STEPS }, (_, step) =>
          pixelOf(mix(ground, mix(cold, hot, step / (STEPS - 1)), alpha)),
        );
      }),
    ),
  );
  cachedColors.set(key, colors);
  return colors;
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
