import type { Rectangle } from './camera.ts';

/** Boxes in more cells of the grid than this are looked at in every question instead. */
const MOST_CELLS = 48;
/** Boxes for each cell, on average. */
const PER_CELL = 6;

/**
 * Boxes by place: what lies at a point or in a view is found without looking at all of them. Boxes are x, y, width and
 * height one after the other; answers are their indexes, ascending.
 */
export class SpatialIndex {
  private readonly boxes: Float32Array;
  private readonly count: number;
  private readonly columns: number;
  private readonly rows: number;
  private readonly cell: number;
  private readonly left: number;
  private readonly top: number;
  /** Indexes of the boxes of cell c: from `starts[c]` to `starts[c + 1]` in `members`. */
  private readonly starts: Uint32Array;
  private readonly members: Uint32Array;
  private readonly large: number[] = [];
  /** The number of the question in which a box was found last: none is told twice. */
  private readonly told: Uint32Array;
  private question = 0;
  private readonly found: Uint32Array;

  constructor(boxes: Float32Array) {
    this.boxes = boxes;
    this.count = boxes.length / 4;
    let [left, top, right, bottom] = [0, 0, 1, 1];
    for (let at = 0; at < boxes.length; at += 4) {
      const [x, y] = [boxes[at] ?? 0, boxes[at + 1] ?? 0];
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x + (boxes[at + 2] ?? 0));
      bottom = Math.max(bottom, y + (boxes[at + 3] ?? 0));
    }
    this.left = left;
    this.top = top;
    this.cell = Math.max(64, Math.sqrt(((right - left) * (bottom - top) * PER_CELL) / Math.max(1, this.count)));
    this.columns = Math.ceil((right - left) / this.cell);
    this.rows = Math.ceil((bottom - top) / this.cell);
    this.told = new Uint32Array(this.count);
    this.found = new Uint32Array(this.count);
    const counts = new Uint32Array(this.columns * this.rows + 1);
    const count = (cell: number) => {
      counts[cell + 1] = (counts[cell + 1] ?? 0) + 1;
    };
    for (let index = 0; index < this.count; index++) if (!this.eachCell(index, count)) this.large.push(index);
    for (let cell = 1; cell < counts.length; cell++) counts[cell] = (counts[cell] ?? 0) + (counts[cell - 1] ?? 0);
    this.starts = counts;
    this.members = new Uint32Array(counts.at(-1) ?? 0);
    const next = counts.slice();
    for (let index = 0; index < this.count; index++)
      this.eachCell(index, (cell) => {
        const at = next[cell] ?? 0;
        this.members[at] = index;
        next[cell] = at + 1;
      });
  }

  /** Indexes of the boxes that touch a rectangle, until the next question. */
  within(view: Rectangle): Uint32Array {
    const [fromColumn, toColumn] = [this.column(view.x), this.column(view.x + view.width)];
    const [fromRow, toRow] = [this.row(view.y), this.row(view.y + view.height)];
    if ((toColumn - fromColumn + 1) * (toRow - fromRow + 1) > (this.columns * this.rows) / 2)
      return this.allWithin(view);
    const { found, told } = this;
    let length = 0;
    this.question += 1;
    const take = (index: number) => {
      if (told[index] === this.question || !this.touches(index, view)) return;
      told[index] = this.question;
      found[length] = index;
      length += 1;
    };
    for (const index of this.large) take(index);
    for (let row = fromRow; row <= toRow; row++) {
      for (let column = fromColumn; column <= toColumn; column++) {
        const cell = row * this.columns + column;
        for (let at = this.starts[cell] ?? 0; at < (this.starts[cell + 1] ?? 0); at++) take(this.members[at] ?? 0);
      }
    }
    return found.subarray(0, length).sort();
  }

  /** The same by looking at every box once, which is quicker where most of them are in view. */
  private allWithin(view: Rectangle): Uint32Array {
    const { found } = this;
    let length = 0;
    for (let index = 0; index < this.count; index++) {
      if (!this.touches(index, view)) continue;
      found[length] = index;
      length += 1;
    }
    return found.subarray(0, length);
  }

  private touches(index: number, { x, y, width, height }: Rectangle): boolean {
    const at = 4 * index;
    const { boxes } = this;
    const [left = 0, top = 0] = [boxes[at], boxes[at + 1]];
    return (
      left <= x + width && x <= left + (boxes[at + 2] ?? 0) && top <= y + height && y <= top + (boxes[at + 3] ?? 0)
    );
  }

  /** False where the box lies in too many cells; then none is told. */
  private eachCell(index: number, tell: (cell: number) => void): boolean {
    const at = 4 * index;
    const { boxes } = this;
    const [x, y] = [boxes[at] ?? 0, boxes[at + 1] ?? 0];
    const [width, height] = [boxes[at + 2] ?? 0, boxes[at + 3] ?? 0];
    const [fromColumn, toColumn] = [this.column(x), this.column(x + width)];
    const [fromRow, toRow] = [this.row(y), this.row(y + height)];
    if ((toColumn - fromColumn + 1) * (toRow - fromRow + 1) > MOST_CELLS) return false;
    for (let row = fromRow; row <= toRow; row++)
      for (let column = fromColumn; column <= toColumn; column++) tell(row * this.columns + column);
    return true;
  }

  private column(x: number): number {
    return Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.left) / this.cell)));
  }

  private row(y: number): number {
    return Math.max(0, Math.min(this.rows - 1, Math.floor((y - this.top) / this.cell)));
  }
}
