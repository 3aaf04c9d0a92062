import { type MetricName, merit } from './metrics.ts';
import type { Chosen } from './space.ts';

/** A plan that holds and keeps all bounds, as plain data. */
export interface Found {
  /** Its place in the order of the space, which settles equal merits. */
  readonly order: number;
  readonly chosen: readonly Chosen[];
  readonly values: Readonly<Partial<Record<MetricName, number>>>;
}

/** The best plans by one metric, the best first, up to `most` of them. */
export class Best {
  readonly list: Found[] = [];
  private readonly metric: MetricName;
  private readonly most: number;

  constructor(metric: MetricName, most: number) {
    this.metric = metric;
    this.most = most;
  }

  /** The merit that a plan must exceed to enter. */
  get threshold(): number {
    const last = this.list.length < this.most ? undefined : this.list.at(-1);
    return last ? this.meritOf(last) : Number.NEGATIVE_INFINITY;
  }

  /** Whether plans beyond these were, or would be, turned away. */
  get isFull(): boolean {
    return this.list.length >= this.most;
  }

  /** Whether a plan of this merit would enter, were it first among equals. */
  takes(candidateMerit: number): boolean {
    return candidateMerit >= this.threshold;
  }

  add(found: Found): void {
    const own = this.meritOf(found);
    if (!this.takes(own)) return;
    let at = this.list.length;
    while (at > 0 && isBefore(own, found, this.list[at - 1], (other) => this.meritOf(other))) at--;
    this.list.splice(at, 0, found);
    if (this.list.length > this.most) this.list.pop();
  }

  private meritOf({ values }: Found): number {
    return merit(this.metric, values[this.metric] ?? Number.NaN);
  }
}

function isBefore(own: number, found: Found, other: Found | undefined, meritOf: (found: Found) => number): boolean {
  if (!other) return false;
  const theirs = meritOf(other);
  return own > theirs || (own === theirs && found.order < other.order);
}

/** Plans of which none is better in both metrics, ascending in the merit of the first. */
export class Front {
  readonly list: Found[] = [];
  private readonly x: MetricName;
  private readonly y: MetricName;

  constructor(x: MetricName, y: MetricName) {
    this.x = x;
    this.y = y;
  }

  /** Whether a plan of these merits would enter, were it first among equals. */
  takes(x: number, y: number): boolean {
    // Merits of the second fall along the list, so the first plan that is no worse in the first metric is the best of these in the second.
    const next = this.list[this.firstAtLeast(x)];
    return !next || this.yOf(next) < y || (this.yOf(next) === y && this.xOf(next) === x);
  }

  add(found: Found): void {
    const [x, y] = [this.xOf(found), this.yOf(found)];
    if (Number.isNaN(x) || Number.isNaN(y) || !this.takes(x, y)) return;
    const at = this.firstAtLeast(x);
    const next = this.list[at];
    const isEqual = next && this.xOf(next) === x && this.yOf(next) === y;
    if (isEqual && next.order < found.order) return;
    const end = isEqual || (next && this.xOf(next) === x) ? at + 1 : at;
    let start = at;
    while (start > 0 && this.yOf(this.list[start - 1]) <= y) start--;
    this.list.splice(start, end - start, found);
  }

  private firstAtLeast(x: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.xOf(this.list[middle]) < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private xOf(found: Found | undefined): number {
    return merit(this.x, found?.values[this.x] ?? Number.NaN);
  }

  private yOf(found: Found | undefined): number {
    return merit(this.y, found?.values[this.y] ?? Number.NaN);
  }
}

/** Sorts the better of two plans first, and of equal ones the first in the order of the space. */
export function byMerit(metric: MetricName): (left: Found, right: Found) => number {
  const own = ({ values }: Found) => merit(metric, values[metric] ?? Number.NaN);
  return (left, right) => own(right) - own(left) || left.order - right.order;
}
