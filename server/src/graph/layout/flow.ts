import { BLOCK_GAP, PAD, ROW_GAP, TITLE } from './metrics.ts';
import { type Section, shapeOf, wrapsOf } from './sections.ts';

/** Gap between two bands of a page. Edges from one to the other run in it. */
export const BAND_GAP = ROW_GAP;
/** Gap between the frame of a pool and its bands. Edges that pass by the bands run in it. */
export const POOL_PAD = 2 * PAD;
/** The canvas that a page is made for, in CSS pixels. A page that fills its canvas is easiest to read. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
}

/** Size of a panel beside an editor. */
export const PANEL: Canvas = { width: 1000, height: 640 };
/** Aspect ratios (width over height) that are tried. All parts of one page get about the same. */
const ASPECTS = [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4, 8];
/** Numbers of bands that are tried. */
const BANDS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16];
/** A page with fewer rows is preferred if its scale is at least this share of the best one. */
const WORTH = 0.9;

/** What a band contains: a section, or the frame of a pool with bands of its own. */
export type Item =
  | { readonly kind: 'section'; readonly section: Section }
  | { readonly kind: 'pool'; readonly pool: string; readonly items: readonly Item[] };

interface Size {
  readonly width: number;
  readonly height: number;
  /** Number of rows of operations in it. */
  readonly lines: number;
}

export type Shaped = Size &
  (
    | { readonly kind: 'section'; readonly section: Section; readonly across: number }
    | { readonly kind: 'pool'; readonly pool: string; readonly flow: Flow }
  );

/** Items from left to right in bands, with one band below the other. */
export interface Flow extends Size {
  readonly bands: readonly (readonly Shaped[])[];
}

const NOTHING: Flow = { width: 0, height: 0, lines: 0, bands: [] };

/**
 * Sections in their order. Those of a pool are in its frame, unless the pool has only one section, whose own frame names
 * it.
 */
export function itemsOf(sections: readonly Section[]): readonly Item[] {
  const runs: { readonly pool: string | undefined; readonly items: Item[] }[] = [];
  for (const section of sections) {
    const last = runs.at(-1);
    const item = { kind: 'section', section } as const;
    if (last && section.pool !== undefined && last.pool === section.pool) last.items.push(item);
    else runs.push({ pool: section.pool, items: [item] });
  }
  return runs.flatMap(({ pool, items }): readonly Item[] => {
    const isNamed = items.length === 1 && items[0]?.kind === 'section' && items[0].section.title !== undefined;
    return pool === undefined || isNamed ? items : [{ kind: 'pool', pool, items }];
  });
}

/**
 * The flow that fills a canvas best: as few rows as possible without drawing the picture much smaller. `left` and `right`
 * are the room beside the bands and at the end of the last one. All candidates are measured, and none is placed.
 */
export function bestFlow(items: readonly Item[], left: number, right: number, canvas: Canvas): Flow {
  const measure = new Measure();
  const candidates = ASPECTS.flatMap((aspect) => {
    const shaped = items.map((item) => measure.shaped(item, aspect));
    return flowsOf(shaped).map((flow) => {
      const last = flow.bands.at(-1) ?? [];
      const width = left + Math.max(flow.width, widthOf(last) + right);
      const scale = Math.min(1, canvas.width / width, canvas.height / flow.height);
      return { flow, scale };
    });
  });
  const most = Math.max(...candidates.map(({ scale }) => scale));
  const good = candidates.filter(({ scale }) => scale >= WORTH * most);
  const best = good.sort((a, b) => a.flow.lines - b.flow.lines || b.scale - a.scale)[0];
  return best?.flow ?? NOTHING;
}

/** Sizes of items for an aspect ratio. Equal sections are measured once. */
class Measure {
  private readonly sizes = new Map<string, Size & { readonly across: number }>();

  shaped(item: Item, aspect: number): Shaped {
    if (item.kind === 'section') return { ...item, ...this.sizeFor(item.section, aspect) };
    const flow = tightest(flowsOf(item.items.map((part) => this.shaped(part, aspect))), aspect) ?? NOTHING;
    const width = flow.width + 2 * POOL_PAD;
    return { ...item, flow, width, height: flow.height + TITLE + 2 * PAD, lines: flow.lines };
  }

  private sizeFor(section: Section, aspect: number): Size & { readonly across: number } {
    const key = `${aspect} ${section.signature}`;
    const cachedSize = this.sizes.get(key);
    if (cachedSize) return cachedSize;
    const sizes = wrapsOf(section).map((across) => this.sizeAt(section, across));
    const best = tightest(sizes, aspect) ?? { ...NOTHING, across: 1 };
    this.sizes.set(key, best);
    return best;
  }

  private sizeAt(section: Section, across: number): Size & { readonly across: number } {
    const key = `across ${across} ${section.signature}`;
    const cachedSize = this.sizes.get(key);
    if (cachedSize) return cachedSize;
    const { width, height, lines } = shapeOf(section, across);
    const size = { width, height, lines, across };
    this.sizes.set(key, size);
    return size;
  }
}

/** The flow that fits the smallest box of this aspect ratio. Of equal ones, the one with fewer rows. */
function tightest<Each extends Size>(sizes: readonly Each[], aspect: number): Each | undefined {
  const need = ({ width, height }: Size) => Math.max(width / aspect, height);
  return sizes.toSorted((a, b) => need(a) - need(b) || a.lines - b.lines)[0];
}

/** The items in one band, two bands and so on, with bands as narrow as their number allows. */
function flowsOf(items: readonly Shaped[]): readonly Flow[] {
  const flows = new Map<number, Flow>();
  for (const count of BANDS) {
    if (count > items.length) break;
    const bands = inBands(items, count);
    flows.set(bands.length, {
      width: Math.max(...bands.map(widthOf)),
      height: bands.reduce((sum, band) => sum + heightOf(band) + BAND_GAP, -BAND_GAP),
      lines: bands.length - 1 + items.reduce((sum, { lines }) => sum + lines, 0),
      bands,
    });
  }
  return [...flows.values()];
}

function inBands(items: readonly Shaped[], count: number): readonly (readonly Shaped[])[] {
  let [low, high] = [Math.max(...items.map(({ width }) => width)), widthOf(items)];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (within(items, middle).length <= count) high = middle;
    else low = middle;
  }
  return within(items, high);
}

/** Puts as many items in each band as have room. */
function within(items: readonly Shaped[], room: number): readonly (readonly Shaped[])[] {
  const bands: Shaped[][] = [];
  let used = 0;
  for (const item of items) {
    const band = bands.at(-1);
    if (band && used + BLOCK_GAP + item.width <= room) {
      band.push(item);
      used += BLOCK_GAP + item.width;
    } else {
      bands.push([item]);
      used = item.width;
    }
  }
  return bands;
}

export function widthOf(band: readonly Shaped[]): number {
  return band.reduce((sum, { width }) => sum + width + BLOCK_GAP, -BLOCK_GAP);
}

export function heightOf(band: readonly Shaped[]): number {
  return Math.max(0, ...band.map(({ height }) => height));
}
