/** Pixels for each unit of a picture, unless the picture would be too large. */
const SCALE = 2;
/**
 * Limits of browsers: pixels of a side, and in all. The command line keeps to them, because other programs open its
 * pictures too.
 */
export const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 120_000_000;
/** Below this scale text cannot be read. */
const LEAST_SCALE = 0.5;

/** The smallest width in pixels that a picture may be asked to have. Its legend is 1,180 units wide. */
export const LEAST_WIDTH = 590;

/**
 * Pixels for each unit of a picture: as wanted, or fewer when it would be too large. Undefined when it could not be read.
 */
export function scaleOf(width: number, height: number, wanted: number = SCALE): number | undefined {
  const scale = Math.min(wanted, LONGEST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  return scale >= LEAST_SCALE ? scale : undefined;
}
