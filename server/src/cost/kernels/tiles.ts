/**
 * What the kernels of matrix products only take whole: a tile with one row costs as much as a full one, and so does a wave.
 */

/** Rows of a tile for `rows` rows of one matrix. */
export function tileRows(rows: number): number {
  return rows <= 64 ? 64 : 128;
}

export function wholeTiles(rows: number, tile: number): number {
  return Math.ceil(rows / tile);
}

/** Rounds of one tile on each multiprocessor. */
export function wholeWaves(waves: number): number {
  return Math.ceil(waves);
}
