import type { Palette } from '../../../../server/src/graph/palette.ts';
import type { FoldSwitch } from '../../../../server/src/graph/types.ts';
import type { Size } from '../camera.ts';
import { viewOf } from '../canvasRenderer.ts';
import { channels } from '../cells.ts';
import { Overlay } from '../overlay.ts';
import { overlaps, type PictureEdge } from '../picture.ts';
import { type Frame, NAMES_FROM, OUTLINES_FROM, type Renderer } from '../renderer.ts';
import { drawEdges, drawGroups } from '../shapesRenderer.ts';
import {
  BOX_ATTRIBUTES,
  edgeValues,
  groupBoxes,
  KINDS,
  LINE_ATTRIBUTES,
  nodeBoxes,
  TIP_ATTRIBUTES,
} from './buffers.ts';
import { Instances } from './program.ts';
import { BOX_FRAGMENT, BOX_VERTEX, LINE_FRAGMENT, LINE_VERTEX, TIP_FRAGMENT, TIP_VERTEX } from './shaders.ts';

/**
 * WebGL2. Shapes and edges lie on the graphics card, so that a frame only moves the camera and draws them again. Text and marks
 * are drawn over them in Canvas 2D.
 */
export class GlRenderer implements Renderer {
  readonly name = 'webgl';
  private readonly gl: WebGL2RenderingContext;
  private readonly canvas: HTMLCanvasElement;
  private readonly over: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly overlay: Overlay;
  private readonly groups: Instances;
  private readonly nodes: Instances;
  private readonly lines: Instances;
  private readonly criticalLines: Instances;
  private readonly tips: Instances;
  private size: Size = { width: 0, height: 0 };
  private ratio = 1;
  /** The parts of the last frame that are uploaded to the card. */
  private uploaded: Pick<Frame, 'picture' | 'marks' | 'heat'> | undefined;

  /** @throws an Error where the card does not accept the shaders. */
  constructor(
    gl: WebGL2RenderingContext,
    canvas: HTMLCanvasElement,
    over: HTMLCanvasElement,
    context: CanvasRenderingContext2D,
  ) {
    this.gl = gl;
    this.canvas = canvas;
    this.over = over;
    this.context = context;
    this.overlay = new Overlay(context);
    this.groups = new Instances(gl, BOX_VERTEX, BOX_FRAGMENT, BOX_ATTRIBUTES);
    this.nodes = new Instances(gl, BOX_VERTEX, BOX_FRAGMENT, BOX_ATTRIBUTES);
    this.lines = new Instances(gl, LINE_VERTEX, LINE_FRAGMENT, LINE_ATTRIBUTES);
    this.criticalLines = new Instances(gl, LINE_VERTEX, LINE_FRAGMENT, LINE_ATTRIBUTES);
    this.tips = new Instances(gl, TIP_VERTEX, TIP_FRAGMENT, TIP_ATTRIBUTES);
    gl.enable(gl.BLEND);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  resize(width: number, height: number, ratio: number): void {
    this.size = { width, height };
    this.ratio = ratio;
    for (const canvas of [this.canvas, this.over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    this.overlay.resize(this.size);
  }

  switchAt(x: number, y: number): FoldSwitch | undefined {
    return this.overlay.switchAt(x, y);
  }

  draw(frame: Frame): void {
    this.upload(frame);
    this.drawShapes(frame);
    const { context, size } = this;
    const { picture } = frame;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.globalAlpha = 1;
    context.clearRect(0, 0, size.width, size.height);
    const view = viewOf(frame, size);
    const groups = picture.groups.filter((group) => overlaps(group, view));
    drawGroups(
      context,
      frame,
      groups.filter(({ group }) => group.kind === 'gpu'),
    );
    drawEdges(context, frame, touching(frame));
    const visible = frame.camera.zoom >= OUTLINES_FROM ? picture.nodesWithin(view) : new Uint32Array(0);
    this.overlay.draw(frame, visible, groups);
  }

  private upload({ picture, marks, heat }: Frame): void {
    const uploadedBefore = this.uploaded;
    const isSame = uploadedBefore?.picture === picture && uploadedBefore.marks.found === marks.found;
    if (isSame && uploadedBefore.heat === heat) return;
    this.uploaded = { picture, marks, heat };
    this.nodes.upload(nodeBoxes({ picture, marks, heat }));
    if (isSame) return;
    const { lines, tips } = edgeValues({ picture, marks }, picture.edges);
    this.lines.upload(lines);
    this.tips.upload(tips);
    this.criticalLines.upload(
      edgeValues(
        { picture, marks },
        picture.edges.filter(({ critical }) => critical),
      ).lines,
    );
    if (uploadedBefore?.picture !== picture) this.groups.upload(groupBoxes(picture.groups));
  }

  private drawShapes(frame: Frame): void {
    const { gl } = this;
    const { camera, palette, edges } = frame;
    const [red, green, blue] = shares(palette.background);
    gl.clearColor(red, green, blue, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const areCells = camera.zoom < OUTLINES_FROM;
    const boxes = (instances: Instances) => {
      this.place(instances, frame);
      instances.set('cells', [areCells ? 1 : 0]);
      const { fills, strokes } = colorsOf(palette);
      instances.setColors('fills', fills);
      instances.setColors('strokes', strokes);
      instances.set('heated', shares(palette.critical));
      instances.draw();
    };
    const lines = (instances: Instances) => {
      this.place(instances, frame);
      instances.set('edges', [edges]);
      instances.setColors('colors', [...shares(palette.edge), ...shares(palette.critical)]);
      instances.draw();
    };
    boxes(this.groups);
    if (areCells) {
      boxes(this.nodes);
      lines(this.criticalLines);
      return;
    }
    lines(this.lines);
    if (camera.zoom >= NAMES_FROM) lines(this.tips);
    boxes(this.nodes);
  }

  private place(instances: Instances, { camera }: Frame): void {
    instances.use();
    instances.set('camera', [camera.x, camera.y, camera.zoom]);
    instances.set('size', [this.size.width, this.size.height]);
    instances.set('ratio', [this.ratio]);
  }
}

/** Edges of the selected node. They are drawn again over the others, so that they stand out. */
function touching({ picture, marks }: Frame): readonly PictureEdge[] {
  const selected = picture.find(marks.selected)?.index;
  return selected === undefined ? [] : picture.edges.filter(({ from, to }) => from === selected || to === selected);
}

function colorsOf({ nodes, groupFill, groupStroke, background }: Palette) {
  const stroke = shares(groupStroke);
  return {
    fills: [...KINDS.flatMap((kind) => shares(nodes[kind].fill)), ...shares(groupFill), ...shares(background)],
    strokes: [...KINDS.flatMap((kind) => shares(nodes[kind].stroke)), ...stroke, ...stroke],
  };
}

/** A colour as shares of full red, green and blue. */
function shares(hex: string): readonly [number, number, number] {
  const [red, green, blue] = channels(hex);
  return [red / 255, green / 255, blue / 255];
}
