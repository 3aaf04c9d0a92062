import type { Dag } from '../types.ts';
import { nodeWidth } from './nodeText.ts';

/** Nodes that are drawn as one run of columns: a layer, what comes before or behind the layers, or a transfer. */
export interface PlacedBlock {
  /** The stage that it belongs to, or its own name between stages. */
  readonly key: string;
  readonly name: string;
  readonly isStage: boolean;
  /** Title of the stage. */
  readonly label: string;
  readonly layers: readonly number[];
  readonly nodes: readonly string[];
}

export interface Column {
  readonly operation: string;
  readonly nodes: readonly string[];
  readonly width: number;
}

/** Blocks in the order of the nodes, which the builder adds in the order of the dataflow. */
export function blocksOf(dag: Dag): readonly PlacedBlock[] {
  const blocks = new Map<string, { -readonly [Key in keyof PlacedBlock]: PlacedBlock[Key] } & { nodes: string[] }>();
  dag.forEachNode((id, { kind, pool, stage, block, layers, operation }) => {
    if (kind === 'source' || kind === 'sink') return;
    const isStage = block !== '';
    const key = isStage ? `${pool ?? ''}/${stage ?? ''}` : `${pool ?? ''}/${stage ?? ''}/${operation}`;
    const full = `${key}/${block}`;
    const known = blocks.get(full);
    if (known) known.nodes.push(id);
    else {
      const label = `${pool === undefined ? '' : `Pool ${pool}, `}${pool === undefined ? 'Stage' : 'stage'} ${stage ?? ''}`;
      blocks.set(full, { key, name: block, isStage, label, layers, nodes: [id] });
    }
  });
  return [...blocks.values()];
}

/** Operations of each block as columns; blocks with the same operations and labels share their measures. */
export function columnsOf(dag: Dag, blocks: readonly PlacedBlock[]): ReadonlyMap<PlacedBlock, readonly Column[]> {
  const widths = new Map<string, ReadonlyMap<string, number>>();
  const result = new Map<PlacedBlock, readonly Column[]>();
  for (const block of blocks) {
    const byOperation = new Map<string, string[]>();
    for (const id of block.nodes) {
      const { operation } = dag.getNodeAttributes(id);
      const known = byOperation.get(operation);
      if (known) known.push(id);
      else byOperation.set(operation, [id]);
    }
    const signature = `${block.key}|${[...byOperation].map(([operation, nodes]) => `${operation}:${nodes.length}`).join('|')}`;
    let measured = widths.get(signature);
    if (!measured) {
      measured = new Map(
        [...byOperation].map(([operation, nodes]) => [
          operation,
          Math.max(...nodes.map((id) => nodeWidth(dag.getNodeAttributes(id)))),
        ]),
      );
      widths.set(signature, measured);
    }
    const own = measured;
    result.set(
      block,
      [...byOperation].map(([operation, nodes]) => ({ operation, nodes, width: own.get(operation) ?? 0 })),
    );
  }
  return result;
}
