import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { Rectangle, Size } from './camera.ts';
import { Cells } from './cells.ts';
import { Overlay } from './overlay.ts';
import { overlaps } from './picture.ts';
import { type Frame, OUTLINES_FROM, type Renderer } from './renderer.ts';
import { drawEdges, drawGroups, drawNodes } from './shapesRenderer.ts';

/** Draws on Canvas 2D. The work follows what is in view; text and lines keep a legible size at every zoom. */
export class CanvasRenderer implements Renderer {
  readonly name = 'canvas';
  private readonly context: CanvasRenderingContext2D;
  private readonly canvas: HTMLCanvasElement;
  private readonly overlay: Overlay;
  private readonly cells = new Cells();
  private size: Size = { width: 0, height: 0 };
  private ratio = 1;

  constructor(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D) {
    this.canvas = canvas;
    this.context = context;
    this.overlay = new Overlay(context);
  }

  resize(width: number, height: number, ratio: number): void {
    this.size = { width, height };
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.overlay.resize(this.size);
  }

  switchAt(x: number, y: number): FoldSwitch | undefined {
    return this.overlay.switchAt(x, y);
  }

  draw(frame: Frame): void {
    const { context, size } = this;
    const { picture, camera, palette } = frame;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.globalAlpha = 1;
    const view = viewOf(frame, size);
    const groups = picture.groups.filter((group) => overlaps(group, view));
    const visible = picture.nodesWithin(view);
    if (camera.zoom >= OUTLINES_FROM) {
      context.fillStyle = palette.background;
      context.fillRect(0, 0, size.width, size.height);
      drawGroups(context, frame, groups);
      drawEdges(context, frame, picture.edgesWithin(view));
      drawNodes(context, frame, visible);
    } else {
      this.cells.draw(context, frame, groups, visible, size, this.ratio);
      drawEdges(context, frame, picture.criticalWithin(view));
    }
    this.overlay.draw(frame, visible, groups);
  }
}

/** The part of the picture that is in view. */
export function viewOf({ camera }: Frame, { width, height }: Size): Rectangle {
  return { x: camera.x, y: camera.y, width: width / camera.zoom, height: height / camera.zoom };
}
