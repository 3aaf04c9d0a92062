import type {
  PreviewTimeline,
  TimelineOperation,
  TimelinePass,
} from '../../../server/src/services/preview/timelineProtocol.ts';

type OperationKind = TimelineOperation['kind'];

/** One row of a pass in equal parts: the share of each part that each kind of operation fills. */
export interface Summary {
  readonly parts: number;
  readonly kinds: readonly (readonly [kind: OperationKind, shares: Float32Array])[];
}

/** In a part there are so many slices in the mean: fewer would flicker from part to part. */
const SLICES_PER_PART = 30;
/** ... and so many pixels. */
const PIXELS_PER_PART = 2;

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

  /** What the ends of slices are counted in. */
  get parts(): number {
    return this.timeline.parts;
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

  /** A row in a number of parts that follows its pixels, not its slices. */
  summary(index: number, row: number, pixels: number): Summary {
    const slices = this.at(index)?.row.length ?? 0;
    const most = Math.max(1, Math.min(pixels / PIXELS_PER_PART, slices / SLICES_PER_PART));
    const parts = 2 ** Math.min(12, Math.floor(Math.log2(most)));
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
    const kinds = new Map<OperationKind, Float32Array>();
    const pass = this.at(index);
    for (const [slice, rowOf] of (pass?.row ?? []).entries()) {
      if (!pass || rowOf !== row) continue;
      const own = this.kindOf(pass, slice);
      // Both are drawn in one colour: a line between them would mean nothing.
      const kind = own === 'aggregation' ? 'routing' : own;
      const shares = kinds.get(kind) ?? new Float32Array(parts);
      kinds.set(kind, shares);
      const from = ((pass.start[slice] ?? 0) / this.parts) * parts;
      const to = ((pass.end[slice] ?? 0) / this.parts) * parts;
      for (let part = Math.floor(from); part < to && part < parts; part++)
        shares[part] = (shares[part] ?? 0) + Math.min(to, part + 1) - Math.max(from, part);
    }
    return { parts, kinds: [...kinds].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)) };
  }
}

/** From bottom to top. */
const ORDER: readonly OperationKind[] = ['compute', 'gate', 'communication', 'routing'];
