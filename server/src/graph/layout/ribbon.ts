import type { Dag, Scene, SceneGroup, SceneNode } from '../types.ts';
import type { Column, PlacedBlock } from './blocks.ts';
import { routeEdges } from './edges.ts';
import type { Span, StageLanes } from './lanes.ts';
import {
  BLOCK_GAP,
  COLUMN_GAP,
  LANE_GAP,
  LANE_LABEL,
  LAYER_HEAD,
  MARGIN,
  NODE_HEIGHT,
  PAD,
  STACK_GAP,
  TITLE,
} from './metrics.ts';
import { laneLabel, layerLabel, placeEnd, placer } from './place.ts';

/** Lays out stages and layers from left to right, with a lane per GPU. */
export function layoutLanes(
  dag: Dag,
  blocks: readonly PlacedBlock[],
  lanes: ReadonlyMap<string, StageLanes>,
  columns: ReadonlyMap<PlacedBlock, readonly Column[]>,
): Scene {
  const place = placer(dag);
  const nodes = new Map<string, SceneNode>();
  const groups: SceneGroup[] = [];
  let x = MARGIN;
  let bottom = MARGIN;
  let stageBox: { readonly key: string; readonly x: number; readonly label: string } | undefined;
  /** The lanes of the stage where a transfer starts. */
  let before: StageLanes | undefined;
  const source = placeEnd(dag, 'source', place, x, 0);
  if (source) x += source.width + BLOCK_GAP;

  const closeStage = () => {
    if (!stageBox) return;
    const height = (lanes.get(stageBox.key)?.height ?? 0) + TITLE + LAYER_HEAD + 2 * PAD;
    groups.push({
      id: `stage ${stageBox.key}`,
      kind: 'stage',
      label: stageBox.label,
      depth: 0,
      x: stageBox.x,
      y: MARGIN,
      width: x - BLOCK_GAP + PAD - stageBox.x,
      height,
    });
    bottom = Math.max(bottom, MARGIN + height);
    x += PAD;
    stageBox = undefined;
  };

  for (const block of blocks) {
    if (block.key !== stageBox?.key) closeStage();
    const stage = lanes.get(block.key);
    const ownColumns = columns.get(block);
    if (!stage || !ownColumns) continue;
    if (block.isStage) before = stage;
    if (!stageBox && block.isStage) {
      stageBox = { key: block.key, x, label: block.label };
      x += stage.lanes.length > 1 ? PAD + LANE_LABEL : PAD;
    }
    const top = MARGIN + TITLE + PAD + LAYER_HEAD;
    const start = x;
    const inset = block.layers.length > 0 ? PAD : 0;
    x += inset;
    for (const column of ownColumns) {
      for (const id of column.nodes) {
        const span = block.isStage ? stage.spanOf(id) : besideLane(dag, id, before);
        nodes.set(id, place(id, x + span.across * (column.cell + STACK_GAP), top + span.top, column.cell, span.height));
      }
      x += column.width + COLUMN_GAP;
    }
    x += inset - COLUMN_GAP;
    if (block.layers.length > 0) {
      groups.push({
        id: `layer ${block.key}/${block.name}`,
        kind: 'layer',
        label: layerLabel(block),
        depth: 1,
        x: start,
        y: top - LAYER_HEAD,
        width: x - start,
        height: stage.height + LAYER_HEAD + PAD / 2,
      });
    }
    x += BLOCK_GAP;
    bottom = Math.max(bottom, top + stage.height);
  }
  closeStage();

  const middle = MARGIN + (bottom - MARGIN - NODE_HEIGHT) / 2;
  if (source) nodes.set('source', { ...source, y: middle });
  const sink = placeEnd(dag, 'sink', place, x, middle);
  if (sink) nodes.set('sink', sink);
  return {
    width: (sink ? sink.x + sink.width : x - BLOCK_GAP) + MARGIN,
    height: bottom + MARGIN,
    groups: [...groups.sort((a, b) => a.depth - b.depth), ...laneGroups(groups, lanes)],
    nodes: [...nodes.values()],
    edges: routeEdges(dag, nodes),
  };
}

/** A transfer is at the height of its sender's lane, or in the middle when it leaves the whole stage. */
function besideLane(dag: Dag, id: string, before: StageLanes | undefined): Span {
  const { gpus } = dag.getNodeAttributes(id);
  const lane =
    gpus.length === 2 ? before?.lanes.find((earlier) => earlier.gpus.some((gpu) => gpus.includes(gpu))) : undefined;
  const span = lane ?? { top: 0, height: before?.height ?? NODE_HEIGHT };
  return { top: span.top + (span.height - NODE_HEIGHT) / 2, height: NODE_HEIGHT, across: 0 };
}

/** A band per GPU behind the nodes of its stage, with a label at its left end. */
function laneGroups(groups: readonly SceneGroup[], lanes: ReadonlyMap<string, StageLanes>): SceneGroup[] {
  return groups.flatMap((group) => {
    const stage = group.kind === 'stage' ? lanes.get(group.id.slice('stage '.length)) : undefined;
    if (!stage || stage.lanes.length < 2) return [];
    return stage.lanes.map((lane) => ({
      id: `${group.id}/gpu${lane.gpus[0] ?? 0}`,
      kind: 'gpu' as const,
      label: laneLabel(lane),
      depth: 2,
      gutter: LANE_LABEL,
      x: group.x,
      y: group.y + TITLE + PAD + LAYER_HEAD + lane.top - LANE_GAP / 2,
      width: group.width,
      height: lane.height + LANE_GAP,
    }));
  });
}
