/** A mixture of two colours, both as `#rrggbb`. A share of 1 is the second colour. */
export function mixed(from: string, to: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [Number.parseInt(from.slice(at, at + 2), 16), Number.parseInt(to.slice(at, at + 2), 16)];
    return Math.round(a + (b - a) * share);
  });
  return `rgb(${parts.join(', ')})`;
}
