/** Pixels for each unit of a picture, where it is not too large for that. */
const SCALE = 2;
/** What browsers draw at most: pixels of a side, and in all. The command line keeps to it: other programs open these too. */
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 120_000_000;
/** Below this scale text cannot be read any more. */
const LEAST_SCALE = 0.5;

/** How large a picture of some units is drawn in pixels, or nothing where it would be too large to be read. */
export function scaleOf(width: number, height: number): number | undefined {
  const scale = Math.min(SCALE, LONGEST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  return scale >= LEAST_SCALE ? scale : undefined;
}
