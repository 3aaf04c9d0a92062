import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { Heat } from '../../../server/src/services/preview/protocol.ts';
import { type CanvasSize, followSize } from '../canvasSize.ts';
import { currentPalette } from '../theme.ts';
import { between, type Camera, fitting, into, opening, panBy, reveal, type Size, zoomAt } from './camera.ts';
import type { Picture, PictureNode } from './picture.ts';
import type { Marks, Renderer } from './renderer.ts';
import { type Moment, Transition } from './transition.ts';

const GLIDE_MS = 160;

/**
 * The canvas with its camera. It keeps both over updates, draws at most once per frame, and glides unless the system asks for
 * less motion.
 */
export class Viewport {
  private readonly canvas: HTMLCanvasElement;
  private readonly renderer: Renderer;
  private readonly changed: (camera: Camera, size: Size) => void;
  private readonly calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  private picture: Picture | undefined;
  private camera: Camera = { x: 0, y: 0, zoom: 1 };
  private marks: Marks = { selected: undefined, highlighted: new Set(), found: undefined, hovered: undefined };
  private size: Size = { width: 0, height: 0 };
  /** The picture gets its place when the canvas first has a size, because a hidden tab has none. */
  private isPlaced = false;
  /** A node that must come into view as soon as there is a view. */
  private awaited: PictureNode | undefined;
  private isWaiting = false;
  private glide = 0;
  private heat: Heat = 'time';
  /** The picture that is drawn while one picture turns into the next. */
  private moment: Moment | undefined;

  constructor(canvas: HTMLCanvasElement, renderer: Renderer, changed: (camera: Camera, size: Size) => void) {
    this.canvas = canvas;
    this.renderer = renderer;
    this.changed = changed;
    followSize(canvas, (size) => this.resize(size));
  }

  /** Shows another deployment's picture, either anew or as it was left. */
  open(picture: Picture, camera: Camera | undefined): void {
    this.stopGlide();
    this.picture = picture;
    this.awaited = undefined;
    this.isPlaced = camera !== undefined;
    if (camera) this.camera = camera;
    this.place();
    this.redraw();
  }

  /**
   * Shows a newer picture of the same deployment. The first of the ids that both pictures have, or else what is in the middle,
   * keeps its place. Nodes glide to their places if the reader has caused the change (`moves`) and motion is welcome.
   */
  update(picture: Picture, ids: readonly string[], moves: boolean): void {
    const pictureBefore = this.moment?.picture ?? this.picture;
    this.stopGlide();
    this.picture = picture;
    if (pictureBefore) {
      const middle = ids.some((id) => pictureBefore.boxOf(id) && picture.boxOf(id)) ? [] : this.middle(pictureBefore);
      const id =
        [...ids, ...middle].find((candidate) => pictureBefore.boxOf(candidate) && picture.boxOf(candidate)) ?? '';
      const [boxBefore, boxNow] = [pictureBefore.boxOf(id), picture.boxOf(id)];
      const [shiftX, shiftY] = boxBefore && boxNow ? [boxNow.x - boxBefore.x, boxNow.y - boxBefore.y] : [0, 0];
      this.camera = { ...this.camera, x: this.camera.x + shiftX, y: this.camera.y + shiftY };
      if (moves && !this.calm.matches && Transition.isWorthwhile(pictureBefore, picture)) {
        this.play(new Transition(pictureBefore, picture, shiftX, shiftY));
        return;
      }
    }
    this.redraw();
  }

  private middle(picture: Picture): readonly string[] {
    const { camera, size } = this;
    const [x, y] = [camera.x + size.width / 2 / camera.zoom, camera.y + size.height / 2 / camera.zoom];
    return [picture.nearest(x, y)?.node.id ?? ''];
  }

  private play(transition: Transition): void {
    this.animate((share) => {
      this.moment = share === 1 ? undefined : transition.at(share);
    });
  }

  get current(): Camera {
    return this.camera;
  }

  /** Whether there is a picture, and a place from which it is seen. */
  get isOpen(): boolean {
    return this.picture !== undefined && this.isPlaced;
  }

  showHeat(heat: Heat): void {
    this.heat = heat;
    this.redraw();
  }

  /** Moves a point of the picture to the middle. */
  centre(x: number, y: number): void {
    const { size, camera } = this;
    this.jumpTo({ ...camera, x: x - size.width / 2 / camera.zoom, y: y - size.height / 2 / camera.zoom });
  }

  /** The switch that opens or closes a group, if one is drawn at a point of the canvas. */
  switchAt(screenX: number, screenY: number): FoldSwitch | undefined {
    return this.renderer.switchAt(screenX, screenY);
  }

  mark(marks: Marks): void {
    this.marks = marks;
    this.redraw();
  }

  fitAll(): void {
    if (this.picture) this.glideTo(fitting(this.picture, this.size));
  }

  /** Shows all of the first of some boxes that the picture has, or its beginning where all of it could not be read. */
  fitInto(ids: readonly string[]): void {
    const box = ids.flatMap((id) => this.picture?.boxOf(id) ?? [])[0];
    if (!box || !this.isPlaced || this.size.width === 0) return;
    const target = into(this.camera, box, this.size);
    if (target !== this.camera) this.glideTo(target);
  }

  /** Zooms around the selected node, so that it stays in view, or else around the middle. */
  zoomBy(factor: number): void {
    const { camera, size } = this;
    const node = this.picture?.find(this.marks.selected);
    const [x, y] =
      node && this.isInView(node)
        ? [(node.x + node.width / 2 - camera.x) * camera.zoom, (node.y + node.height / 2 - camera.y) * camera.zoom]
        : [size.width / 2, size.height / 2];
    this.glideTo(zoomAt(camera, x, y, factor));
  }

  zoomAt(screenX: number, screenY: number, factor: number): void {
    this.jumpTo(zoomAt(this.camera, screenX, screenY, factor));
  }

  pan(screenX: number, screenY: number): void {
    this.jumpTo(panBy(this.camera, screenX, screenY));
  }

  reveal(node: PictureNode): void {
    if (!this.isPlaced || this.size.width === 0) {
      this.awaited = node;
      return;
    }
    const target = reveal(this.camera, node, this.size);
    if (target.x !== this.camera.x || target.y !== this.camera.y) this.glideTo(target);
  }

  isInView({ x, y, width, height }: PictureNode): boolean {
    const { camera, size } = this;
    return (
      x + width > camera.x &&
      y + height > camera.y &&
      x < camera.x + size.width / camera.zoom &&
      y < camera.y + size.height / camera.zoom
    );
  }

  nodeAt(screenX: number, screenY: number): PictureNode | undefined {
    const { x, y, zoom } = this.camera;
    return this.picture?.at(x + screenX / zoom, y + screenY / zoom);
  }

  redraw(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  private draw(): void {
    if (!this.picture || !this.isPlaced || this.size.width === 0) return;
    const { camera, marks, heat, size } = this;
    const { picture, edges } = this.moment ?? { picture: this.picture, edges: 1 };
    const fontFamily = getComputedStyle(this.canvas).fontFamily;
    this.renderer.draw({ picture, camera, marks, heat, edges, palette: currentPalette(), fontFamily });
    this.changed(camera, size);
  }

  private resize({ width, height, ratio }: CanvasSize): void {
    this.size = { width, height };
    this.renderer.resize(width, height, ratio);
    this.place();
    // Resizing has emptied the canvas. Drawing at once, not in the next frame, avoids a flash.
    this.draw();
  }

  private place(): void {
    if (!this.picture || this.size.width === 0) return;
    if (!this.isPlaced) this.camera = opening(this.picture, this.size);
    this.isPlaced = true;
    if (this.awaited) this.camera = reveal(this.camera, this.awaited, this.size);
    this.awaited = undefined;
  }

  private jumpTo(camera: Camera): void {
    this.stopGlide();
    this.camera = camera;
    this.redraw();
  }

  private glideTo(target: Camera): void {
    if (this.calm.matches) {
      this.jumpTo(target);
      return;
    }
    this.stopGlide();
    const from = this.camera;
    this.animate((share) => {
      this.camera = share === 1 ? target : between(from, target, share * (2 - share));
    });
  }

  /** Calls `show` once per frame with a share of the change that grows from 0 to 1. */
  private animate(show: (share: number) => void): void {
    const start = performance.now();
    const next = (now: number) => {
      const share = Math.min(1, Math.max(0, (now - start) / GLIDE_MS));
      show(share);
      this.glide = share === 1 ? 0 : requestAnimationFrame(next);
      this.draw();
    };
    show(0);
    this.glide = requestAnimationFrame(next);
  }

  private stopGlide(): void {
    if (this.glide !== 0) cancelAnimationFrame(this.glide);
    this.glide = 0;
    this.moment = undefined;
  }
}
