import type {
  PreviewTimeline,
  TimelineOperation,
  TimelinePass,
} from '../../../server/src/services/preview/timelineProtocol.ts';

type OperationKind = TimelineOperation['kind'];

/** One row of a pass in equal parts. For each kind of operation it has the share of each part that it fills. */
export interface Summary {
  readonly parts: number;
  readonly kinds: readonly (readonly [kind: OperationKind, shares: Float32Array])[];
}

/** The mean number of slices in a part. With fewer, the shares would flicker from part to part. */
const SLICES_PER_PART = 30;
/** The least width of a part. */
const PIXELS_PER_PART = 2;

export interface LayerSpan {
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

/** What is drawn of passes beyond their own columns. Each piece is computed when it is first needed. */
export class Passes {
  private readonly timeline: PreviewTimeline;
  private readonly summaries = new Map<string, Summary>();
  private readonly layers = new Map<number, readonly LayerSpan[]>();

  constructor(timeline: PreviewTimeline) {
    this.timeline = timeline;
  }

  /** The unit in which the ends of slices are counted. */
  get parts(): number {
    return this.timeline.parts;
  }

  at(index: number): TimelinePass | undefined {
    return this.timeline.passes[index];
  }

  kindOf(pass: TimelinePass, slice: number): OperationKind {
    return this.timeline.operations[pass.operation[slice] ?? -1]?.kind ?? 'compute';
  }

  /** Whether some slices of the pass are hidden behind others, so that the critical ones are worth marking. */
  overlaps({ critical }: TimelinePass): boolean {
    return critical.includes(0);
  }

  /** A row in a number of parts that depends on its pixels, not on its slices. */
  summary(index: number, row: number, pixels: number): Summary {
    const slices = this.at(index)?.row.length ?? 0;
    const most = Math.max(1, Math.min(pixels / PIXELS_PER_PART, slices / SLICES_PER_PART));
    const parts = 2 ** Math.min(12, Math.floor(Math.log2(most)));
    const key = `${index} ${row} ${parts}`;
    const cachedSummary = this.summaries.get(key);
    if (cachedSummary) return cachedSummary;
    const summary = this.summarise(index, row, parts);
    this.summaries.set(key, summary);
    return summary;
  }

  /** First and last moment of each layer; empty where layers run side by side. */
  layersOf(index: number): readonly LayerSpan[] {
    const cachedSpans = this.layers.get(index);
    if (cachedSpans) return cachedSpans;
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
    const layerSpans = isInOrder ? spans.filter(({ layer }) => layer >= 0) : [];
    this.layers.set(index, layerSpans);
    return layerSpans;
  }

  private summarise(index: number, row: number, parts: number): Summary {
    const kinds = new Map<OperationKind, Float32Array>();
    const pass = this.at(index);
    for (const [slice, rowOfSlice] of (pass?.row ?? []).entries()) {
      if (!pass || rowOfSlice !== row) continue;
      const sliceKind = this.kindOf(pass, slice);
      // Both are drawn in one colour, so a line between them would mean nothing.
      const kind = sliceKind === 'aggregation' ? 'routing' : sliceKind;
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

/** The kinds from bottom to top. */
const ORDER: readonly OperationKind[] = ['compute', 'gate', 'communication', 'routing'];
