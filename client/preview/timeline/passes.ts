import type {
  PreviewTimeline,
  TimelineOperation,
  TimelinePass,
} from '../../../server/src/services/preview/timelineProtocol.ts';

type OperationKind = TimelineOperation['kind'];

/** The ends of slices are whole parts of so many of their pass; as in `services/preview/timeline.ts`. */
export const PASS_PARTS = 1e7;

/** One row of a pass in equal parts: how much of each is busy, and with what kind of operation most. */
export interface Summary {
  readonly busy: Float32Array;
  readonly kinds: readonly (OperationKind | undefined)[];
}

export interface LayerSpan {
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

/** What is drawn of passes beyond their own columns; each part is made when it is first needed. */
export class Passes {
  private readonly timeline: PreviewTimeline;
  private readonly summaries = new Map<string, Summary>();
  private readonly layers = new Map<number, readonly LayerSpan[]>();

  constructor(timeline: PreviewTimeline) {
    this.timeline = timeline;
  }

  at(index: number): TimelinePass | undefined {
    return this.timeline.passes[index];
  }

  kindOf(pass: TimelinePass, slice: number): OperationKind {
    return this.timeline.operations[pass.operation[slice] ?? -1]?.kind ?? 'compute';
  }

  /** Some slices of the pass are hidden behind others: it is worth telling which are not. */
  overlaps({ critical }: TimelinePass): boolean {
    return critical.includes(0);
  }

  /** A row in as many parts as a power of two up to `pixels`: work per frame follows pixels, not slices. */
  summary(index: number, row: number, pixels: number): Summary {
    const parts = 2 ** Math.max(0, Math.min(12, Math.floor(Math.log2(Math.max(1, pixels)))));
    const key = `${index} ${row} ${parts}`;
    const known = this.summaries.get(key);
    if (known) return known;
    const made = this.summarise(index, row, parts);
    this.summaries.set(key, made);
    return made;
  }

  /** First and last moment of each layer; empty where layers run side by side. */
  layersOf(index: number): readonly LayerSpan[] {
    const known = this.layers.get(index);
    if (known) return known;
    const pass = this.at(index);
    const spans: { layer: number; start: number; end: number }[] = [];
    for (const [slice, layer] of (pass?.layer ?? []).entries()) {
      const start = pass?.start[slice] ?? 0;
      const end = pass?.end[slice] ?? 0;
      const last = spans.at(-1);
      if (last?.layer === layer) last.end = Math.max(last.end, end);
      else spans.push({ layer, start, end });
    }
    const isInOrder = spans.every(({ start }, at) => at === 0 || start >= (spans[at - 1]?.end ?? 0) - 1);
    const made = isInOrder ? spans.filter(({ layer }) => layer >= 0) : [];
    this.layers.set(index, made);
    return made;
  }

  private summarise(index: number, row: number, parts: number): Summary {
    const busy = new Float32Array(parts);
    const most = new Float32Array(parts);
    const kinds = new Array<OperationKind | undefined>(parts).fill(undefined);
    const pass = this.at(index);
    if (!pass) return { busy, kinds };
    const times = new Map<OperationKind, Float32Array>();
    for (const [slice, own] of pass.row.entries()) {
      if (own !== row) continue;
      const kind = this.kindOf(pass, slice);
      const ofKind = times.get(kind) ?? new Float32Array(parts);
      times.set(kind, ofKind);
      const from = ((pass.start[slice] ?? 0) / PASS_PARTS) * parts;
      const to = ((pass.end[slice] ?? 0) / PASS_PARTS) * parts;
      for (let part = Math.floor(from); part < to && part < parts; part++) {
        const share = Math.min(to, part + 1) - Math.max(from, part);
        busy[part] = (busy[part] ?? 0) + share;
        ofKind[part] = (ofKind[part] ?? 0) + share;
      }
    }
    for (const [kind, ofKind] of times) {
      for (const [part, share] of ofKind.entries()) {
        if (share <= (most[part] ?? 0)) continue;
        most[part] = share;
        kinds[part] = kind;
      }
    }
    return { busy, kinds };
  }
}
