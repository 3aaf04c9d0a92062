import type { TimelineEvents } from '../../../server/src/services/preview/timelineProtocol.ts';
import { type Layout, type PlacedLane, ROW_NUMBERS, type RowKind } from './layout.ts';
import type { Passes } from './passes.ts';

/** Something that can be pointed at: an event of a lane, or one of the operations inside it. */
export interface Item {
  readonly lane: number;
  readonly row: RowKind;
  readonly event: number;
  /** An index into the columns of the event's pass; -1 stands for the event itself. */
  readonly slice: number;
}

export function isSame(a: Item | undefined, b: Item | undefined): boolean {
  return a?.lane === b?.lane && a?.row === b?.row && a?.event === b?.event && a?.slice === b?.slice;
}

export function eventsOf({ lane }: PlacedLane, row: RowKind): TimelineEvents {
  return row === 'transfer' ? lane.transfers : lane.events;
}

/** Index of the last event that starts at or before a time; -1 before the first. */
export function lastBefore({ start }: TimelineEvents, time: number): number {
  let low = 0;
  let high = start.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((start[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Start and end of an item, nanoseconds. */
export function timesOf(layout: Layout, passes: Passes, item: Item): { readonly start: number; readonly end: number } {
  const placed = layout.lanes[item.lane];
  const events = placed && eventsOf(placed, item.row);
  const start = events?.start[item.event] ?? 0;
  const length = events?.length[item.event] ?? 0;
  const pass = passes.at(events?.pass[item.event] ?? -1);
  if (item.slice < 0 || !pass) return { start, end: start + length };
  return {
    start: start + ((pass.start[item.slice] ?? 0) / passes.parts) * length,
    end: start + ((pass.end[item.slice] ?? 0) / passes.parts) * length,
  };
}

/** What lies at a point of the picture (its y from the top of the first lane's canvas), with some slack in time. */
export function itemAt(layout: Layout, passes: Passes, time: number, y: number, slack: number): Item | undefined {
  const placed = layout.lanes.find((lane) => y >= lane.y && y < lane.y + lane.height);
  const row = placed?.rows.find(
    (candidate) => y >= placed.y + candidate.y && y < placed.y + candidate.y + candidate.height + 1,
  );
  if (!placed || !row) return undefined;
  return inRow(placed, row.kind, passes, time, slack);
}

/** The item of a row at a time, or within `slack` of it. */
export function inRow(placed: PlacedLane, row: RowKind, passes: Passes, time: number, slack: number): Item | undefined {
  const events = eventsOf(placed, row);
  const lastIndex = lastBefore(events, time);
  let event = -1;
  let distance = slack;
  for (const index of [lastIndex, lastIndex + 1]) {
    const start = events.start[index];
    if (start === undefined) continue;
    const away = Math.max(start - time, time - start - (events.length[index] ?? 0), 0);
    if (away > distance || (away === distance && event >= 0)) continue;
    distance = away;
    event = index;
  }
  if (event < 0) return undefined;
  const item = { lane: placed.index, row, event, slice: -1 };
  if (row === 'micro' || row === 'transfer') return item;
  const length = Math.max(1, events.length[event] ?? 0);
  const part = ((time - (events.start[event] ?? 0)) / length) * passes.parts;
  const slice = sliceAt(passes, events.pass[event] ?? -1, ROW_NUMBERS[row], part, (slack / length) * passes.parts);
  return slice < 0 ? undefined : { ...item, slice };
}

function sliceAt(passes: Passes, index: number, row: number, part: number, slack: number): number {
  const pass = passes.at(index);
  let nearest = -1;
  let distance = slack;
  for (const [slice, rowOfSlice] of (pass?.row ?? []).entries()) {
    if (rowOfSlice !== row) continue;
    const away = Math.max((pass?.start[slice] ?? 0) - part, part - (pass?.end[slice] ?? 0), 0);
    if (away > distance || (away === distance && nearest >= 0)) continue;
    distance = away;
    nearest = slice;
  }
  return nearest;
}

/** The next item in the same row, `by` to the right or left; undefined at the end of the row. */
export function stepInRow(layout: Layout, passes: Passes, item: Item, by: 1 | -1): Item | undefined {
  const placed = layout.lanes[item.lane];
  if (!placed) return undefined;
  const events = eventsOf(placed, item.row);
  if (item.slice < 0)
    return events.pass[item.event + by] === undefined ? undefined : { ...item, event: item.event + by };
  for (let event = item.event; events.pass[event] !== undefined; event += by) {
    const slices = slicesInOrder(passes, events.pass[event] ?? -1, item.row);
    const at = event === item.event ? slices.indexOf(item.slice) + by : by > 0 ? 0 : slices.length - 1;
    const slice = slices[at];
    if (slice !== undefined) return { ...item, event, slice };
  }
  return undefined;
}

function slicesInOrder(passes: Passes, index: number, row: RowKind): readonly number[] {
  if (row === 'micro' || row === 'transfer') return [];
  const pass = passes.at(index);
  return [...(pass?.row.keys() ?? [])]
    .filter((slice) => pass?.row[slice] === ROW_NUMBERS[row])
    .sort((a, b) => (pass?.start[a] ?? 0) - (pass?.start[b] ?? 0));
}

/** The item nearest in time in the next row, `by` down or up, across lanes. */
export function stepRow(layout: Layout, passes: Passes, item: Item, by: 1 | -1): Item | undefined {
  const rows = layout.lanes.flatMap((placed) => placed.rows.map(({ kind }) => ({ placed, kind })));
  const { start, end } = timesOf(layout, passes, item);
  const time = (start + end) / 2;
  for (
    let at = rows.findIndex(({ placed, kind }) => placed.index === item.lane && kind === item.row) + by;
    rows[at];
    at += by
  ) {
    const row = rows[at];
    const nearest = row && inRow(row.placed, row.kind, passes, time, Number.POSITIVE_INFINITY);
    if (nearest) return nearest;
  }
  return undefined;
}
