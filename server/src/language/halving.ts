/** The first of `count` ascending numbers that is not below a bound, found by halving. It is `count` if all are below it. */
export function firstNotBelow(count: number, at: (index: number) => number, bound: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
