/** Pixels for each unit of a picture, where it is not too large for that. */
const SCALE = 2;
/** What browsers draw at most: pixels of a side, and in all. The command line keeps to it: other programs open these too. */
export const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 120_000_000;
/** Below this scale text cannot be read any more. */
const LEAST_SCALE = 0.5;

/** Pixels of a side that a picture may be asked to have at least: its legend is 1,180 units wide. */
export const LEAST_WIDTH = 590;

/** Pixels for each unit of a picture, as many as are wanted where it is not too large; nothing where it could not be read. */
export function scaleOf(width: number, height: number, wanted: number = SCALE): number | undefined {
  const scale = Math.min(wanted, LONGEST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  return scale >= LEAST_SCALE ? scale : undefined;
}
