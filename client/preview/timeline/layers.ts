import type {
  PreviewTimeline,
  TimelineLane,
  TimelinePass,
} from '../../../server/src/services/preview/timelineProtocol.ts';
import { ROW_NUMBERS, type RowKind } from './layout.ts';

/** One layer out of a step: what its streams do, and how long nothing but communication runs. It knows nothing of the page. */

export type Stream = Exclude<RowKind, 'micro' | 'transfer'>;

/** An operation in its place. Times are nanoseconds from the beginning of the layer. */
export interface LayerBar {
  readonly stream: Stream;
  /** Its index in the timeline's list. */
  readonly operation: number;
  readonly start: number;
  readonly end: number;
  /** Of communication: how long nothing is computed beside it. */
  readonly exposed: number;
  /** Whether it is of another layer that runs at the same time. */
  readonly isOther: boolean;
}

/** Layers that do the same. The bars are those of the first. */
export interface LayerKind {
  /** `Forward: MoE layers 3..60 (x58)`. */
  readonly label: string;
  /** `MoE layer`. */
  readonly name: string;
  readonly layers: readonly number[];
  /** In time. */
  readonly bars: readonly LayerBar[];
  readonly streams: readonly Stream[];
  readonly length: number;
  readonly computing: number;
  readonly communicating: number;
  readonly exposed: number;
  /** Stretches in which only communication runs. */
  readonly waits: readonly (readonly [start: number, end: number])[];
}

const STREAMS = ['compute', 'beside', 'communication'] as const;

/** Lengths of layers that differ by less are equal: the ends of slices are rounded. */
const EQUAL = 1e-3;

/** The kinds of layers of a stage, for each of its passes; those that take most of the pass come first. */
export function layerKindsOf(timeline: PreviewTimeline, lane: TimelineLane): readonly LayerKind[] {
  const seen = new Set<number>();
  const kinds: LayerKind[] = [];
  for (const [event, index] of lane.events.pass.entries()) {
    const pass = timeline.passes[index];
    if (!pass || seen.has(index)) continue;
    seen.add(index);
    kinds.push(...kindsOfPass(timeline, pass, lane.events.length[event] ?? 0));
  }
  const passes = new Set([...seen].map((index) => timeline.passes[index]?.label));
  return passes.size > 1 ? kinds : kinds.map((kind) => ({ ...kind, label: kind.label.replace(/^[^:]*: /, '') }));
}

interface Found {
  readonly key: string;
  readonly length: number;
  readonly layers: number[];
  readonly slices: readonly number[];
}

function kindsOfPass(timeline: PreviewTimeline, pass: TimelinePass, length: number): readonly LayerKind[] {
  const slicesOf = new Map<number, number[]>();
  for (const [slice, layer] of pass.layer.entries()) {
    if (layer < 0) continue;
    const slices = slicesOf.get(layer) ?? [];
    slices.push(slice);
    slicesOf.set(layer, slices);
  }
  const found: Found[] = [];
  for (const [layer, slices] of slicesOf) {
    const key = slices.map((slice) => `${pass.operation[slice]} ${pass.row[slice]}`).join();
    const [from, to] = windowOf(pass, slices);
    const same = found.find((kind) => kind.key === key && Math.abs(kind.length - (to - from)) <= EQUAL * (to - from));
    if (same) same.layers.push(layer);
    else found.push({ key, length: to - from, layers: [layer], slices });
  }
  return found
    .toSorted((left, right) => right.length * right.layers.length - left.length * left.layers.length)
    .map((kind) => layerKind(timeline, pass, kind, length / timeline.parts));
}

function windowOf({ start, end }: TimelinePass, slices: readonly number[]): readonly [number, number] {
  return [Math.min(...slices.map((slice) => start[slice] ?? 0)), Math.max(...slices.map((slice) => end[slice] ?? 0))];
}

/** `scale` is nanoseconds per part of the pass. */
function layerKind(timeline: PreviewTimeline, pass: TimelinePass, found: Found, scale: number): LayerKind {
  const [from, to] = windowOf(pass, found.slices);
  const [first = 0] = found.layers;
  const inWindow = pass.start.flatMap((start, slice) => {
    const end = pass.end[slice] ?? start;
    const stream = STREAMS.find((name) => ROW_NUMBERS[name] === pass.row[slice]);
    const [left, right] = [Math.max(from, start), Math.min(to, end)];
    // What begins or ends with the layer but is of another has no part in it.
    if (!stream || right <= left) return [];
    return [{ stream, slice, start: (left - from) * scale, end: (right - from) * scale }];
  });
  const busy = union(inWindow.filter(({ stream }) => stream !== 'communication'));
  const sending = union(inWindow.filter(({ stream }) => stream === 'communication'));
  const waits = without(sending, busy);
  const bars = inWindow
    .map(({ stream, slice, start, end }): LayerBar => {
      const exposed = stream === 'communication' ? lengthOf(without([[start, end]], busy)) : 0;
      const operation = pass.operation[slice] ?? -1;
      return { stream, operation, start, end, exposed, isOther: pass.layer[slice] !== first };
    })
    .toSorted((left, right) => left.start - right.start);
  const isMixture = bars.some(
    ({ operation, isOther }) => !isOther && timeline.operations[operation]?.key === 'experts',
  );
  const what = isMixture ? 'MoE layer' : 'dense layer';
  return {
    label: `${pass.label}: ${what}${found.layers.length > 1 ? `s ${rangeOf(found.layers)} (x${found.layers.length})` : ` ${first}`}`,
    name: what,
    layers: found.layers,
    bars,
    streams: STREAMS.filter((stream) => bars.some((bar) => bar.stream === stream)),
    length: (to - from) * scale,
    computing: lengthOf(busy),
    communicating: lengthOf(sending),
    exposed: lengthOf(waits),
    waits,
  };
}

/** `3..60`, or the first and the last where others lie between. */
function rangeOf(layers: readonly number[]): string {
  const [first = 0] = layers;
  const last = layers.at(-1) ?? first;
  return last - first + 1 === layers.length ? `${first}..${last}` : `${first}, ${layers[1]}, … ${last}`;
}

type Stretch = readonly [start: number, end: number];

function union(pieces: readonly { readonly start: number; readonly end: number }[]): readonly Stretch[] {
  const joined: [number, number][] = [];
  for (const { start, end } of pieces.toSorted((left, right) => left.start - right.start)) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** What of some stretches no other one covers. Both ascend. */
function without(stretches: readonly Stretch[], covers: readonly Stretch[]): readonly Stretch[] {
  return stretches.flatMap(([start, end]) => {
    const left: Stretch[] = [];
    let at = start;
    for (const [from, to] of covers) {
      if (to <= at || from >= end) continue;
      if (from > at) left.push([at, from]);
      at = Math.max(at, to);
    }
    if (at < end) left.push([at, end]);
    return left;
  });
}

function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, [start, end]) => sum + end - start, 0);
}
