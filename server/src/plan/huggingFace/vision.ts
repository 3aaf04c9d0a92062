/** Parts that vision towers of several families are made of, in parameters. */

export function linear(from: number, to: number): number {
  return from * to + to;
}

/** A pre-norm transformer layer with biases everywhere and a network of two matrices. */
export function plainLayer(width: number, ffn: number): number {
  return 4 * linear(width, width) + linear(width, ffn) + linear(ffn, width) + 4 * width;
}
