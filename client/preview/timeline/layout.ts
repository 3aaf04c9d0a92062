import type { PreviewTimeline, TimelineLane } from '../../../server/src/services/preview/timelineProtocol.ts';

/** What a row shows: whole micro-batches, the operations inside them by stream, or transfers. */
export type RowKind = 'micro' | 'compute' | 'beside' | 'communication' | 'transfer';

export interface Row {
  readonly kind: RowKind;
  /** Measured from the top of the lane. */
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
  /** The gap between two lanes. */
  readonly gap: number;
}

/** The numbers that rows have in a pass. */
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
/** If there are many lanes, their rows become lower, down to these heights, so that all are in view. */
const LEAST: Readonly<Record<RowKind, number>> = {
  micro: 13,
  compute: 6,
  beside: 5,
  communication: 6,
  transfer: 4,
};
/** If there are few lanes, their rows become higher, up to these heights, to fill the canvas. Names stand upright in them. */
const LARGEST: Readonly<Record<RowKind, number>> = {
  micro: 48,
  compute: 320,
  beside: 150,
  communication: 240,
  transfer: 34,
};
const SCALE_STEP = 1.04;
const LARGEST_SCALE = 25;
const LEAST_SCALE = 0.4;

/** Lanes from top to bottom, higher where there is room for it and lower where there are many. */
export function layoutOf({ lanes }: PreviewTimeline, width: number, height: number): Layout {
  const kinds = lanes.map(rowsOf);
  const scale = scaleOf(kinds, height - AXIS_HEIGHT - TOP_GAP);
  const { row: rowGap, lane: gap } = gapsOf(scale);
  let y = AXIS_HEIGHT + TOP_GAP;
  const placed = lanes.map((lane, index): PlacedLane => {
    const rowKinds = kinds[index] ?? [];
    let rowTop = 0;
    const rows = rowKinds.map((kind): Row => {
      const row = { kind, y: rowTop, height: rowHeight(kind, scale) };
      rowTop += row.height + rowGap;
      return row;
    });
    const placedLane = { lane, index, y, height: rowTop - rowGap, rows };
    y += placedLane.height + gap;
    return placedLane;
  });
  return { lanes: placed, height: y, gutter: width < 560 ? 76 : 148, gap };
}

function rowsOf({ rows, transfers }: TimelineLane): readonly RowKind[] {
  const operations = (['compute', 'beside', 'communication'] as const).filter((kind) =>
    rows.includes(ROW_NUMBERS[kind]),
  );
  return ['micro', ...operations, ...(transfers.pass.length > 0 ? (['transfer'] as const) : [])];
}

const TOP_GAP = 6;

function gapsOf(scale: number): { readonly row: number; readonly lane: number } {
  return scale < 1 ? { row: 1, lane: 8 } : { row: 2, lane: 11 };
}

function rowHeight(kind: RowKind, scale: number): number {
  return Math.round(Math.max(LEAST[kind], Math.min(LARGEST[kind], HEIGHTS[kind] * scale)));
}

/** The largest scale at which all lanes have room, or the least. */
function scaleOf(lanes: readonly (readonly RowKind[])[], room: number): number {
  const needed = (scale: number) => {
    const { row: rowGap, lane: gap } = gapsOf(scale);
    return lanes.reduce(
      (sum, rows) => rows.reduce((height, kind) => height + rowHeight(kind, scale) + rowGap, sum + gap),
      0,
    );
  };
  let scale = LARGEST_SCALE;
  while (scale > LEAST_SCALE && needed(scale) > room) scale /= SCALE_STEP;
  return scale;
}
