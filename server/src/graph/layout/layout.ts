import type { Dag, Scene } from '../types.ts';
import { blocksOf, columnsOf, type PlacedBlock } from './blocks.ts';
import { type Canvas, PANEL } from './flow.ts';
import { lanesOf } from './lanes.ts';
import { layoutLayered } from './layered.ts';
import { hasMachines, layoutMachines } from './machines.ts';
import { layoutPage } from './page.ts';
import { layoutLanes } from './ribbon.ts';

/** `ribbon`: one row from left to right. `page`: in the shape of a canvas. `fitting`: a page when everything is folded. */
export type Shape = 'ribbon' | 'page' | 'fitting';

/**
 * Our own compositional layout. Time flows from left to right through stages, layers and operations. Each GPU is a lane,
 * from top to bottom, and a collective spans the lanes of its GPUs. Equal layers are measured once. When every stage has a
 * single lane, as in a folded overview, its operations are wrapped into rows, so that the picture has the shape of a canvas
 * and not of a ribbon. A graph with machines is a picture of these. Boxes with arrows that branch are laid out in layers instead.
 */
export function layoutDag(dag: Dag, shape: Shape = 'fitting', canvas?: Canvas): Scene {
  if (hasMachines(dag)) return layoutMachines(dag, canvas);
  const blocks = blocksOf(dag);
  if (isIrregular(dag, blocks)) return layoutLayered(dag);
  const lanes = lanesOf(dag, blocks);
  const columns = columnsOf(dag, blocks);
  const isPage =
    shape === 'page' ||
    (shape === 'fitting' && [...lanes.values()].every((stageLanes) => stageLanes.lanes.length === 1));
  return isPage ? layoutPage(dag, blocks, lanes, columns, canvas ?? PANEL) : layoutLanes(dag, blocks, lanes, columns);
}

/** Whether the reader's own arrows join boxes and no stage is open, so that boxes would follow no row. */
function isIrregular(dag: Dag, blocks: readonly PlacedBlock[]): boolean {
  return !blocks.some(({ isStage }) => isStage) && dag.someNode((id) => dag.outDegree(id) > 1 || dag.inDegree(id) > 1);
}
