import { gpuLabel } from '../labels.ts';
import type { Dag, SceneGroup, SceneNode } from '../types.ts';
import type { Column, PlacedBlock } from './blocks.ts';
import type { StageLanes } from './lanes.ts';
import {
  BLOCK_GAP,
  COLUMN_GAP,
  LANE_GAP,
  LANE_LABEL,
  LANE_SWITCH,
  LAYER_HEAD,
  NODE_HEIGHT,
  PAD,
  ROW_GAP,
  STACK_GAP,
  TITLE,
  TITLE_SWITCHES,
} from './metrics.ts';
import { laneLabel, layerLabel, type Place } from './place.ts';
import { textWidth } from './textWidth.ts';

/** A part of a page with rows of its own: an open stage in its frame, or everything between two open stages. */
export interface Section {
  readonly key: string;
  readonly pool: string | undefined;
  /** Title of its frame. Absent between stages. */
  readonly title: string | undefined;
  /** Title inside the frame of its pool. */
  readonly shortTitle: string;
  readonly blocks: readonly PlacedBlock[];
  readonly columns: readonly (readonly Column[])[];
  readonly lanes: StageLanes | undefined;
  /** Equal for sections that have the same sizes, however they are wrapped. */
  readonly signature: string;
}

/** A row of operations in a placed section. */
export interface Row {
  readonly top: number;
  readonly bottom: number;
  /** Top of the room below the row in which edges run. After the last row of a layer this is under the layer's frame. */
  readonly below: number;
  readonly nodes: readonly SceneNode[];
}

/**
 * The places of a section's columns for a given number of columns per row. Lengths in CSS pixels, from the section's upper
 * left corner.
 */
export interface SectionShape {
  readonly width: number;
  readonly height: number;
  readonly lines: number;
  readonly blocks: readonly {
    readonly block: PlacedBlock;
    readonly top: number;
    readonly bottom: number;
    readonly lines: readonly {
      readonly y: number;
      readonly height: number;
      /** From the top of the lanes to the top of the row. A single lane may be taller than its content in one row. */
      readonly skipped: number;
      readonly cells: readonly Cell[];
    }[];
  }[];
}

interface Cell {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
}

export function sectionsOf(
  dag: Dag,
  blocks: readonly PlacedBlock[],
  lanes: ReadonlyMap<string, StageLanes>,
  columns: ReadonlyMap<PlacedBlock, readonly Column[]>,
): readonly Section[] {
  const runs: PlacedBlock[][] = [];
  for (const block of blocks) {
    const last = runs.at(-1);
    if (last?.[0]?.key === block.key) last.push(block);
    else runs.push([block]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    if (!first) return [];
    const drawn = joined(run);
    const ofBlocks = drawn.map((lane) => lane.flatMap((block) => columns.get(block) ?? []));
    const stage = first.isStage ? lanes.get(first.key) : undefined;
    const gpus = first.isStage ? gpusOf(dag, run) : '';
    return {
      key: first.key,
      pool: first.pool,
      title: first.isStage ? `${first.label}${gpus}` : undefined,
      shortTitle: `${first.stageLabel}${gpus}`,
      blocks: drawn.flatMap(([block]) => block ?? []),
      columns: ofBlocks,
      lanes: stage,
      signature: JSON.stringify([
        first.isStage && textWidth(`${first.label}${gpus}`, 12),
        stage?.lanes.length,
        stage?.height,
        ofBlocks.map((lane, index) => [
          drawn[index]?.[0]?.layers.length === 0,
          lane.map(({ width, cell, nodes }) => [width, cell, nodes.length]),
        ]),
      ]),
    };
  });
}

/** Groups blocks that share rows: those without a frame that follow one another. */
function joined(blocks: readonly PlacedBlock[]): readonly (readonly PlacedBlock[])[] {
  const runs: PlacedBlock[][] = [];
  for (const block of blocks) {
    const last = runs.at(-1);
    if (last?.[0]?.layers.length === 0 && block.layers.length === 0) last.push(block);
    else runs.push([block]);
  }
  return runs;
}

/** `, GPUs 0..7`: the GPUs that run any of the section's operations. */
function gpusOf(dag: Dag, blocks: readonly PlacedBlock[]): string {
  const lists = new Set(blocks.flatMap(({ nodes }) => nodes.map((id) => dag.getNodeAttributes(id).gpus)));
  const gpus = [...new Set([...lists].flat())].sort((a, b) => a - b);
  return gpus.length === 0 ? '' : `, ${gpuLabel({ gpus })}`;
}

/** From the top of a section to its first row, however the section is wrapped. */
export function headOf({ title, blocks }: Section): number {
  const isLayer = (blocks[0]?.layers.length ?? 0) > 0;
  return (title === undefined ? 0 : TITLE + PAD) + (isLayer ? LAYER_HEAD : 0);
}

/** Largest numbers of columns per row that are tried, ascending. */
export function wrapsOf({ columns }: Section): readonly number[] {
  const most = Math.max(1, ...columns.map(({ length }) => length));
  return [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32].filter((candidate) => candidate < most).concat(most);
}

/** The section with at most this many columns per row. Rows of one block have about equally many. */
export function shapeOf(section: Section, across: number): SectionShape {
  const { blocks, columns, lanes } = section;
  const isStage = section.title !== undefined;
  const gutter = gutterOf(section);
  const hasLayers = blocks.some(({ layers }) => layers.length > 0);
  const start = (isStage ? PAD : 0) + (hasLayers ? PAD : 0) + gutter;
  const lines = columns.map((laneColumns) => linesOf(laneColumns, across));
  const widths = isTable(section) ? tableWidths(lines) : undefined;
  let y = isStage ? TITLE + PAD : 0;
  let right = start;
  const placed = blocks.map((block, index) => {
    const top = y;
    const isLayer = block.layers.length > 0;
    if (isLayer) y += LAYER_HEAD;
    const ofBlock = (lines[index] ?? []).map((line) => {
      let x = start;
      const cells = line.map((column, at) => {
        const width = widths?.[at] ?? column.width;
        const cell = { column, x, width };
        x += width + COLUMN_GAP;
        return cell;
      });
      right = Math.max(right, x - COLUMN_GAP);
      const { skipped, height } = extentOf(line, lanes);
      const drawn = { y, height, skipped, cells };
      y += height + ROW_GAP;
      return drawn;
    });
    y += (isLayer ? PAD : 0) - ROW_GAP;
    const bottom = y;
    y += BLOCK_GAP;
    return { block, top, bottom, lines: ofBlock };
  });
  const title = isStage ? textWidth(section.title ?? '', 12) + 2 * PAD + TITLE_SWITCHES : 0;
  return {
    width: Math.max(right + (hasLayers ? PAD : 0) + (isStage ? PAD : 0), title),
    height: y - BLOCK_GAP + (isStage ? PAD : 0),
    lines: lines.reduce((sum, { length }) => sum + length, 0),
    blocks: placed,
  };
}

/** The height of a row: all lanes when there are several, or what the row's nodes need when there is one. */
function extentOf(line: readonly Column[], lanes: StageLanes | undefined): { skipped: number; height: number } {
  if (!lanes) {
    const most = Math.max(...line.map(({ nodes }) => nodes.length));
    return { skipped: 0, height: most * (NODE_HEIGHT + STACK_GAP) - STACK_GAP };
  }
  if (lanes.lanes.length > 1) return { skipped: 0, height: lanes.height };
  const spans = line.flatMap(({ nodes }) => nodes.map((id) => lanes.spanOf(id)));
  const skipped = Math.min(...spans.map(({ top }) => top));
  return { skipped, height: Math.max(...spans.map(({ top, height }) => top + height)) - skipped };
}

/** Whether the cells are narrow enough for columns of one width, which are easier to read. */
function isTable({ columns, lanes }: Section): boolean {
  return (
    (lanes?.lanes.length ?? 1) < 2 &&
    columns.every((laneColumns) => laneColumns.every(({ width, cell }) => width === cell))
  );
}

function linesOf(columns: readonly Column[], across: number): readonly (readonly Column[])[] {
  const count = Math.ceil(columns.length / across);
  const perLine = Math.ceil(columns.length / Math.max(1, count));
  return Array.from({ length: count }, (_, line) => columns.slice(line * perLine, (line + 1) * perLine)).filter(
    ({ length }) => length > 0,
  );
}

function tableWidths(blocks: readonly (readonly (readonly Column[])[])[]): readonly number[] {
  const widths: number[] = [];
  for (const line of blocks.flat())
    for (const [at, { width }] of line.entries()) widths[at] = Math.max(widths[at] ?? 0, width);
  return widths;
}

/** Room at the left of a stage with several lanes, for their names. */
function gutterOf({ lanes }: Section): number {
  if (!lanes || lanes.lanes.length < 2) return 0;
  return Math.max(LANE_LABEL + LANE_SWITCH, ...lanes.lanes.map((lane) => textWidth(laneLabel(lane), 10) + PAD));
}

export interface PlacedSection {
  readonly nodes: readonly SceneNode[];
  readonly groups: readonly SceneGroup[];
  readonly rows: readonly Row[];
}

/** Nodes, frames and rows of a section whose upper left corner is at a point. `title` is written on its frame. */
export function placeSection(
  section: Section,
  shape: SectionShape,
  place: Place,
  left: number,
  top: number,
  title: string | undefined,
): PlacedSection {
  const { key, lanes } = section;
  const nodes: SceneNode[] = [];
  const groups: SceneGroup[] = [];
  const rows: Row[] = [];
  const gutter = gutterOf(section);
  if (title !== undefined)
    groups.push({
      id: `stage ${key}`,
      kind: 'stage',
      label: title,
      depth: 1,
      x: left,
      y: top,
      width: shape.width,
      height: shape.height,
    });
  for (const { block, lines, ...extent } of shape.blocks) {
    const isLayer = block.layers.length > 0;
    for (const [index, { y, height, skipped, cells }] of lines.entries()) {
      const placedNodes = cells.flatMap(({ column, x, width }) =>
        placeColumn(column, lanes, place, left + x, top + y - skipped, width),
      );
      nodes.push(...placedNodes);
      const isLast = index === lines.length - 1;
      rows.push({
        top: top + y,
        bottom: top + y + height,
        below: top + (isLast ? extent.bottom : y + height),
        nodes: placedNodes,
      });
      const end = cells.at(-1);
      const start = cells[0]?.x ?? 0;
      if (lanes && gutter > 0)
        groups.push(
          ...laneGroups(lanes, `${key}/row${rows.length - 1}`, gutter, {
            x: left + start - gutter,
            y: top + y,
            width: (end ? end.x + end.width : start) - start + gutter,
          }),
        );
    }
    if (isLayer)
      groups.push({
        id: `layer ${key}/${block.name}`,
        kind: 'layer',
        label: layerLabel(block),
        depth: 2,
        x: left + PAD,
        y: top + extent.top,
        width: shape.width - 2 * PAD,
        height: extent.bottom - extent.top,
      });
  }
  return { nodes, groups, rows };
}

function placeColumn(
  { nodes, width, cell }: Column,
  lanes: StageLanes | undefined,
  place: Place,
  x: number,
  y: number,
  room: number,
): readonly SceneNode[] {
  // A single node fills its place. The nodes of a grid keep their own width.
  const nodeWidth = width === cell ? room : cell;
  return nodes.map((id, index) => {
    const span = lanes?.spanOf(id) ?? { top: index * (NODE_HEIGHT + STACK_GAP), height: NODE_HEIGHT, across: 0 };
    return place(id, x + span.across * (nodeWidth + STACK_GAP), y + span.top, nodeWidth, span.height);
  });
}

/** The lanes of one row. */
function laneGroups(
  { lanes }: StageLanes,
  row: string,
  gutter: number,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): SceneGroup[] {
  return lanes.map((lane) => ({
    id: `lane ${row}/gpu${lane.gpus[0] ?? 0}`,
    kind: 'gpu',
    label: laneLabel(lane),
    depth: 3,
    gutter,
    x,
    y: y + lane.top - LANE_GAP / 2,
    width,
    height: lane.height + LANE_GAP,
  }));
}
