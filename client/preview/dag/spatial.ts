import Flatbush from 'flatbush';
import type { Rectangle } from './camera.ts';

/**
 * Boxes by place: what lies at a point or in a view is found without looking at all of them. Boxes are x, y, width and
 * height one after the other; answers are their indexes, ascending.
 */
export class SpatialIndex {
  private readonly boxes: Float32Array;
  private readonly count: number;
  /** Nothing where there are no boxes. */
  private readonly tree: Flatbush | undefined;

  constructor(boxes: Float32Array) {
    this.boxes = boxes;
    this.count = boxes.length / 4;
    if (this.count === 0) return;
    const tree = new Flatbush(this.count);
    for (let at = 0; at < boxes.length; at += 4) {
      const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(at, at + 4);
      tree.add(x, y, x + width, y + height);
    }
    tree.finish();
    this.tree = tree;
  }

  /** Indexes of the boxes that touch a rectangle. */
  within(view: Rectangle): Uint32Array {
    const { tree } = this;
    if (!tree) return new Uint32Array();
    const { x, y, width, height } = view;
    // Most of a picture in view is found quicker by looking at every box once.
    const area = (tree.maxX - tree.minX) * (tree.maxY - tree.minY);
    if (width * height > area / 2) return this.allWithin(view);
    return Uint32Array.from(tree.search(x, y, x + width, y + height)).sort();
  }

  private allWithin(view: Rectangle): Uint32Array {
    const inView = new Uint32Array(this.count);
    let length = 0;
    for (let index = 0; index < this.count; index++) {
      if (!this.touches(index, view)) continue;
      inView[length] = index;
      length += 1;
    }
    return inView.subarray(0, length);
  }

  private touches(index: number, { x, y, width, height }: Rectangle): boolean {
    const at = 4 * index;
    const { boxes } = this;
    const [left = 0, top = 0] = [boxes[at], boxes[at + 1]];
    return (
      left <= x + width && x <= left + (boxes[at + 2] ?? 0) && top <= y + height && y <= top + (boxes[at + 3] ?? 0)
    );
  }
}
