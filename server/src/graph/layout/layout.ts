import type { Dag, Scene, SceneGroup, SceneNode } from '../types.ts';
import { blocksOf, columnsOf, type PlacedBlock } from './blocks.ts';
import { routeEdges } from './edges.ts';
import { lanesOf } from './lanes.ts';
import { BLOCK_GAP, COLUMN_GAP, LANE_GAP, MARGIN, NODE_HEIGHT, PAD, TITLE } from './metrics.ts';
import { labelOf, linesOf, nodeWidth } from './nodeText.ts';

/**
 * Our own compositional layout. Time flows left to right through stages, layers and operations; each GPU is a lane
 * from top to bottom, and a collective spans the lanes of its GPUs. Equal layers are measured once. Stages with a
 * single lane are stacked, so that a folded overview has the shape of a page and not of a ribbon.
 */
export function layoutDag(dag: Dag): Scene {
  const blocks = blocksOf(dag);
  const lanes = lanesOf(dag, blocks);
  const columns = columnsOf(dag, blocks);
  const isStacked = [...lanes.values()].every((stage) => stage.lanes.length === 1);
  const nodes = new Map<string, SceneNode>();
  const groups: SceneGroup[] = [];
  const heat = heatOf(dag);
  let x = MARGIN;
  let y = MARGIN;
  let right = MARGIN;
  let bottom = MARGIN;
  let stageBox: { key: string; x: number; y: number; label: string } | undefined;
  const source = dag.hasNode('source')
    ? place(dag, 'source', heat, x, 0, nodeWidth(dag.getNodeAttributes('source')), NODE_HEIGHT)
    : undefined;
  if (source) x += source.width + BLOCK_GAP;
  const left = x;

  const closeStage = () => {
    if (!stageBox) return;
    const stage = lanes.get(stageBox.key);
    const height = (stage?.height ?? 0) + 2 * TITLE + 2 * PAD;
    groups.push({
      id: `stage ${stageBox.key}`,
      kind: 'stage',
      label: stageBox.label,
      depth: 0,
      x: stageBox.x,
      y: stageBox.y,
      width: x - BLOCK_GAP + PAD - stageBox.x,
      height,
    });
    right = Math.max(right, x - BLOCK_GAP + PAD);
    bottom = Math.max(bottom, stageBox.y + height);
    if (isStacked) {
      x = left;
      y = stageBox.y + height + BLOCK_GAP;
    } else x += PAD;
    stageBox = undefined;
  };

  for (const block of blocks) {
    if (block.key !== stageBox?.key) closeStage();
    const stage = lanes.get(block.key);
    const own = columns.get(block);
    if (!stage || !own) continue;
    if (!stageBox && block.isStage) {
      stageBox = { key: block.key, x, y, label: block.label };
      x += PAD;
    }
    const top = y + (block.isStage ? 2 * TITLE + PAD : TITLE);
    const start = x;
    const inset = block.layers.length > 0 ? PAD : 0;
    x += inset;
    for (const column of own) {
      for (const id of column.nodes) {
        const span = stage.spanOf(id);
        nodes.set(id, place(dag, id, heat, x, top + span.top, column.width, span.height));
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
        y: top - TITLE,
        width: x - start,
        height: stage.height + TITLE + PAD / 2,
      });
    }
    x += BLOCK_GAP;
    right = Math.max(right, x - BLOCK_GAP);
    bottom = Math.max(bottom, top + stage.height);
  }
  closeStage();

  const middle = MARGIN + (bottom - MARGIN - NODE_HEIGHT) / 2;
  if (source) nodes.set('source', { ...source, y: middle });
  if (dag.hasNode('sink')) {
    const width = nodeWidth(dag.getNodeAttributes('sink'));
    const sink = place(dag, 'sink', heat, right + BLOCK_GAP, middle, width, NODE_HEIGHT);
    nodes.set('sink', sink);
    right = sink.x + width;
  }
  return {
    width: right + MARGIN,
    height: bottom + MARGIN,
    groups: [...groups.sort((a, b) => a.depth - b.depth), ...laneGroups(groups, lanes)],
    nodes: [...nodes.values()],
    edges: routeEdges(dag, nodes),
  };
}

function layerLabel({ layers }: PlacedBlock): string {
  return layers.length === 1 ? `Layer ${layers[0]}` : `Layers ${layers[0]}..${layers.at(-1)} (x${layers.length})`;
}

/** A band per GPU behind the nodes of its stage, labelled at its left end. */
function laneGroups(groups: readonly SceneGroup[], lanes: ReturnType<typeof lanesOf>): SceneGroup[] {
  return groups.flatMap((group) => {
    const stage = group.kind === 'stage' ? lanes.get(group.id.slice('stage '.length)) : undefined;
    if (!stage || stage.lanes.length < 2) return [];
    return stage.lanes.map((lane) => ({
      id: `${group.id}/gpu${lane.gpu}`,
      kind: 'gpu' as const,
      label: `GPU ${lane.gpu}`,
      depth: 2,
      x: group.x,
      y: group.y + 2 * TITLE + PAD + lane.top - LANE_GAP / 2,
      width: group.width,
      height: lane.height + LANE_GAP,
    }));
  });
}

function place(
  dag: Dag,
  id: string,
  heat: (id: string) => number,
  x: number,
  y: number,
  width: number,
  height: number,
): SceneNode {
  const node = dag.getNodeAttributes(id);
  return {
    id,
    kind: node.kind,
    label: labelOf(node),
    lines: linesOf(node),
    heat: heat(id),
    critical: node.critical,
    x,
    y,
    width,
    height,
  };
}

/** Seconds of each node over those of the longest one. */
function heatOf(dag: Dag): (id: string) => number {
  let most = 0;
  dag.forEachNode((_, { seconds }) => {
    most = Math.max(most, seconds);
  });
  return (id) => (most > 0 ? dag.getNodeAttribute(id, 'seconds') / most : 0);
}
