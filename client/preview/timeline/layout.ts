import type { PreviewTimeline, TimelineLane } from '../../../server/src/services/preview/timelineProtocol.ts';

/** What stands in a row: whole micro-batches, the operations inside them by stream, or transfers. */
export type RowKind = 'micro' | 'compute' | 'beside' | 'communication' | 'transfer';

export interface Row {
  readonly kind: RowKind;
  /** From the top of the lane. */
  readonly y: number;
  readonly height: number;
}

export interface PlacedLane {
  readonly lane: TimelineLane;
  readonly index: number;
  readonly y: number;
  readonly height: number;
  readonly rows: readonly Row[];
}

export interface Layout {
  readonly lanes: readonly PlacedLane[];
  readonly height: number;
  /** Room for the names of lanes and rows, on the left. */
  readonly gutter: number;
}

/** Numbers of rows in a pass. */
export const ROW_NUMBERS: Readonly<Record<'compute' | 'beside' | 'communication', number>> = {
  compute: 0,
  beside: 1,
  communication: 2,
};

export const ROW_NAMES: Readonly<Record<RowKind, string>> = {
  micro: 'Micro-batches',
  compute: 'Computation',
  beside: 'Shared experts',
  communication: 'Communication',
  transfer: 'To next stage',
};

export const AXIS_HEIGHT = 26;
const HEIGHTS: Readonly<Record<RowKind, number>> = {
  micro: 17,
  compute: 13,
  beside: 10,
  communication: 13,
  transfer: 7,
};
const ROW_GAP = 2;
const LANE_GAP = 11;
/** Rows of a few lanes are drawn larger, as far as these, to fill the canvas. */
const LARGEST: Readonly<Record<RowKind, number>> = {
  micro: 38,
  compute: 96,
  beside: 56,
  communication: 96,
  transfer: 26,
};

/** Lanes from top to bottom, larger where there is room for it. */
export function layoutOf({ lanes }: PreviewTimeline, width: number, height: number): Layout {
  const kinds = lanes.map(rowsOf);
  const scale = scaleOf(kinds, height - AXIS_HEIGHT - LANE_GAP);
  let y = AXIS_HEIGHT + 6;
  const placed = lanes.map((lane, index): PlacedLane => {
    const own = kinds[index] ?? [];
    let at = 0;
    const rows = own.map((kind): Row => {
      const row = { kind, y: at, height: rowHeight(kind, scale) };
      at += row.height + ROW_GAP;
      return row;
    });
    const one = { lane, index, y, height: at - ROW_GAP, rows };
    y += one.height + LANE_GAP;
    return one;
  });
  return { lanes: placed, height: y, gutter: width < 560 ? 76 : 148 };
}

function rowsOf({ rows, transfers }: TimelineLane): readonly RowKind[] {
  const operations = (['compute', 'beside', 'communication'] as const).filter((kind) =>
    rows.includes(ROW_NUMBERS[kind]),
  );
  return ['micro', ...operations, ...(transfers.pass.length > 0 ? (['transfer'] as const) : [])];
}

function rowHeight(kind: RowKind, scale: number): number {
  return Math.round(Math.min(LARGEST[kind], HEIGHTS[kind] * scale));
}

/** The largest scale, at least 1, at which all lanes have room. */
function scaleOf(lanes: readonly (readonly RowKind[])[], room: number): number {
  const needed = (scale: number) =>
    lanes.reduce((sum, rows) => rows.reduce((own, kind) => own + rowHeight(kind, scale) + ROW_GAP, sum) + LANE_GAP, 0);
  let scale = 1;
  while (scale < 8 && needed(scale * 1.05) <= room) scale *= 1.05;
  return scale;
}
