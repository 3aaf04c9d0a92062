import type { Dag, Scene } from '../types.ts';
import { blocksOf, columnsOf } from './blocks.ts';
import { lanesOf } from './lanes.ts';
import { layoutLanes } from './ribbon.ts';
import { layoutRows } from './rows.ts';

/** `ribbon`: one row from left to right; `page`: as many rows as it needs; `fitting`: a page where all is folded. */
export type Shape = 'ribbon' | 'page' | 'fitting';

/**
 * Our own compositional layout. Time flows left to right through stages, layers and operations; each GPU is a lane
 * from top to bottom, and a collective spans the lanes of its GPUs. Equal layers are measured once. Where every stage
 * has a single lane, as in a folded overview, its operations are wrapped into rows, so that the picture has the shape
 * of a page and not of a ribbon; a page keeps its shape when a part of it is opened.
 */
export function layoutDag(dag: Dag, shape: Shape = 'fitting'): Scene {
  const blocks = blocksOf(dag);
  const lanes = lanesOf(dag, blocks);
  const columns = columnsOf(dag, blocks);
  const isPage =
    shape === 'page' || (shape === 'fitting' && [...lanes.values()].every((each) => each.lanes.length === 1));
  return isPage ? layoutRows(dag, blocks, lanes, columns) : layoutLanes(dag, blocks, lanes, columns);
}
