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
/** Rows of a few lanes are drawn larger, as far as this, to fill the canvas. */
const LARGEST = 2.6;

/** Lanes from top to bottom, larger where there is room for it. */
export function layoutOf({ lanes }: PreviewTimeline, width: number, height: number): Layout {
  const kinds = lanes.map(rowsOf);
  const natural = kinds.reduce((sum, rows) => sum + laneHeight(rows, 1) + LANE_GAP, 0);
  const scale = Math.max(1, Math.min(LARGEST, (height - AXIS_HEIGHT - LANE_GAP) / Math.max(1, natural)));
  let y = AXIS_HEIGHT + 6;
  const placed = lanes.map((lane, index): PlacedLane => {
    const own = kinds[index] ?? [];
    let at = 0;
    const rows = own.map((kind): Row => {
      const row = { kind, y: at, height: Math.round(HEIGHTS[kind] * scale) };
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

function laneHeight(rows: readonly RowKind[], scale: number): number {
  return rows.reduce((sum, kind) => sum + HEIGHTS[kind] * scale + ROW_GAP, 0);
}
