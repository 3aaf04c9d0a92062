import type { Dag, Scene, SceneGroup, SceneNode } from '../types.ts';
import type { Column, PlacedBlock } from './blocks.ts';
import type { StageLanes } from './lanes.ts';
import {
  BLOCK_GAP,
  COLUMN_GAP,
  LANE_GAP,
  LANE_LABEL,
  LANE_SWITCH,
  LAYER_HEAD,
  MARGIN,
  NODE_HEIGHT,
  PAD,
  PAGE_WIDTH,
  ROW_GAP,
  STACK_GAP,
  TITLE,
} from './metrics.ts';
import { laneLabel, layerLabel, placeEnd, placer } from './place.ts';
import { type Row, routeRows } from './rowEdges.ts';
import { textWidth } from './textWidth.ts';

/**
 * Stages below each other; the operations of each block run from left to right in as many rows as they need. A stage with
 * several lanes has all of them in each of its rows.
 */
export function layoutRows(
  dag: Dag,
  blocks: readonly PlacedBlock[],
  lanes: ReadonlyMap<string, StageLanes>,
  columns: ReadonlyMap<PlacedBlock, readonly Column[]>,
): Scene {
  const place = placer(dag);
  const nodes = new Map<string, SceneNode>();
  const groups: SceneGroup[] = [];
  const rows: Row[] = [];
  const source = placeEnd(dag, 'source', place, MARGIN, 0);
  const left = MARGIN + (source ? source.width + BLOCK_GAP : 0);
  let y = MARGIN;
  let right = left;
  let stage: { readonly key: string; readonly label: string; readonly y: number; right: number } | undefined;

  const closeStage = () => {
    if (!stage) return;
    y += PAD - BLOCK_GAP;
    const { key, label, y: top } = stage;
    const box = { x: left, y: top, width: stage.right + PAD - left, height: y - top };
    groups.push({ id: `stage ${key}`, kind: 'stage', label, depth: 0, ...box });
    right = Math.max(right, stage.right + PAD);
    y += BLOCK_GAP;
    stage = undefined;
  };

  for (const block of blocks) {
    if (block.key !== stage?.key) closeStage();
    if (!stage && block.isStage) {
      stage = { key: block.key, label: block.label, y, right: left };
      y += TITLE + PAD;
    }
    const isLayer = block.layers.length > 0;
    const own = block.isStage ? lanes.get(block.key) : undefined;
    const gutter = own ? gutterOf(own) : 0;
    const start = left + PAD + (isLayer ? PAD : 0) + gutter;
    const top = y;
    if (isLayer) y += LAYER_HEAD;
    let end = start;
    for (const line of wrapped(columns.get(block) ?? [])) {
      let x = start;
      let height = NODE_HEIGHT;
      const placed: SceneNode[] = [];
      for (const { nodes: ids, width, cell } of line) {
        for (const [index, id] of ids.entries()) {
          const span = own?.spanOf(id) ?? { top: index * (NODE_HEIGHT + STACK_GAP), height: NODE_HEIGHT, across: 0 };
          placed.push(place(id, x + span.across * (cell + STACK_GAP), y + span.top, cell, span.height));
        }
        height = Math.max(height, own?.height ?? ids.length * (NODE_HEIGHT + STACK_GAP) - STACK_GAP);
        x += width + COLUMN_GAP;
      }
      for (const node of placed) nodes.set(node.id, node);
      end = Math.max(end, x - COLUMN_GAP);
      if (own && gutter > 0)
        groups.push(
          ...laneGroups(own, block.key, rows.length, gutter, { x: start - gutter, y, width: end - start + gutter }),
        );
      rows.push({ top: y, bottom: y + height, nodes: placed });
      y += height + ROW_GAP;
    }
    y -= ROW_GAP;
    if (isLayer) {
      y += PAD;
      groups.push({
        id: `layer ${block.key}/${block.name}`,
        kind: 'layer',
        label: layerLabel(block),
        depth: 1,
        x: start - PAD - gutter,
        y: top,
        width: end + PAD - (start - PAD - gutter),
        height: y - top,
      });
      end += PAD;
    }
    if (stage) stage.right = Math.max(stage.right, end);
    right = Math.max(right, end);
    y += BLOCK_GAP;
  }
  closeStage();

  const first = rows[0]?.top ?? MARGIN;
  const last = rows.at(-1);
  const sink = placeEnd(dag, 'sink', place, right + BLOCK_GAP, last?.top ?? MARGIN);
  if (source) nodes.set('source', { ...source, y: first });
  if (sink) nodes.set('sink', sink);
  return {
    width: Math.max(right, sink ? sink.x + sink.width : 0) + MARGIN,
    height: y - BLOCK_GAP + MARGIN,
    groups: groups.sort((a, b) => a.depth - b.depth),
    nodes: [...nodes.values()],
    edges: routeRows(dag, nodes, rows, left),
  };
}

/** Room at the left of a stage with several lanes for their names. */
function gutterOf({ lanes }: StageLanes): number {
  if (lanes.length < 2) return 0;
  return Math.max(LANE_LABEL + LANE_SWITCH, ...lanes.map((lane) => textWidth(laneLabel(lane), 10) + PAD));
}

/** The lanes of one row. */
function laneGroups(
  { lanes }: StageLanes,
  key: string,
  row: number,
  gutter: number,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): SceneGroup[] {
  return lanes.map((lane) => ({
    id: `lane ${key}/gpu${lane.gpus[0] ?? 0}/row${row}`,
    kind: 'gpu',
    label: laneLabel(lane),
    depth: 2,
    gutter,
    x,
    y: y + lane.top - LANE_GAP / 2,
    width,
    height: lane.height + LANE_GAP,
  }));
}

/** Columns in lines of about equal width, none wider than the page unless a single column is. */
function wrapped(columns: readonly Column[]): readonly (readonly Column[])[] {
  const room = PAGE_WIDTH - 4 * PAD;
  const total = columns.reduce((sum, { width }) => sum + width + COLUMN_GAP, -COLUMN_GAP);
  const target = total / Math.max(1, Math.ceil(total / room));
  const lines: Column[][] = [];
  let line: Column[] = [];
  let used = 0;
  for (const column of columns) {
    const wider = used + column.width + (line.length > 0 ? COLUMN_GAP : 0);
    // A column that lies for the most part behind the line's share of the width begins the next one.
    if (line.length > 0 && (wider > room || wider - column.width / 2 > target)) {
      lines.push(line);
      line = [];
      used = 0;
    }
    used += column.width + (line.length > 0 ? COLUMN_GAP : 0);
    line.push(column);
  }
  if (line.length > 0) lines.push(line);
  return lines;
}
