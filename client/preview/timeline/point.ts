import type { PreviewTimeline } from '../../../server/src/services/preview/timelineProtocol.ts';
import type { Item } from './find.ts';
import { ROW_NUMBERS } from './layout.ts';
import type { Passes } from './passes.ts';

const KINDS = ['compute', 'beside', 'communication'] as const;

/** The step that ids mean: `step/0/decode`. */
export function stepMeant(ids: readonly string[]): string | undefined {
  return ids.find((id) => id.startsWith('step/'))?.slice('step/'.length);
}

/** The longest run of the operation that ids mean, in the first event of its stage: `timeline/0/1/experts`. */
export function itemMeant(timeline: PreviewTimeline, passes: Passes, ids: readonly string[]): Item | undefined {
  for (const [lane, { source, events }] of timeline.lanes.entries()) {
    const key = ids.find((id) => id.startsWith(`${source}/`))?.slice(source.length + 1);
    if (key === undefined) continue;
    for (const [event, index] of events.pass.entries()) {
      const pass = passes.at(index);
      let longest = -1;
      const lengthOf = (slice: number) => (pass?.end[slice] ?? 0) - (pass?.start[slice] ?? 0);
      for (const [slice, operation] of (pass?.operation ?? []).entries())
        if (timeline.operations[operation]?.key === key && (longest < 0 || lengthOf(slice) > lengthOf(longest)))
          longest = slice;
      const row = KINDS.find((kind) => ROW_NUMBERS[kind] === pass?.row[longest]);
      if (row) return { lane, row, event, slice: longest };
    }
  }
  return undefined;
}
