import type { Dag, Scene } from '../types.ts';
import { blocksOf, columnsOf } from './blocks.ts';
import { lanesOf } from './lanes.ts';
import { layoutLanes } from './ribbon.ts';
import { layoutRows } from './rows.ts';

/**
 * Our own compositional layout. Time flows left to right through stages, layers and operations; each GPU is a lane
 * from top to bottom, and a collective spans the lanes of its GPUs. Equal layers are measured once. Where every stage
 * has a single lane, as in a folded overview, its operations are wrapped into rows, so that the picture has the shape
 * of a page and not of a ribbon.
 */
export function layoutDag(dag: Dag): Scene {
  const blocks = blocksOf(dag);
  const lanes = lanesOf(dag, blocks);
  const columns = columnsOf(dag, blocks);
  const isFolded = [...lanes.values()].every((stage) => stage.lanes.length === 1);
  return isFolded ? layoutRows(dag, blocks, columns) : layoutLanes(dag, blocks, lanes, columns);
}
