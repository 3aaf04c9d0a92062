import { formatSeconds } from '../../../server/src/cost/numbers.ts';
import type { PreviewTimeline, TimelineEvents } from '../../../server/src/services/preview/timelineProtocol.ts';
import type { Brush } from './brush.ts';
import { type Box, type TimelineFrame, xOf } from './frame.ts';
import type { PlacedLane } from './layout.ts';

/** The least width of a layer in pixels that has a tick, and the least width of one that has a name. */
const LEAST_LAYER = 5;
const LEAST_NAMED_LAYER = 76;
/** Lower rows are read as a whole, and words in them would be noise. */
const LEAST_TOLD_HEIGHT = 22;

/**
 * Draws a micro-batch with its name, and its layers where there is room. If one pass goes forward and one backward, both are
 * drawn.
 */
export function drawPass(brush: Brush, frame: TimelineFrame, events: TimelineEvents, event: number, box: Box): void {
  const { palette, passes, fontFamily, layout } = frame;
  const { x, y, width, height } = box;
  const kind = passes.at(events.pass[event] ?? -1)?.kind ?? 'F';
  const { forward, backward, weights } = palette.passes;
  if (kind === 'FB') {
    brush.block(forward, x, y, width, height / 2);
    brush.block(backward, x, y + height / 2, width, height / 2);
  } else brush.block(kind === 'B' ? backward : kind === 'W' ? weights : forward, x, y, width, height);
  const beside = events.beside[event] ?? -1;
  const name = beside >= 0 ? `F${events.micro[event]} B${beside}` : `${kind}${events.micro[event]}`;
  // Names stay in view as long as a part of what they name does.
  const left = Math.max(x, layout.gutter);
  const visible = { x: left, y, width: Math.min(x + width, brush.width) - left, height };
  const isNamed = drawLayers(brush, frame, events, event, name, visible);
  if (!isNamed && visible.width > 12) brush.label(name, visible, fontFamily, palette.text);
  if (events.critical[event] !== 1) return;
  brush.context.fillStyle = palette.critical;
  brush.context.fillRect(x, y - 2, width, 2.5);
}

export function drawTransfer(
  brush: Brush,
  frame: TimelineFrame,
  events: TimelineEvents,
  event: number,
  box: Box,
): void {
  const { palette, passes, layout, fontFamily } = frame;
  brush.block(palette.nodes.communication, box.x, box.y, box.width, box.height);
  const x = Math.max(box.x, layout.gutter);
  const visible = { ...box, x, width: Math.min(box.x + box.width, brush.width) - x };
  brush.label(passes.at(events.pass[event] ?? -1)?.label ?? '', visible, fontFamily, palette.text);
}

/** Draws ticks between the layers of a micro-batch, and their names where there is room. The answer is whether they are named. */
function drawLayers(
  brush: Brush,
  frame: TimelineFrame,
  events: TimelineEvents,
  event: number,
  name: string,
  { x: from, y, width: room, height }: Box,
): boolean {
  const { palette, passes, fontFamily } = frame;
  const index = events.pass[event] ?? -1;
  const layers = passes.layersOf(index);
  const x = xOf(frame, events.start[event] ?? 0);
  const width = (events.length[event] ?? 0) / frame.span.perPixel;
  if (layers.length < 2 || width / layers.length < LEAST_LAYER) return false;
  const scale = width / passes.parts;
  const isNamed = width / layers.length > LEAST_NAMED_LAYER;
  const { forward, backward } = palette.passes;
  brush.context.strokeStyle = (passes.at(index)?.kind === 'B' ? backward : forward).stroke;
  for (const [at, { start, end, layer }] of layers.entries()) {
    const [left, right] = [Math.max(from, x + start * scale), Math.min(from + room, x + end * scale)];
    if (right <= left) continue;
    const tick = Math.round(left) + 0.5;
    brush.line(tick, isNamed ? y : y + height - Math.max(3, height * 0.2), tick, y + height);
    const label = at === 0 ? `${name} layer ${layer}` : `layer ${layer}`;
    if (isNamed) brush.label(label, { x: left, y, width: right - left, height }, fontFamily, palette.text);
  }
  return isNamed;
}

/** Draws waiting as hatching, so that it can be recognised without colour, with its duration where there is room. */
export function drawWaits(brush: Brush, frame: TimelineFrame, { lane }: PlacedLane, y: number, height: number): void {
  const { context } = brush;
  const { palette, layout, fontFamily } = frame;
  const left = layout.gutter;
  const boxes: Box[] = [];
  for (let at = 0; at < lane.waits.length; at += 2) {
    const x = Math.max(left, xOf(frame, lane.waits[at] ?? 0));
    const width = Math.min(brush.width, xOf(frame, lane.waits[at + 1] ?? 0)) - x;
    if (width > 1) boxes.push({ x, y, width, height });
  }
  context.save();
  context.beginPath();
  for (const { x, width } of boxes) context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = palette.edge;
  context.lineWidth = 1;
  context.globalAlpha = 0.75;
  context.beginPath();
  // The hatching is anchored to the canvas, so that it is continuous over a lane.
  for (let x = left - height; x < brush.width; x += 6) {
    context.moveTo(x, y + height);
    context.lineTo(x + height, y);
  }
  context.stroke();
  context.restore();
  if (height < LEAST_TOLD_HEIGHT) return;
  for (const [at, { x, width }] of boxes.entries()) {
    const text = `waits ${formatSeconds(((lane.waits[2 * at + 1] ?? 0) - (lane.waits[2 * at] ?? 0)) / 1e9)}`;
    const needed = brush.widthOf(text, 11, fontFamily, 400) + 12;
    if (boxes.length * 2 !== lane.waits.length || needed + 24 > width) continue;
    context.fillStyle = palette.background;
    context.fillRect(x + (width - needed) / 2, y + height / 2 - 9, needed, 18);
    brush.write(text, x + (width - needed) / 2 + 6, y + height / 2 + 0.5, {
      size: 11,
      family: fontFamily,
      color: palette.muted,
    });
  }
}

/** Draws the time behind the micro-batches. */
export function drawRest(brush: Brush, frame: TimelineFrame, timeline: PreviewTimeline, y: number, height: number) {
  const { palette, fontFamily } = frame;
  const x = xOf(frame, timeline.scheduled);
  const width = xOf(frame, timeline.end) - x;
  brush.block(palette.nodes.source, x, y, width, height);
  const left = Math.max(x, frame.layout.gutter);
  brush.label(timeline.rest ?? '', { x: left, y, width: x + width - left, height }, fontFamily, palette.text);
}
