import type { Dag, Scene, SceneGroup, SceneNode } from '../types.ts';
import type { Column, PlacedBlock } from './blocks.ts';
import { BAND_GAP, bestFlow, type Canvas, type Flow, heightOf, itemsOf, POOL_PAD, type Shaped } from './flow.ts';
import type { StageLanes } from './lanes.ts';
import { BLOCK_GAP, MARGIN, NODE_HEIGHT, PAD, TITLE } from './metrics.ts';
import { type Frame, type PlacedRow, routePage } from './pageEdges.ts';
import { type Place, placeEnd, placer } from './place.ts';
import { headOf, placeSection, sectionsOf, shapeOf } from './sections.ts';

/**
 * A page: stages from left to right in bands, and the operations of each in as many rows as give the page the shape of a
 * canvas. A stage with several lanes has all of them in each of its rows. The stages of a pool are in its frame.
 */
export function layoutPage(
  dag: Dag,
  blocks: readonly PlacedBlock[],
  lanes: ReadonlyMap<string, StageLanes>,
  columns: ReadonlyMap<PlacedBlock, readonly Column[]>,
  canvas: Canvas,
): Scene {
  const place = placer(dag);
  const source = placeEnd(dag, 'source', place, MARGIN, 0);
  const sink = placeEnd(dag, 'sink', place, 0, 0);
  const left = MARGIN + (source ? source.width + BLOCK_GAP : 0);
  const flow = bestFlow(
    itemsOf(sectionsOf(dag, blocks, lanes, columns)),
    left,
    MARGIN + (sink ? BLOCK_GAP + sink.width : 0),
    canvas,
  );
  const page = new Page(place);
  page.flow(flow, left, MARGIN, undefined);
  const { nodes, rows } = page;
  const [first] = rows;
  const last = rows.at(-1);
  if (source) nodes.set('source', { ...source, y: first ? besideOf(first, 0) : MARGIN });
  if (sink) nodes.set('sink', { ...sink, x: page.end + BLOCK_GAP, y: last ? besideOf(last, -1) : MARGIN });
  const right = Math.max(left + flow.width, page.end + (sink ? BLOCK_GAP + sink.width : 0));
  return {
    width: right + MARGIN,
    height: Math.max(flow.height, NODE_HEIGHT) + 2 * MARGIN,
    groups: page.groups.toSorted((a, b) => a.depth - b.depth),
    nodes: [...nodes.values()],
    edges: routePage(dag, nodes, rows),
  };
}

/**
 * Height of an end of the graph: beside the first or last node of a row, or at the top of a node that spans several lanes.
 */
function besideOf({ nodes, top }: PlacedRow, index: 0 | -1): number {
  const node = nodes.at(index);
  return node?.height === NODE_HEIGHT ? node.y : top;
}

/** Collects everything that has been placed. */
class Page {
  readonly nodes = new Map<string, SceneNode>();
  readonly groups: SceneGroup[] = [];
  readonly rows: PlacedRow[] = [];
  /** The right side of the last item of the last band. */
  end = 0;
  private readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  flow({ bands }: Flow, left: number, top: number, outer: Frame | undefined): void {
    let y = top;
    for (const [band, items] of bands.entries()) {
      const bottom = y + heightOf(items);
      let x = left;
      for (const [index, item] of items.entries()) {
        const down = downOf(items, index);
        const frame = { outer, flow: left, band, index, left: x, right: x + item.width, top: y, bottom };
        if (item.kind === 'pool') this.pool(item, frame);
        else this.section(item, frame, y + down);
        x += item.width;
        this.end = x;
        x += BLOCK_GAP;
      }
      y = bottom + BAND_GAP;
    }
  }

  private pool({ pool, flow, width, height }: Shaped & { readonly kind: 'pool' }, frame: Frame): void {
    this.groups.push({
      id: `pool ${pool}`,
      kind: 'pool',
      label: `Pool ${pool}`,
      depth: 0,
      x: frame.left,
      y: frame.top,
      width,
      height,
    });
    this.flow(flow, frame.left + POOL_PAD, frame.top + TITLE + PAD, frame);
  }

  private section({ section, across }: Shaped & { readonly kind: 'section' }, frame: Frame, top: number): void {
    const title = section.title === undefined || !frame.outer ? section.title : section.shortTitle;
    const placed = placeSection(section, shapeOf(section, across), this.place, frame.left, top, title);
    for (const node of placed.nodes) this.nodes.set(node.id, node);
    this.groups.push(...placed.groups);
    for (const [line, row] of placed.rows.entries()) this.rows.push({ ...row, line, frame });
  }
}

/**
 * How far an item is below the top of its band. What lies between stages is at the height of the next stage's first row.
 */
function downOf(items: readonly Shaped[], index: number): number {
  const item = items[index];
  if (item?.kind !== 'section' || item.section.title !== undefined) return 0;
  const next = items
    .slice(index + 1)
    .find((candidate) => candidate.kind === 'pool' || candidate.section.title !== undefined);
  const before = items
    .slice(0, index)
    .findLast((candidate) => candidate.kind === 'pool' || candidate.section.title !== undefined);
  const beside = next ?? before;
  return beside ? Math.max(0, Math.min(firstRowOf(beside), heightOf(items) - item.height)) : 0;
}

/** Distance from the top of an item to its first row. */
function firstRowOf(item: Shaped): number {
  if (item.kind === 'section') return headOf(item.section);
  const first = item.flow.bands[0]?.[0];
  return TITLE + PAD + (first ? firstRowOf(first) : 0);
}
