/** A binary heap of indexes: `next` answers in logarithmic time with the index that comes before all others. */
export class Heap {
  private readonly items: number[];
  private readonly before: (left: number, right: number) => boolean;

  /** `before` must be a strict order. It may change for an index that is out of the heap or on top of it. */
  constructor(count: number, before: (left: number, right: number) => boolean) {
    this.items = Array.from({ length: count }, (_, index) => index);
    this.before = before;
    for (let at = (count >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  get next(): number | undefined {
    return this.items[0];
  }

  /** Moves the first index to its new place after its order has changed. */
  settle(): void {
    this.sink(0);
  }

  /** Takes the first index away. */
  drop(): void {
    const last = this.items.pop();
    if (last === undefined || this.items.length === 0) return;
    this.items[0] = last;
    this.sink(0);
  }

  private sink(start: number): void {
    const { items, before } = this;
    const item = items[start];
    if (item === undefined) return;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      let smaller = items[child];
      if (smaller === undefined) break;
      const other = items[child + 1];
      if (other !== undefined && before(other, smaller)) {
        child++;
        smaller = other;
      }
      if (!before(smaller, item)) break;
      items[at] = smaller;
      at = child;
    }
    items[at] = item;
  }
}
