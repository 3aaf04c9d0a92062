import type { PreviewNode, PreviewPicture, PreviewTopology } from '../../../server/src/services/preview/protocol.ts';
import type { Rectangle } from './camera.ts';

export interface PictureNode extends Rectangle {
  readonly index: number;
  readonly node: PreviewNode;
}

export interface PictureGroup extends Rectangle {
  readonly group: PreviewTopology['groups'][number];
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

/** A topology joined with its positions, and the questions that the views ask of it. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PictureNode[];
  readonly groups: readonly PictureGroup[];
  readonly edges: readonly PictureEdge[];
  /** Of each node, the length of the longest way to it from the source: the order of the dataflow, however it is drawn. */
  readonly ranks: readonly number[];
  private readonly byId: ReadonlyMap<string, PictureNode>;
  private readonly following: readonly (readonly number[])[];
  private readonly preceding: readonly (readonly number[])[];

  constructor({ topology, positions }: PreviewPicture) {
    this.width = positions.width;
    this.height = positions.height;
    this.nodes = topology.nodes.map((node, index) => ({ index, node, ...boxAt(positions.nodes, index) }));
    this.groups = topology.groups.map((group, index) => ({ group, ...boxAt(positions.groups, index) }));
    this.byId = new Map(this.nodes.map((each) => [each.node.id, each]));
    const following: number[][] = this.nodes.map(() => []);
    const preceding: number[][] = this.nodes.map(() => []);
    this.edges = topology.edges.flatMap((edge, index): PictureEdge[] => {
      const from = this.byId.get(edge.from)?.index;
      const to = this.byId.get(edge.to)?.index;
      const points = positions.edges[index] ?? [];
      if (from === undefined || to === undefined || points.length < 4) return [];
      following[from]?.push(to);
      preceding[to]?.push(from);
      return [{ from, to, isGate: edge.kind === 'gate', critical: edge.critical, points, bounds: boundsOf(points) }];
    });
    this.following = following;
    this.preceding = preceding;
    this.ranks = ranksOf(following, preceding);
  }

  find(id: string | undefined): PictureNode | undefined {
    return id === undefined ? undefined : this.byId.get(id);
  }

  /** The node drawn at a point. */
  at(x: number, y: number): PictureNode | undefined {
    return this.nodes.findLast((node) => contains(node, x, y));
  }

  after(node: PictureNode): readonly PictureNode[] {
    return this.resolve(this.following[node.index]);
  }

  before(node: PictureNode): readonly PictureNode[] {
    return this.resolve(this.preceding[node.index]);
  }

  nearest(x: number, y: number): PictureNode | undefined {
    return closest(this.nodes, x, y);
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
  const open = preceding.map(({ length }) => length);
  const ready = open.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let at = 0; at < ready.length; at++) {
    const index = ready[at] ?? 0;
    for (const next of following[index] ?? []) {
      ranks[next] = Math.max(ranks[next] ?? 0, (ranks[index] ?? 0) + 1);
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0) ready.push(next);
    }
  }
  return ranks;
}

function boxAt(values: readonly number[], index: number): Rectangle {
  const [x = 0, y = 0, width = 0, height = 0] = values.slice(4 * index, 4 * index + 4);
  return { x, y, width, height };
}

function boundsOf(points: readonly number[]): Rectangle {
  const xs = points.filter((_, index) => index % 2 === 0);
  const ys = points.filter((_, index) => index % 2 === 1);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
