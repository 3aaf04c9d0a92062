import { gpuLabel } from '../labels.ts';
import { heldText } from '../machines.ts';
import { filledParts } from '../memorySegments.ts';
import type { Box, Dag, Scene, SceneEdge, SceneGroup, SceneNode } from '../types.ts';
import type { Canvas } from './flow.ts';
import {
  type Arrangement,
  BAR,
  BAR_GAP,
  CELL,
  CELL_GAP,
  type FrameShape,
  frameShape,
  HEAD,
  heightOf,
  MACHINE_GAP,
  MACHINE_PAD,
  MACHINE_TITLE,
  type MachineFrame,
  type PoolFrame,
  poolsOf,
  ROOM_FOR_TEXT,
} from './machineFrames.ts';
import { MARGIN, PAD } from './metrics.ts';
import { type Place, placer } from './place.ts';
import { textWidth } from './textWidth.ts';

/** Width and height of the ends of the graph, and height of what goes from pool to pool. */
const END = 110;
const FLAT = 28;
const TRANSFER = 36;
/** Between two rows, with an arrow in it. */
const ROW_GAP = 22;
/** Widths that a row may take, in CSS pixels. */
const WIDTHS = [480, 640, 800, 1_000, 1_150, 1_300, 1_700, 2_200, 3_000];

/** The canvas beside an editor and over a list, where a picture is to be seen whole. */
const BESIDE: Canvas = { width: 640, height: 330 };

/** Whether a graph is one of closed pools with their machines. */
export function hasMachines(dag: Dag): boolean {
  return dag.someNode((_, { kind }) => kind === 'gpu');
}

/**
 * A picture of machines: from top to bottom the input, the pools, what goes from one to the next, and the output. A pool is a
 * frame. In it stand its box and the links between its GPUs, and under them its machines, each with its GPUs as cells.
 */
export function layoutMachines(dag: Dag, canvas: Canvas = BESIDE): Scene {
  const place = placer(dag);
  const pools = poolsOf(dag);
  const rows = rowsOf(dag).map((row) => row.map((id) => ({ id, pool: pools.get(id), flat: flatNode(dag, place, id) })));
  const candidates = WIDTHS.flatMap((width) => [sized(rows, width, 'over'), sized(rows, width, 'aside')]);
  const scaleOf = ({ width, height }: Sized) => Math.min(1, canvas.width / width, canvas.height / height);
  const best = candidates.reduce((most, next) => (scaleOf(next) > 1.02 * scaleOf(most) ? next : most));
  const scene = new MachineScene(dag, place);
  let y = MARGIN;
  for (const { parts, width, height } of best.rows) {
    let x = (best.width - width) / 2;
    for (const part of parts) {
      const top = y + (height - part.height) / 2;
      if (part.shape && part.pool) scene.pool(part.pool, part.shape, x, top);
      else scene.flat({ ...part.flat, x, y: top });
      x += part.width + MACHINE_GAP;
    }
    y += height + ROW_GAP;
  }
  return {
    width: best.width,
    height: best.height,
    ...scene.finish(
      rows.map((row) => row.map(({ id }) => id)),
      best.width,
    ),
  };
}

/** Ids of what stands beside each other: ends, boxes of pools and transfers, by the longest way from the input. */
function rowsOf(dag: Dag): readonly (readonly string[])[] {
  const rows = new Map<number, string[]>();
  const levels = new Map<string, number>();
  // Nodes stand in the order of the flow, so what comes before a node has its level already.
  dag.forEachNode((id, { kind }) => {
    if (kind === 'gpu' || kind === 'network') return;
    const level = dag.reduceInNeighbors(id, (most, before) => Math.max(most, (levels.get(before) ?? -1) + 1), 0);
    levels.set(id, level);
    const row = rows.get(level);
    if (row) row.push(id);
    else rows.set(level, [id]);
  });
  return [...rows].toSorted(([a], [b]) => a - b).map(([, row]) => row);
}

/** An end or a transfer, flat, so that machines have the room. */
function flatNode(dag: Dag, place: Place, id: string): SceneNode {
  const { kind, label } = dag.getNodeAttributes(id);
  const isEnd = kind === 'source' || kind === 'sink';
  const width = isEnd ? END : textWidth(label, 12) * ROOM_FOR_TEXT + 4 * PAD;
  return { ...place(id, 0, 0, width, isEnd ? FLAT : TRANSFER), heat: 0, lines: [] };
}

interface Part {
  readonly id: string;
  readonly pool: PoolFrame | undefined;
  readonly flat: SceneNode;
}

interface Sized {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly {
    readonly width: number;
    readonly height: number;
    readonly parts: readonly (Part & {
      readonly shape?: FrameShape;
      readonly width: number;
      readonly height: number;
    })[];
  }[];
}

/** The rows where the machines of each take at most about a width. */
function sized(rows: readonly (readonly Part[])[], width: number, arrangement: Arrangement): Sized {
  const sizedRows = rows.map((row) => {
    const parts = row.map((part) => {
      const shape = part.pool && frameShape(part.pool, width / row.length, arrangement);
      const { width: across, height } = shape ?? part.flat;
      return { ...part, ...(shape && { shape }), width: across, height };
    });
    return {
      parts,
      width: parts.reduce((sum, part) => sum + part.width + MACHINE_GAP, -MACHINE_GAP),
      height: Math.max(...parts.map(({ height }) => height)),
    };
  });
  return {
    rows: sizedRows,
    width: Math.max(...sizedRows.map((row) => row.width)) + 2 * MARGIN,
    height: sizedRows.reduce((sum, row) => sum + row.height + ROW_GAP, 2 * MARGIN - ROW_GAP),
  };
}

/** Collects everything that has been placed. */
class MachineScene {
  private readonly nodes: SceneNode[] = [];
  private readonly groups: SceneGroup[] = [];
  /** Where arrows start and end: frames of pools, and boxes of the rest. */
  private readonly outlines = new Map<string, Box>();
  private readonly dag: Dag;
  private readonly place: Place;

  constructor(dag: Dag, place: Place) {
    this.dag = dag;
    this.place = place;
  }

  flat(node: SceneNode): void {
    this.nodes.push(node);
    this.outlines.set(node.id, node);
  }

  pool(frame: PoolFrame, shape: FrameShape, x: number, y: number): void {
    const { box, links, title, machines, cellWidth, cellHeight } = frame;
    const { width, height, across } = shape;
    const pool = this.dag.getNodeAttribute(box, 'pool') ?? '';
    this.groups.push({ id: `machines ${pool}`, kind: 'pool', label: title, depth: 0, x, y, width, height });
    this.outlines.set(box, { x, y, width, height });
    for (const [index, bar] of [box, ...links].entries()) {
      const node = this.place(bar, x + PAD, y + HEAD + index * (BAR + BAR_GAP), shape.barWidth, BAR);
      this.nodes.push({ ...node, heat: 0, lines: [] });
    }
    for (const [index, machine] of machines.entries())
      this.machine(
        `${pool}/${index}`,
        machine,
        x + shape.left + (index % across) * (cellWidth + MACHINE_GAP),
        y + shape.top + Math.floor(index / across) * (cellHeight + MACHINE_GAP),
        cellWidth,
      );
  }

  private machine(key: string, machine: MachineFrame, x: number, y: number, width: number): void {
    const { title, cells, across } = machine;
    const height = heightOf(machine);
    this.groups.push({ id: `node ${key}`, kind: 'node', label: title, depth: 2, x, y, width, height });
    const step = CELL + CELL_GAP;
    const start = x + (width - across * step + CELL_GAP) / 2;
    for (const [index, id] of cells.entries()) {
      const node = this.dag.getNodeAttributes(id);
      const column = index % across;
      const row = Math.floor(index / across);
      const drawn = this.place(id, start + column * step, y + MACHINE_TITLE + MACHINE_PAD + row * step, CELL, CELL);
      this.nodes.push({
        ...drawn,
        label: gpuLabel(node),
        heat: 0,
        lines: node.held ? [heldText(node.held.memory)] : [],
        ...(node.held && { filled: filledParts(node.held.memory) }),
      });
    }
  }

  /** The graph's own edges, from the bottom of one row to the top of another. */
  finish(rows: readonly (readonly string[])[], width: number): Pick<Scene, 'nodes' | 'groups' | 'edges'> {
    const rowOf = new Map(rows.flatMap((row, index) => row.map((id) => [id, index] as const)));
    const edges = this.dag.mapEdges((_, { kind }, from, to): SceneEdge => {
      const [start, end] = [this.outlines.get(from), this.outlines.get(to)];
      const passes = (rowOf.get(to) ?? 0) - (rowOf.get(from) ?? 0) > 1;
      const points = start && end ? wayOf(start, end, passes ? width - MARGIN / 2 : undefined) : [];
      return { id: `${from}>${to}`, from, to, kind, critical: false, points };
    });
    return { nodes: this.nodes, groups: this.groups, edges };
  }
}

/** From the middle of a bottom to the middle of a top; `around` is where it passes by rows between. */
function wayOf(from: Box, to: Box, around: number | undefined): readonly number[] {
  const [x0, y0] = [from.x + from.width / 2, from.y + from.height];
  const [x1, y1] = [to.x + to.width / 2, to.y];
  if (around !== undefined) {
    const [below, above] = [y0 + ROW_GAP / 3, y1 - ROW_GAP / 2];
    return [x0, y0, x0, below, around, below, around, above, x1, above, x1, y1];
  }
  if (Math.abs(x0 - x1) < 0.5) return [x0, y0, x1, y1];
  const turn = y1 - ROW_GAP / 2;
  return [x0, y0, x0, turn, x1, turn, x1, y1];
}
