import { formatIndexes } from '../labels.ts';
import { timeShares } from '../passTime.ts';
import type { Dag, SceneNode } from '../types.ts';
import type { PlacedBlock } from './blocks.ts';
import type { Lane } from './lanes.ts';
import { NODE_HEIGHT } from './metrics.ts';
import { labelOf, linesOf, nodeWidth } from './nodeText.ts';

/** Makes the drawn node of a node of the DAG. */
export type Place = (id: string, x: number, y: number, width: number, height: number) => SceneNode;

export function placer(dag: Dag): Place {
  const heat = timeShares(dag);
  return (id, x, y, width, height) => {
    const node = dag.getNodeAttributes(id);
    return {
      id,
      kind: node.kind,
      label: labelOf(node),
      lines: linesOf(node),
      heat: heat(node),
      critical: node.critical,
      ...(node.opens !== undefined && { closed: node.copies > 1 ? 'several' : 'one' }),
      x,
      y,
      width,
      height,
    };
  };
}

/** The source or the sink, if the DAG has it. */
export function placeEnd(dag: Dag, id: 'source' | 'sink', place: Place, x: number, y: number): SceneNode | undefined {
  return dag.hasNode(id) ? place(id, x, y, nodeWidth(dag.getNodeAttributes(id)), NODE_HEIGHT) : undefined;
}

export function layerLabel({ layers }: PlacedBlock): string {
  return layers.length === 1 ? `Layer ${layers[0]}` : `Layers ${formatIndexes(layers)} (x${layers.length})`;
}

export function laneLabel({ gpus }: Lane): string {
  const [first = 0] = gpus;
  return gpus.length > 1 ? `GPUs ${formatIndexes(gpus)}` : `GPU ${first}`;
}
