import { formatBytes } from '../../../server/src/cost/numbers.ts';
import type { Palette } from '../../../server/src/graph/palette.ts';
import type { PreviewTraffic } from '../../../server/src/services/preview/trafficProtocol.ts';
import { mixed } from '../mixed.ts';
import { heatOf, type Matrix } from './matrix.ts';
import { blocksOf, kindOf, type Unit } from './units.ts';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface MatrixFrame {
  readonly matrix: Matrix;
  readonly traffic: PreviewTraffic;
  readonly palette: Palette;
  readonly fontFamily: string;
  readonly selected: Cell | undefined;
  readonly hovered: Cell | undefined;
  /** Stages that the cursor in the text belongs to. */
  readonly stages: ReadonlySet<number>;
}

/** Where the cells lie on the canvas. */
export interface Grid {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
}

const LEFT = 74;
const TOP = 38;
/** The additional room at the left and the top where blocks have names. */
const BLOCK_ROOM = 20;
const MARGIN = 8;
const LARGEST_CELL = 64;
const LEAST_LABEL_ROOM = 15;
/** The least size in pixels of a cell that has room for its bytes. */
const LEAST_TOLD = 58;
/** The shares of the communication colour for the least and the most bytes. */
const LEAST_HEAT = 0.18;
const MOST_HEAT = 0.95;

export function gridOf({ rows, columns, isNamed }: Matrix, width: number, height: number): Grid {
  const [left, top] = isNamed ? [LEFT + BLOCK_ROOM, TOP + BLOCK_ROOM] : [LEFT, TOP];
  const room = Math.min((width - left - MARGIN) / columns.length, (height - top - MARGIN) / rows.length);
  return { left, top, cell: Math.max(1, Math.min(LARGEST_CELL, room)) };
}

/** The height in pixels that the picture needs at this width, at most `most`. */
export function heightOf(matrix: Matrix, width: number, most: number): number {
  const { top, cell } = gridOf(matrix, width, most);
  return Math.ceil(top + cell * matrix.rows.length + MARGIN);
}

export function cellAt({ rows, columns }: Matrix, { left, top, cell }: Grid, x: number, y: number): Cell | undefined {
  const column = Math.floor((x - left) / cell);
  const row = Math.floor((y - top) / cell);
  return row >= 0 && row < rows.length && column >= 0 && column < columns.length ? { row, column } : undefined;
}

export function drawMatrix(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  ratio: number,
  frame: MatrixFrame,
): void {
  const { matrix, palette } = frame;
  const grid = gridOf(matrix, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, width, height);
  const { left, top, cell } = grid;
  const [right, bottom] = [left + cell * matrix.columns.length, top + cell * matrix.rows.length];
  context.fillStyle = palette.groupFill;
  context.fillRect(left, top, right - left, bottom - top);
  const gap = cell >= 10 ? 1 : 0;
  for (let row = 0; row < matrix.rows.length; row++) {
    for (let column = 0; column < matrix.columns.length; column++) {
      const bytes = matrix.bytes[row * matrix.columns.length + column] ?? 0;
      if (bytes <= 0) continue;
      const share = LEAST_HEAT + (MOST_HEAT - LEAST_HEAT) * heatOf(matrix, bytes);
      const color = mixed(palette.groupFill, palette.nodes.communication.stroke, share);
      context.fillStyle = color;
      context.fillRect(left + column * cell, top + row * cell, Math.max(1, cell - gap), Math.max(1, cell - gap));
      if (cell < LEAST_TOLD) continue;
      context.fillStyle = isLight(color) ? '#000000' : '#ffffff';
      context.font = `10.5px ${frame.fontFamily}`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillText(formatBytes(bytes), left + (column + 0.5) * cell, top + (row + 0.5) * cell, cell - 4);
    }
  }
  borders(context, frame, grid);
  labels(context, frame, grid, width);
  for (const [markedCell, width] of [
    [frame.hovered, 1.5],
    [frame.selected, 2.5],
  ] as const) {
    if (!markedCell) continue;
    context.strokeStyle = palette.text;
    context.lineWidth = width;
    context.strokeRect(left + markedCell.column * cell - 1, top + markedCell.row * cell - 1, cell + 1, cell + 1);
  }
}

/** Lines between scale-up domains, stronger ones between stages, and a frame. */
function borders(context: CanvasRenderingContext2D, { matrix, traffic, palette }: MatrixFrame, grid: Grid): void {
  const { gpus } = traffic;
  const { left, top, cell } = grid;
  const { rows, columns } = matrix;
  const [right, bottom] = [left + cell * columns.length, top + cell * rows.length];
  context.strokeStyle = palette.groupStroke;
  const between = (units: readonly Unit[], draw: (at: number) => void) => {
    for (let index = 1; index < units.length; index++) {
      const [a, b] = [units[index - 1]?.members.at(-1) ?? -1, units[index]?.members[0] ?? -1];
      const isStage = gpus.stage[a] !== gpus.stage[b];
      const isDomain = gpus.domain[a] !== gpus.domain[b] && cell >= 5 && kindOf(units) === 'GPU';
      if (!isStage && !isDomain) continue;
      context.globalAlpha = isStage ? 1 : 0.55;
      context.lineWidth = isStage ? 1.5 : 1;
      context.beginPath();
      draw(index);
      context.stroke();
    }
  };
  between(rows, (index) => {
    context.moveTo(left, top + index * cell - 0.5);
    context.lineTo(right, top + index * cell - 0.5);
  });
  between(columns, (index) => {
    context.moveTo(left + index * cell - 0.5, top);
    context.lineTo(left + index * cell - 0.5, bottom);
  });
  context.globalAlpha = 1;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, right - left + 1, bottom - top + 1);
}

function labels(context: CanvasRenderingContext2D, frame: MatrixFrame, grid: Grid, width: number): void {
  const { left, top, cell } = grid;
  const { matrix, palette, fontFamily, traffic, stages } = frame;
  context.textBaseline = 'middle';
  context.font = `10.5px ${fontFamily}`;
  const draw = (units: readonly Unit[], write: (unit: Unit, middle: number) => void, room: number) => {
    const every = Math.max(1, Math.ceil(room / cell));
    for (let index = 0; index < units.length; index += every) {
      const unit = units[index];
      if (unit) write(unit, (index + 0.5) * cell);
    }
  };
  context.fillStyle = palette.muted;
  context.textAlign = 'right';
  draw(matrix.rows, ({ short }, middle) => context.fillText(short, left - 8, top + middle), LEAST_LABEL_ROOM);
  const widest = Math.max(...matrix.columns.map(({ short }) => context.measureText(short).width));
  context.textAlign = 'center';
  draw(
    matrix.columns,
    ({ short }, middle) => {
      if (left + middle + widest / 2 < width - 2) context.fillText(short, left + middle, top - 11);
    },
    widest + 8,
  );
  context.fillStyle = palette.text;
  context.textAlign = 'left';
  context.fillText(`to ${kindOf(matrix.columns)} →`, left, 9);
  context.fillText(`from ${kindOf(matrix.rows)} ↓`, 4, matrix.isNamed ? top - 11 : 9);
  if (matrix.isNamed) blocks(context, frame, grid);
  if (stages.size === 0) return;
  context.fillStyle = palette.text;
  const isMarked = ({ members }: Unit) => members.some((member) => stages.has(traffic.gpus.stage[member] ?? -1));
  for (const [index, unit] of matrix.rows.entries())
    if (isMarked(unit)) context.fillRect(left - 5, top + index * cell, 3, cell);
  for (const [index, unit] of matrix.columns.entries())
    if (isMarked(unit)) context.fillRect(left + index * cell, top - 5, cell, 3);
}

/** Names of stages and pools along their rows and columns, each with a line as long as its block. */
function blocks(context: CanvasRenderingContext2D, { matrix, traffic, palette }: MatrixFrame, grid: Grid): void {
  const { left, top, cell } = grid;
  const line = BLOCK_ROOM - 2;
  context.textAlign = 'center';
  context.lineWidth = 1;
  const draw = (units: readonly Unit[], turned: boolean) => {
    for (const { name, from, to } of blocksOf(traffic, units)) {
      const [start, end] = [from * cell + 2, to * cell - 2];
      context.save();
      if (turned) {
        context.translate(line, top + end);
        context.rotate(-Math.PI / 2);
      } else context.translate(left + start, TOP - 6);
      context.strokeStyle = palette.groupStroke;
      context.strokeRect(0.5, -0.5, end - start - 1, 0);
      context.fillStyle = palette.text;
      if (context.measureText(name).width <= end - start) context.fillText(name, (end - start) / 2, -9);
      context.restore();
    }
  };
  draw(matrix.rows, true);
  draw(matrix.columns, false);
}

/** Whether black on this colour is legible, by relative luminance (WCAG 2.2). Otherwise white is. */
function isLight(color: string): boolean {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => (Number(part) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
}
