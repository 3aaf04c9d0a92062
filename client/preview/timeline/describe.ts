import { labelOf } from '../../../server/src/cost/figures/quantities.ts';
import { formatSeconds } from '../../../server/src/cost/numbers.ts';
import type { PreviewTimeline } from '../../../server/src/services/preview/timelineProtocol.ts';
import { eventsOf, type Item, timesOf } from './find.ts';
import type { Layout } from './layout.ts';
import type { Passes } from './passes.ts';

export interface Description {
  readonly title: string;
  /** Start, duration, GPUs, and what is known of the operation. */
  readonly rows: readonly (readonly [name: string, value: string])[];
  /** The id of the place in the text that it comes from. */
  readonly source: string;
}

/** Everything known of an item. Tooltip, pane and screen reader share this text. */
export function describe(
  timeline: PreviewTimeline,
  layout: Layout,
  passes: Passes,
  item: Item,
): Description | undefined {
  const placed = layout.lanes[item.lane];
  const events = placed && eventsOf(placed, item.row);
  const pass = passes.at(events?.pass[item.event] ?? -1);
  if (!placed || !events || !pass) return undefined;
  const { start, end } = timesOf(layout, passes, item);
  const micro = events.micro[item.event] ?? 0;
  const beside = events.beside[item.event] ?? -1;
  const slice = item.row === 'transfer' ? 0 : item.slice;
  const operation = timeline.operations[pass.operation[slice] ?? -1];
  const layer = pass.layer[slice] ?? -1;
  const what =
    beside >= 0 ? `${pass.label} of micro-batches ${micro} and ${beside}` : `${pass.label} of micro-batch ${micro}`;
  const isOperation = item.slice >= 0 && operation !== undefined;
  const isCritical = events.critical[item.event] === 1 && (item.slice < 0 || pass.critical[item.slice] === 1);
  const rows: (readonly [string, string])[] = [
    ['Starts at', formatSeconds(Math.max(0, start) / 1e9)],
    [labelOf('takes'), formatSeconds((end - start) / 1e9)],
  ];
  if (isOperation) rows.push(['In', `${what}${layer >= 0 ? `, layer ${layer}` : ''}`]);
  rows.push(['Stage', placed.lane.label], ['Runs on', placed.lane.gpus]);
  if (isOperation || item.row === 'transfer') rows.push(...(operation?.facts ?? []));
  if (isCritical) rows.push(['Critical path', 'yes']);
  return {
    title: isOperation ? operation.label : what,
    rows,
    source:
      isOperation || item.row === 'transfer' ? `${placed.lane.source}/${operation?.key ?? ''}` : placed.lane.source,
  };
}

export interface OperationSum {
  /** Its index in the timeline's list. */
  readonly operation: number;
  readonly times: number;
  /** In nanoseconds of the picture. */
  readonly time: number;
}

/** What the operations of a lane take together, the longest first. */
export function sumOperations(layout: Layout, passes: Passes, lane: number): readonly OperationSum[] {
  const placed = layout.lanes[lane];
  const sums = new Map<number, { times: number; time: number }>();
  // Events of one pass differ only in length, so their slices are added up once.
  const lengths = new Map<number, { length: number; times: number }>();
  for (const [event, pass] of (placed?.lane.events.pass ?? []).entries()) {
    const sumOfPass = lengths.get(pass) ?? { length: 0, times: 0 };
    const start = placed?.lane.events.start[event] ?? 0;
    // An event that began before the period is drawn at its end too, so only the later one counts.
    if (start >= 0)
      lengths.set(pass, {
        length: sumOfPass.length + (placed?.lane.events.length[event] ?? 0),
        times: sumOfPass.times + 1,
      });
  }
  for (const [index, { length, times }] of lengths) {
    const pass = passes.at(index);
    for (const [slice, operation] of (pass?.operation ?? []).entries()) {
      const share = ((pass?.end[slice] ?? 0) - (pass?.start[slice] ?? 0)) / passes.parts;
      const sumOfOperation = sums.get(operation) ?? { times: 0, time: 0 };
      sums.set(operation, { times: sumOfOperation.times + times, time: sumOfOperation.time + share * length });
    }
  }
  return [...sums].map(([operation, { times, time }]) => ({ operation, times, time })).sort((a, b) => b.time - a.time);
}
