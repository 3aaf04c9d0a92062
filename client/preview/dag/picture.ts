import type { PreviewNode, PreviewPicture, PreviewTopology } from '../../../server/src/services/preview/protocol.ts';
import type { Rectangle } from './camera.ts';
import { SpatialIndex } from './spatial.ts';

export interface PictureNode extends Rectangle {
  readonly index: number;
  readonly node: PreviewNode;
}

export interface PictureGroup extends Rectangle {
  readonly group: PreviewTopology['groups'][number];
  /**
   * How long a group keeps its title. Every second group of a kind has more than its neighbours, every fourth more still, so that
   * always the same titles give way.
   */
  readonly weight: number;
}

export interface PictureEdge {
  readonly from: number;
  readonly to: number;
  readonly isGate: boolean;
  readonly critical: boolean;
  /** Polyline x0, y0, x1, y1, ... */
  readonly points: readonly number[];
  readonly bounds: Rectangle;
}

interface Parts {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PictureNode[];
  readonly groups: readonly PictureGroup[];
  readonly edges: readonly PictureEdge[];
}

type Move = (index: number, box: Rectangle) => Rectangle;

/** A topology joined with its positions, and the questions that the views ask of it. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PictureNode[];
  readonly groups: readonly PictureGroup[];
  readonly edges: readonly PictureEdge[];
  /** x, y, width and height of each node, one after the other, for drawing many nodes. */
  readonly boxes: Float32Array;
  private readonly byId: ReadonlyMap<string, PictureNode>;
  private following: readonly (readonly number[])[] = [];
  private preceding: readonly (readonly number[])[] = [];
  private cachedRanks: readonly number[] | undefined;
  private nodesByPlace: SpatialIndex | undefined;
  private cachedCritical: readonly PictureEdge[] | undefined;
  private edgesByPlace: SpatialIndex | undefined;

  private constructor({ width, height, nodes, groups, edges }: Parts) {
    this.width = width;
    this.height = height;
    this.nodes = nodes;
    this.groups = groups;
    this.edges = edges;
    this.boxes = new Float32Array(4 * nodes.length);
    for (const [index, { x, y, width: across, height: down }] of nodes.entries())
      this.boxes.set([x, y, across, down], 4 * index);
    this.byId = new Map(nodes.map((placed) => [placed.node.id, placed]));
  }

  static of({ topology, positions }: PreviewPicture): Picture {
    const nodes = topology.nodes.map((node, index) => ({ index, node, ...boxAt(positions.nodes, index) }));
    const countOfKind = new Map<PictureGroup['group']['kind'], number>();
    const groups = topology.groups.map((group, index) => {
      const ordinal = countOfKind.get(group.kind) ?? 0;
      countOfKind.set(group.kind, ordinal + 1);
      return { group, weight: weightOf(ordinal), ...boxAt(positions.groups, index) };
    });
    const indexes = new Map(topology.nodes.map(({ id }, index) => [id, index]));
    const edges: PictureEdge[] = [];
    for (const [index, edge] of topology.edges.entries()) {
      const from = indexes.get(edge.from);
      const to = indexes.get(edge.to);
      const points = positions.edges[index] ?? [];
      if (from === undefined || to === undefined || points.length < 4) continue;
      edges.push({ from, to, isGate: edge.kind === 'gate', critical: edge.critical, points, bounds: boundsOf(points) });
    }
    return new Picture({ width: positions.width, height: positions.height, nodes, groups, edges });
  }

  /** The same with nodes and groups at other places. */
  moved(node: Move, group: Move): Picture {
    return new Picture({
      ...this,
      nodes: this.nodes.map((placed, index) => ({ ...placed, ...node(index, placed) })),
      groups: this.groups.map((placed, index) => ({ ...placed, ...group(index, placed) })),
    });
  }

  /** The box of a node or group. */
  boxOf(id: string): Rectangle | undefined {
    return this.byId.get(id) ?? this.groups.find(({ group }) => group.id === id);
  }

  /**
   * For each node, the length of the longest path to it from the source. This is the order of the dataflow, however it is drawn.
   */
  get ranks(): readonly number[] {
    this.connect();
    this.cachedRanks ??= ranksOf(this.following, this.preceding);
    return this.cachedRanks;
  }

  find(id: string | undefined): PictureNode | undefined {
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** The node drawn at a point. */
  at(x: number, y: number): PictureNode | undefined {
    return this.nodes[this.nodesWithin({ x, y, width: 0, height: 0 }).at(-1) ?? -1];
  }

  nodesWithin(view: Rectangle): Uint32Array {
    this.nodesByPlace ??= new SpatialIndex(this.boxes);
    return this.nodesByPlace.within(view);
  }

  edgesWithin(view: Rectangle): readonly PictureEdge[] {
    this.edgesByPlace ??= new SpatialIndex(
      Float32Array.from(this.edges.flatMap(({ bounds: { x, y, width, height } }) => [x, y, width, height])),
    );
    return Array.from(this.edgesByPlace.within(view), (index) => this.edges[index]).filter(
      (edge) => edge !== undefined,
    );
  }

  /** Edges of the critical path that touch a rectangle. There are few of them, however large the picture is. */
  criticalWithin(view: Rectangle): readonly PictureEdge[] {
    this.cachedCritical ??= this.edges.filter(({ critical }) => critical);
    return this.cachedCritical.filter(({ bounds }) => overlaps(bounds, view));
  }

  after(node: PictureNode): readonly PictureNode[] {
    this.connect();
    return this.resolve(this.following[node.index]);
  }

  before(node: PictureNode): readonly PictureNode[] {
    this.connect();
    return this.resolve(this.preceding[node.index]);
  }

  nearest(x: number, y: number): PictureNode | undefined {
    return closest(this.nodes, x, y);
  }

  /** Neighbours are computed when they are first needed, which is after the first picture is seen. */
  private connect(): void {
    if (this.following.length > 0) return;
    const following: number[][] = this.nodes.map(() => []);
    const preceding: number[][] = this.nodes.map(() => []);
    for (const { from, to } of this.edges) {
      following[from]?.push(to);
      preceding[to]?.push(from);
    }
    this.following = following;
    this.preceding = preceding;
  }

  private resolve(indexes: readonly number[] | undefined): readonly PictureNode[] {
    return (indexes ?? []).flatMap((index) => this.nodes[index] ?? []);
  }
}

/** The one of the nodes whose middle is nearest to a point. */
export function closest(nodes: readonly PictureNode[], x: number, y: number): PictureNode | undefined {
  let best: PictureNode | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const distance = Math.hypot(node.x + node.width / 2 - x, node.y + node.height / 2 - y);
    if (distance >= least) continue;
    least = distance;
    best = node;
  }
  return best;
}

export function contains(box: Rectangle, x: number, y: number): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

export function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

function ranksOf(following: readonly (readonly number[])[], preceding: readonly (readonly number[])[]): number[] {
  const ranks = following.map(() => 0);
  const unmetPredecessors = preceding.map(({ length }) => length);
  const ready = unmetPredecessors.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let at = 0; at < ready.length; at++) {
    const index = ready[at] ?? 0;
    for (const next of following[index] ?? []) {
      ranks[next] = Math.max(ranks[next] ?? 0, (ranks[index] ?? 0) + 1);
      unmetPredecessors[next] = (unmetPredecessors[next] ?? 0) - 1;
      if (unmetPredecessors[next] === 0) ready.push(next);
    }
  }
  return ranks;
}

/** The weight of the group with this number among its kind: how often the number can be halved. */
function weightOf(ordinal: number): number {
  return ordinal === 0 ? 32 : 31 - Math.clz32(ordinal & -ordinal);
}

function boxAt(values: readonly number[], index: number): Rectangle {
  const at = 4 * index;
  return { x: values[at] ?? 0, y: values[at + 1] ?? 0, width: values[at + 2] ?? 0, height: values[at + 3] ?? 0 };
}

function boundsOf(points: readonly number[]): Rectangle {
  let [left = 0, top = 0] = points;
  let [right, bottom] = [left, top];
  for (let at = 2; at + 1 < points.length; at += 2) {
    const [x = 0, y = 0] = [points[at], points[at + 1]];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
