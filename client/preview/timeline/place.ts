import type { Item } from './find.ts';
import { ROW_NAMES, type RowKind } from './layout.ts';
import type { Span } from './span.ts';

/** How much of a step is in view at first: one of its layers, the pass of one micro-batch, or all of it. */
export type Level = 'layer' | 'micro' | 'step';

/** Where the timeline was left. */
export interface TimelinePlace {
  readonly deployment: string;
  /** The step that was shown, by its id. */
  readonly step: string;
  /** Missing where one layer was shown. */
  readonly level?: Exclude<Level, 'layer'>;
  /** Missing where the whole step was in view. */
  readonly span?: Span;
  /** In pixels. */
  readonly scroll: number;
  readonly selected?: Item;
}

/** The place that was saved; undefined where the saved value has another form. */
export function readTimelinePlace(value: unknown): TimelinePlace | undefined {
  if (!isObject(value) || !('deployment' in value && 'step' in value && 'scroll' in value)) return undefined;
  const { deployment, step, scroll } = value;
  if (typeof deployment !== 'string' || typeof step !== 'string' || !isNumber(scroll)) return undefined;
  const span = 'span' in value ? readSpan(value.span) : undefined;
  const selected = 'selected' in value ? readItem(value.selected) : undefined;
  const level = 'level' in value && (value.level === 'micro' || value.level === 'step') ? value.level : undefined;
  return { deployment, step, scroll, ...(level && { level }), ...(span && { span }), ...(selected && { selected }) };
}

function readSpan(value: unknown): Span | undefined {
  if (!isObject(value) || !('start' in value && 'perPixel' in value)) return undefined;
  const { start, perPixel } = value;
  return isNumber(start) && isNumber(perPixel) && perPixel > 0 ? { start, perPixel } : undefined;
}

function readItem(value: unknown): Item | undefined {
  if (!isObject(value) || !('lane' in value && 'row' in value && 'event' in value && 'slice' in value))
    return undefined;
  const { lane, row, event, slice } = value;
  return isNumber(lane) && isRow(row) && isNumber(event) && isNumber(slice) ? { lane, row, event, slice } : undefined;
}

function isRow(value: unknown): value is RowKind {
  return typeof value === 'string' && Object.hasOwn(ROW_NAMES, value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
