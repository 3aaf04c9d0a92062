import { element } from '../dom.ts';
import { currentPalette } from '../theme.ts';
import type { Camera, Size } from './camera.ts';
import type { Picture } from './picture.ts';
import { colorsAs } from './shapes.ts';

const WIDTH = 190;
const HEIGHT = 130;
/** If a larger share of the picture than this is in view, nobody needs the map. */
const MOST_IN_VIEW = 0.6;
/** On a smaller canvas the map would cover too much of the picture. */
const LEAST = { width: 600, height: 340 };

/**
 * The whole picture in a corner of the canvas, with a frame around what is in view. A click or a drag goes there. The map is only
 * for the pointer: the keyboard has `0`, arrows and the tree instead.
 */
export class Minimap {
  readonly root = element('div', { class: 'minimap', 'aria-hidden': 'true', hidden: true });
  private readonly canvas = element('canvas', { class: 'minimap-canvas' });
  private readonly view = element('div', { class: 'minimap-view' });
  private readonly go: (x: number, y: number) => void;
  private picture: Picture | undefined;
  /** What was drawn last, so that it is not drawn twice. */
  private drawn: { readonly picture: Picture; readonly background: string } | undefined;

  constructor(go: (x: number, y: number) => void) {
    this.go = go;
    this.root.append(this.canvas, this.view);
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      this.goTo(event);
    });
    this.root.addEventListener('pointermove', (event) => {
      if (this.root.hasPointerCapture(event.pointerId)) this.goTo(event);
    });
  }

  show(picture: Picture): void {
    this.picture = picture;
  }

  /** Follows the camera. The map is hidden where almost everything is in view, or where there is no room. */
  follow(camera: Camera, size: Size): void {
    const { picture } = this;
    if (!picture) return;
    const [width, height] = [size.width / camera.zoom, size.height / camera.zoom];
    const inView = coveredShare(camera.x, width, picture.width) * coveredShare(camera.y, height, picture.height);
    this.root.hidden = inView > MOST_IN_VIEW || size.width < LEAST.width || size.height < LEAST.height;
    if (this.root.hidden) return;
    this.draw(picture);
    const scale = scaleOf(picture);
    const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));
    const left = clamp(camera.x, picture.width) * scale;
    const top = clamp(camera.y, picture.height) * scale;
    const { style } = this.view;
    // The compositor moves the frame, so nothing is laid out or painted while the camera pans.
    style.transform = `translate(${left}px, ${top}px)`;
    style.width = `${Math.max(4, clamp(camera.x + width, picture.width) * scale - left)}px`;
    style.height = `${Math.max(4, clamp(camera.y + height, picture.height) * scale - top)}px`;
  }

  private draw(picture: Picture): void {
    const palette = currentPalette();
    if (this.drawn?.picture === picture && this.drawn.background === palette.background) return;
    this.drawn = { picture, background: palette.background };
    const scale = scaleOf(picture);
    const ratio = window.devicePixelRatio;
    const [width, height] = [picture.width * scale, picture.height * scale];
    const { canvas } = this;
    canvas.width = Math.ceil(width * ratio);
    canvas.height = Math.ceil(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.scale(ratio * scale, ratio * scale);
    context.lineWidth = 0.6 / scale;
    context.strokeStyle = palette.groupStroke;
    for (const { group, ...box } of picture.groups)
      if (group.kind === 'stage') context.strokeRect(box.x, box.y, box.width, box.height);
    for (const { node, ...box } of picture.nodes) {
      context.fillStyle = palette.nodes[colorsAs(node)].stroke;
      context.fillRect(box.x, box.y, Math.max(box.width, 1 / scale), Math.max(box.height, 1 / scale));
    }
  }

  private goTo({ clientX, clientY }: PointerEvent): void {
    if (!this.picture) return;
    const { left, top } = this.canvas.getBoundingClientRect();
    const scale = scaleOf(this.picture);
    this.go((clientX - left) / scale, (clientY - top) / scale);
  }
}

function scaleOf({ width, height }: Size): number {
  return Math.min(WIDTH / Math.max(1, width), HEIGHT / Math.max(1, height));
}

/** The share of a whole, which starts at 0, that a part of it covers. */
function coveredShare(start: number, length: number, whole: number): number {
  return Math.max(0, Math.min(start + length, whole) - Math.max(start, 0)) / Math.max(1, whole);
}
