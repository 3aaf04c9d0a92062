import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './dist.ts';
import { readerOf } from './schemas.ts';

export interface TraceSlice {
  readonly ph: 'X';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
}

interface TraceFlow {
  readonly ph: 's' | 'f';
  readonly id: number;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
}

interface TraceName {
  readonly ph: 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
}

interface TraceFile {
  readonly otherData: { readonly notes: readonly string[] };
  readonly traceEvents: readonly (TraceSlice | TraceFlow | TraceName)[];
}

export interface ReadTrace {
  readonly notes: readonly string[];
  readonly processes: readonly string[];
  readonly slices: readonly TraceSlice[];
  readonly arrows: number;
}

const schema: object = JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/trace-event.schema.json'), 'utf8'));
const read = readerOf<TraceFile>(schema);

/**
 * Reads a trace as Perfetto and chrome://tracing do, and throws where they would drop or misplace something: a format error, a
 * line without a name, slices of one line that overlap without one holding the other, arrows without a second end or
 * that leave or reach no slice.
 */
export function readTrace(text: string): ReadTrace {
  const { traceEvents, otherData } = read(text);
  const slices = traceEvents.filter((event) => event.ph === 'X');
  const names = traceEvents.filter((event) => event.ph === 'M');
  const lines = new Map<string, TraceSlice[]>();
  for (const slice of slices) {
    const key = `${slice.pid}/${slice.tid}`;
    const line = lines.get(key);
    if (line) line.push(slice);
    else lines.set(key, [slice]);
  }
  const named = new Set(names.filter(({ name }) => name === 'thread_name').map(({ pid, tid }) => `${pid}/${tid}`));
  for (const [key, own] of lines) {
    if (!named.has(key)) throw new Error(`line ${key} has no name`);
    own.sort((a, b) => a.ts - b.ts);
    own.slice(1).forEach((slice, index) => {
      const before = own[index];
      // Times are microseconds with three decimals: sums of them differ in the last bit of a double.
      if (before && slice.ts < before.ts + before.dur - 5e-4)
        throw new Error(`${slice.name} begins at ${slice.ts} inside ${before.name} (${before.ts} + ${before.dur})`);
    });
  }
  return {
    notes: otherData.notes,
    processes: names.flatMap(({ name, args }) => (name === 'process_name' && args.name ? [args.name] : [])),
    slices,
    arrows: arrowsIn(
      traceEvents.flatMap((event) => (event.ph === 's' || event.ph === 'f' ? [event] : [])),
      lines,
    ),
  };
}

function arrowsIn(ends: readonly TraceFlow[], lines: ReadonlyMap<string, readonly TraceSlice[]>): number {
  const starts = new Map<number, number>();
  let arrows = 0;
  for (const { ph, id, pid, tid, ts } of ends) {
    const slice = lastBefore(lines.get(`${pid}/${tid}`) ?? [], ts + 5e-4);
    if (!slice || ts > slice.ts + slice.dur + 5e-4)
      throw new Error(`arrow ${id} stands on no slice at ${ts} of ${pid}/${tid}`);
    if (ph === 's') {
      if (starts.has(id)) throw new Error(`two arrows are called ${id}`);
      starts.set(id, ts);
      continue;
    }
    const from = starts.get(id);
    if (from === undefined || from > ts) throw new Error(`arrow ${id} ends at ${ts} and begins at ${from}`);
    arrows++;
  }
  if (arrows !== starts.size) throw new Error(`${starts.size - arrows} arrows have no end`);
  return arrows;
}

/** Of slices in order the last that begins at or before a time. */
function lastBefore(slices: readonly TraceSlice[], time: number): TraceSlice | undefined {
  let low = 0;
  let high = slices.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((slices[middle]?.ts ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return slices[low - 1];
}
