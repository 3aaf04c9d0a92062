import { heldText } from '../machines.ts';
import type { Dag, DagNode } from '../types.ts';
import { PAD, TITLE } from './metrics.ts';
import { textWidth } from './textWidth.ts';

/** The side of a GPU's cell, and the gap to the next one. */
export const CELL = 26;
export const CELL_GAP = 3;
export const MACHINE_TITLE = 20;
export const MACHINE_PAD = 8;
export const MACHINE_GAP = 12;
/** Height of a pool's box and of its links, which stand over its machines as a bus. */
export const BAR = 34;
export const BAR_GAP = 10;
/** From the top of a frame to what stands in it. */
export const HEAD = TITLE + PAD / 2;
/** Room beside the title of a frame, for its switch. */
const TITLE_SWITCH = 130;
/** Text keeps its size on the screen when the picture is made smaller, so boxes have room for it. */
export const ROOM_FOR_TEXT = 1.85;

/** A machine, or several that are drawn once: ids of its cells. */
export interface MachineFrame {
  readonly title: string;
  readonly cells: readonly string[];
  readonly across: number;
}

/** What stands in the frame of a pool. */
export interface PoolFrame {
  readonly box: string;
  readonly title: string;
  readonly boxWidth: number;
  readonly links: readonly string[];
  readonly linkWidth: number;
  readonly machines: readonly MachineFrame[];
  /** Size of the largest machine. All have their places in one grid. */
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** The frame of each pool by the id of its box. */
export function poolsOf(dag: Dag): ReadonlyMap<string, PoolFrame> {
  const frames = new Map<string, PoolFrame>();
  dag.forEachNode((box, node) => {
    const { pool } = node;
    if (pool === undefined || node.opens !== `pool ${pool}`) return;
    const own = (kind: DagNode['kind']) => dag.filterNodes((_, other) => other.kind === kind && other.pool === pool);
    const machines = machinesOf(dag, own('gpu'));
    const links = own('network');
    const textOf = (id: string) => textWidth(dag.getNodeAttribute(id, 'label'), 12) * ROOM_FOR_TEXT + 2 * PAD;
    frames.set(box, {
      box,
      title: `Pool ${pool}, ${countOf(dag, own('gpu'))}`,
      boxWidth: textOf(box) + PAD,
      links,
      linkWidth: Math.max(0, ...links.map(textOf)),
      machines,
      cellWidth: Math.max(0, ...machines.map(widthOf)),
      cellHeight: Math.max(0, ...machines.map(heightOf)),
    });
  });
  return frames;
}

/** `32 GPUs in 4 nodes, the fullest 38.9 of 79.2 GiB`. */
function countOf(dag: Dag, cells: readonly string[]): string {
  const nodes = cells.map((id) => dag.getNodeAttributes(id));
  const gpus = nodes.reduce((sum, { copies }) => sum + copies, 0);
  const machines = new Map(nodes.map(({ held, copies }) => [held?.machine, copies]));
  const count = [...machines.values()].reduce((sum, copies) => sum + copies, 0);
  const memories = nodes.flatMap(({ held }) => held?.memory ?? []);
  const [fullest] = memories.toSorted((a, b) => a.freeBytes - b.freeBytes);
  const named = `${gpus} GPU${gpus === 1 ? '' : 's'} in ${count} node${count === 1 ? '' : 's'}`;
  return fullest ? `${named}, ${gpus > 1 ? 'the fullest ' : ''}${heldText(fullest)}` : named;
}

function machinesOf(dag: Dag, cells: readonly string[]): readonly MachineFrame[] {
  const machines = new Map<string, string[]>();
  for (const id of cells) {
    const title = dag.getNodeAttribute(id, 'held')?.machine ?? '';
    const ofMachine = machines.get(title);
    if (ofMachine) ofMachine.push(id);
    else machines.set(title, [id]);
  }
  return [...machines].map(([title, ids]) => ({ title, cells: ids, across: ids.length / downOf(ids.length) }));
}

/** Rows of a machine's cells: about twice as wide as high, and all of one length. */
function downOf(count: number): number {
  let best = 1;
  for (let rows = 2; rows * rows <= count; rows++)
    if (count % rows === 0 && Math.abs(count / rows / rows - 2) < Math.abs(count / best / best - 2)) best = rows;
  return best;
}

function widthOf({ across, title }: MachineFrame): number {
  const cells = across * (CELL + CELL_GAP) - CELL_GAP;
  return Math.max(cells, textWidth(title, 12) * ROOM_FOR_TEXT + 3 * MACHINE_PAD) + 2 * MACHINE_PAD;
}

export function heightOf({ cells, across }: MachineFrame): number {
  return MACHINE_TITLE + (cells.length / across) * (CELL + CELL_GAP) - CELL_GAP + 2 * MACHINE_PAD;
}

export interface FrameShape {
  readonly width: number;
  readonly height: number;
  /** Machines beside each other. */
  readonly across: number;
  /** From the upper left corner of the frame to its first machine. */
  readonly left: number;
  readonly top: number;
  readonly barWidth: number;
}

/** `over`: the box of a pool and its links stand over its machines; `aside`: at their left. */
export type Arrangement = 'over' | 'aside';

/** The frame of a pool whose machines and bars take at most about this width. */
export function frameShape(pool: PoolFrame, width: number, arrangement: Arrangement): FrameShape {
  const { machines, cellWidth, cellHeight, links } = pool;
  const bars = (1 + links.length) * (BAR + BAR_GAP) - BAR_GAP;
  const narrowest = Math.max(pool.boxWidth, pool.linkWidth);
  const isAside = arrangement === 'aside';
  const aside = isAside ? narrowest + MACHINE_GAP : 0;
  const most = Math.max(1, Math.floor((width - 2 * PAD - aside + MACHINE_GAP) / (cellWidth + MACHINE_GAP)));
  const down = Math.max(1, Math.ceil(machines.length / most));
  const across = Math.max(1, Math.ceil(machines.length / down));
  const grid = across * (cellWidth + MACHINE_GAP) - MACHINE_GAP;
  const tall = down * (cellHeight + MACHINE_GAP) - MACHINE_GAP;
  const title = textWidth(pool.title, 12) * ROOM_FOR_TEXT + TITLE_SWITCH;
  const inner = Math.max(aside + grid, narrowest, title);
  return {
    width: inner + 2 * PAD,
    height: HEAD + (isAside ? Math.max(bars, tall) : bars + BAR_GAP + tall) + PAD,
    across,
    left: PAD + aside,
    top: HEAD + (isAside ? 0 : bars + BAR_GAP),
    barWidth: isAside ? narrowest : inner,
  };
}
