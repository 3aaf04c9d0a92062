import type { Rectangle } from './camera.ts';
import type { Picture } from './picture.ts';

/** With more nodes than this a change is shown at once, because so much movement would tell nobody anything. */
const MOST_MOVED = 1_500;
/** From this share of the time on, edges come in. */
const EDGES_FROM = 0.6;

export interface Moment {
  readonly picture: Picture;
  /** How much of the edges is visible. */
  readonly edges: number;
}

/** A picture that turns into another one. Nodes and groups move to their new places, and new ones grow where they will be. */
export class Transition {
  private readonly to: Picture;
  private readonly nodes: readonly Rectangle[];
  private readonly groups: readonly Rectangle[];

  /** `shiftX` and `shiftY` say how far the part that stays in place on the screen has moved in the picture. */
  constructor(from: Picture, to: Picture, shiftX: number, shiftY: number) {
    this.to = to;
    const startOf = (id: string, end: Rectangle): Rectangle => {
      const boxBefore = from.boxOf(id);
      return boxBefore
        ? { ...boxBefore, x: boxBefore.x + shiftX, y: boxBefore.y + shiftY }
        : { x: end.x + end.width / 2, y: end.y + end.height / 2, width: 0, height: 0 };
    };
    this.nodes = to.nodes.map((placed) => startOf(placed.node.id, placed));
    this.groups = to.groups.map((placed) => startOf(placed.group.id, placed));
  }

  static isWorthwhile(from: Picture, to: Picture): boolean {
    return Math.max(from.nodes.length, to.nodes.length) <= MOST_MOVED;
  }

  /** The picture at a share of the transition, from 0 to 1. */
  at(share: number): Moment {
    if (share >= 1) return { picture: this.to, edges: 1 };
    const eased = share * (2 - share);
    const picture = this.to.moved(
      (index, end) => mix(this.nodes[index] ?? end, end, eased),
      (index, end) => mix(this.groups[index] ?? end, end, eased),
    );
    return { picture, edges: Math.max(0, (share - EDGES_FROM) / (1 - EDGES_FROM)) };
  }
}

function mix(from: Rectangle, to: Rectangle, share: number): Rectangle {
  const between = (a: number, b: number) => a + (b - a) * share;
  return {
    x: between(from.x, to.x),
    y: between(from.y, to.y),
    width: between(from.width, to.width),
    height: between(from.height, to.height),
  };
}
