import type { TimelineEvents } from '../../../server/src/services/preview/timelineProtocol.ts';
import type { Brush } from './brush.ts';
import { type Box, type TimelineFrame, xOf } from './frame.ts';
import { type PlacedLane, ROW_NUMBERS, type RowKind } from './layout.ts';

/** The least mean width of an operation in pixels. Narrower ones are drawn as shares of the time that they fill. */
const LEAST_SLICE = 2.5;

/**
 * Draws the operations of an event in one row. The answer is whether they were so narrow that shares of the time are drawn
 * instead.
 */
export function drawOperations(
  brush: Brush,
  frame: TimelineFrame,
  placed: PlacedLane,
  kind: Exclude<RowKind, 'micro' | 'transfer'>,
  events: TimelineEvents,
  event: number,
  visible: Box,
): boolean {
  const { passes, palette, fontFamily, timeline, highlighted } = frame;
  const index = events.pass[event] ?? -1;
  const pass = passes.at(index);
  if (!pass) return false;
  // If an event reaches over the end of a period, only the part inside the picture shows.
  const x = xOf(frame, events.start[event] ?? 0);
  const width = (events.length[event] ?? 0) / frame.span.perPixel;
  const { y, height } = visible;
  const left = Math.max(visible.x, frame.layout.gutter);
  const right = Math.min(visible.x + visible.width, brush.width);
  const row = ROW_NUMBERS[kind];
  if (width / Math.max(1, pass.row.length) < LEAST_SLICE) {
    drawShares(brush, frame, index, row, { x, y, width, height }, left, right);
    return true;
  }
  const isCritical = events.critical[event] === 1 && passes.overlaps(pass);
  for (const [slice, rowOfSlice] of pass.row.entries()) {
    if (rowOfSlice !== row) continue;
    const from = Math.max(left, x + ((pass.start[slice] ?? 0) / passes.parts) * width);
    const to = Math.min(right, x + ((pass.end[slice] ?? 0) / passes.parts) * width);
    if (to <= from) continue;
    const operation = timeline.operations[pass.operation[slice] ?? -1];
    const box = { x: from, y, width: to - from, height };
    brush.block(palette.nodes[operation?.kind ?? 'compute'], from, y, to - from, height);
    brush.label(operation?.label ?? '', box, fontFamily, palette.text);
    if (isCritical && pass.critical[slice] === 1) {
      brush.context.fillStyle = palette.critical;
      brush.context.fillRect(from, y + height - 2, to - from, 2);
    }
    if (highlighted.has(`${placed.lane.source}/${operation?.key}`)) brush.ring(box, [4, 3], palette.text, 1.5);
  }
  return false;
}

/** A row from afar. For each kind, it is as high as the share of time in which something of that kind runs. */
function drawShares(
  brush: Brush,
  { passes, palette }: TimelineFrame,
  index: number,
  row: number,
  { x, y, width, height }: Box,
  left: number,
  right: number,
): void {
  const { parts, kinds } = passes.summary(index, row, width);
  const part = width / parts;
  const first = Math.max(0, Math.floor((left - x) / part));
  for (let at = first; at < parts; at++) {
    // Whole pixels are used so that neighbours leave no seam.
    const from = Math.round(Math.max(left, x + at * part));
    if (from >= right) break;
    const to = Math.round(Math.min(right, x + (at + 1) * part));
    let bottom = y + height;
    for (const [kind, shares] of kinds) {
      const shareHeight = Math.min(1, shares[at] ?? 0) * height;
      if (shareHeight < 0.2) continue;
      brush.solid(palette.nodes[kind].stroke, from, bottom - shareHeight, Math.max(1, to - from), shareHeight);
      bottom -= shareHeight;
    }
  }
}
