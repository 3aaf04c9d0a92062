import { stageTitle } from '../../plan/stageTitle.ts';
import { stageLabel } from '../labels.ts';
import type { Dag, DagNode } from '../types.ts';
import { STACK_GAP } from './metrics.ts';
import { labelOf, linesOf, nodeWidth } from './nodeText.ts';

/** Nodes that are drawn as one run of columns: a layer, what comes before or after the layers, or a transfer. */
export interface PlacedBlock {
  /** The stage to which it belongs, or a name of its own between stages. */
  readonly key: string;
  /** The pool to which it belongs, when there are several. */
  readonly pool: string | undefined;
  readonly name: string;
  readonly isStage: boolean;
  /** Title of the stage, when no frame names its pool. */
  readonly label: string;
  /** Title of the stage inside the frame of its pool. */
  readonly stageLabel: string;
  readonly layers: readonly number[];
  readonly nodes: readonly string[];
}

export interface Column {
  readonly operation: string;
  readonly nodes: readonly string[];
  readonly width: number;
  /** Width of one node: of the whole column, or of a place in its grid. */
  readonly cell: number;
}

/**
 * Blocks in the order of the nodes, which the builder adds in the order of the dataflow. Everything between two open
 * stages, including closed stages, is one block. So are closed layers that follow one another.
 */
export function blocksOf(dag: Dag): readonly PlacedBlock[] {
  const blocks = new Map<string, { -readonly [Key in keyof PlacedBlock]: PlacedBlock[Key] } & { nodes: string[] }>();
  let before: DagNode | undefined;
  let last: string[] = [];
  dag.forEachNode((id, node) => {
    const { kind, stage, block, layers, opens } = node;
    if (kind === 'source' || kind === 'sink') return;
    if (before && isOfOneBlock(before, node)) {
      last.push(id);
      return;
    }
    before = node;
    const pool = poolOf(node);
    const isStage = block !== '';
    const isClosed = isStage && opens !== undefined;
    const stageKey = `${pool ?? ''}/${stage ?? ''}`;
    const kindKey = isStage ? `stage ${stageKey}${isClosed ? ' closed' : ` ${block}`}` : `between ${pool ?? ''}`;
    const full = isStage && !isClosed ? `${kindKey}|` : `${kindKey}|${id}`;
    const sameBlock = blocks.get(full);
    if (sameBlock) {
      sameBlock.nodes.push(id);
      last = sameBlock.nodes;
      return;
    }
    const named = stageLabel(stage ?? '');
    const label = pool === undefined ? named : `Pool ${pool}${stage === 'all' ? '' : `, ${stageTitle(stage ?? '')}`}`;
    const key = isStage ? stageKey : `between ${id}`;
    const shown = isStage && !isClosed ? layers : [];
    last = [id];
    blocks.set(full, { key, pool, name: block, isStage, label, stageLabel: named, layers: shown, nodes: last });
  });
  return [...blocks.values()];
}

/** A closed pool is a box by itself and is in no frame. */
function poolOf({ opens, pool }: DagNode): string | undefined {
  return opens?.startsWith('pool ') ? undefined : pool;
}

/** Whether the second of two nodes that follow one another is drawn in the block of the first. */
function isOfOneBlock(before: DagNode, node: DagNode): boolean {
  if ((poolOf(before) ?? '') !== (poolOf(node) ?? '')) return false;
  if (node.block === '') return before.block === '';
  if (before.block === '' || (before.stage ?? '') !== (node.stage ?? '')) return false;
  return node.opens === undefined
    ? before.opens === undefined && before.block === node.block
    : before.opens !== undefined;
}

/** More nodes than this of one operation and one GPU form a grid instead of a column. */
const MOST_STACKED = 8;

/** Number of columns in the grid of one lane's nodes of an operation. */
export function gridColumns(count: number): number {
  return count > MOST_STACKED ? Math.ceil(Math.sqrt(count)) : 1;
}

/** Operations of each block as columns. Blocks with the same operations and labels share their measures. */
export function columnsOf(dag: Dag, blocks: readonly PlacedBlock[]): ReadonlyMap<PlacedBlock, readonly Column[]> {
  const widths = new Map<string, ReadonlyMap<string, number>>();
  const result = new Map<PlacedBlock, readonly Column[]>();
  for (const block of blocks) {
    const byOperation = new Map<string, { readonly ids: string[]; readonly nodes: DagNode[] }>();
    for (const id of block.nodes) {
      const node = dag.getNodeAttributes(id);
      const { operation, column: placedAs = operation, pool, stage } = node;
      const column = block.isStage ? placedAs : `${pool ?? ''}/${stage ?? ''}/${operation}`;
      const sameColumn = byOperation.get(column);
      if (!sameColumn) byOperation.set(column, { ids: [id], nodes: [node] });
      else {
        sameColumn.ids.push(id);
        sameColumn.nodes.push(node);
      }
    }
    const signature = `${block.key}|${[...byOperation].map(([operation, { ids }]) => `${operation}:${ids.length}`).join('|')}`;
    let measured = widths.get(signature);
    if (!measured) {
      measured = new Map([...byOperation].map(([operation, { nodes }]) => [operation, widest(nodes)]));
      widths.set(signature, measured);
    }
    const ownWidths = measured;
    result.set(
      block,
      [...byOperation].map(([operation, { ids, nodes }]) => {
        const cell = ownWidths.get(operation) ?? 0;
        const across = block.isStage ? gridColumns(mostInLane(nodes)) : 1;
        return { operation, nodes: ids, cell, width: across * (cell + STACK_GAP) - STACK_GAP };
      }),
    );
  }
  return result;
}

function widest(nodes: readonly DagNode[]): number {
  let most = 0;
  // Nodes of one operation mostly have the same text, of which one is measured.
  const seen = new Set<string>();
  for (const node of nodes) {
    const text = `${labelOf(node)}|${linesOf(node).join('|')}`;
    if (seen.has(text)) continue;
    seen.add(text);
    most = Math.max(most, nodeWidth(node));
  }
  return most;
}

/** The largest number of an operation's nodes for one GPU or one lane of GPUs. */
function mostInLane(nodes: readonly DagNode[]): number {
  const counts = new Map<number, number>();
  let most = 0;
  for (const { gpus, lane } of nodes) {
    const gpu = gpus[0];
    if (gpu === undefined || !isInLane(gpus, lane)) continue;
    const count = (counts.get(gpu) ?? 0) + 1;
    counts.set(gpu, count);
    most = Math.max(most, count);
  }
  return most;
}

/** Whether a node belongs to one lane: that of a GPU, or of several GPUs that are drawn once. */
export function isInLane(gpus: readonly number[], lane: boolean | undefined): boolean {
  return lane === true || gpus.length === 1;
}
