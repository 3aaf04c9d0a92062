import type { Palette } from '../../../server/src/graph/palette.ts';
import type { TrafficGpus } from '../../../server/src/services/preview/trafficProtocol.ts';
import { mixed } from '../mixed.ts';
import { heatOf, type Matrix } from './matrix.ts';
import { kindOf, type Unit } from './units.ts';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

export interface MatrixFrame {
  readonly matrix: Matrix;
  readonly gpus: TrafficGpus;
  readonly palette: Palette;
  readonly fontFamily: string;
  readonly selected: Cell | undefined;
  readonly hovered: Cell | undefined;
  /** Stages that the cursor in the text is about. */
  readonly stages: ReadonlySet<number>;
}

/** Where the cells lie on the canvas. */
export interface Grid {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
}

const LEFT = 88;
const TOP = 40;
const LARGEST_CELL = 34;
const LEAST_LABEL_ROOM = 15;
/** Parts of the colour of communication that the least and the most bytes have. */
const LEAST_HEAT = 0.14;
const MOST_HEAT = 0.92;

export function gridOf({ rows, columns }: Matrix, width: number, height: number): Grid {
  const room = Math.min((width - LEFT - 8) / columns.length, (height - TOP - 8) / rows.length);
  return { left: LEFT, top: TOP, cell: Math.max(1, Math.min(LARGEST_CELL, room)) };
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
      context.fillStyle = mixed(
        palette.groupFill,
        palette.nodes.communication.stroke,
        LEAST_HEAT + (MOST_HEAT - LEAST_HEAT) * heatOf(matrix, bytes),
      );
      context.fillRect(left + column * cell, top + row * cell, Math.max(1, cell - gap), Math.max(1, cell - gap));
    }
  }
  borders(context, frame, grid);
  labels(context, frame, grid, width);
  for (const [at, width] of [
    [frame.hovered, 1.5],
    [frame.selected, 2.5],
  ] as const) {
    if (!at) continue;
    context.strokeStyle = palette.text;
    context.lineWidth = width;
    context.strokeRect(left + at.column * cell - 1, top + at.row * cell - 1, cell + 1, cell + 1);
  }
}

/** Lines between scale-up domains, stronger ones between stages, and a frame. */
function borders(context: CanvasRenderingContext2D, { matrix, gpus, palette }: MatrixFrame, grid: Grid): void {
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

function labels(context: CanvasRenderingContext2D, frame: MatrixFrame, { left, top, cell }: Grid, width: number): void {
  const { matrix, palette, fontFamily, gpus, stages } = frame;
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
  context.fillText(`to ${kindOf(matrix.columns)} →`, left, 12);
  context.fillText(`from ${kindOf(matrix.rows)} ↓`, 4, 12);
  if (stages.size === 0) return;
  context.fillStyle = palette.text;
  const isMarked = ({ members }: Unit) => members.some((member) => stages.has(gpus.stage[member] ?? -1));
  for (const [index, unit] of matrix.rows.entries())
    if (isMarked(unit)) context.fillRect(left - 5, top + index * cell, 3, cell);
  for (const [index, unit] of matrix.columns.entries())
    if (isMarked(unit)) context.fillRect(left + index * cell, top - 5, cell, 3);
}
