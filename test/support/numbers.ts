import fc from 'fast-check';

const PARTS = 2 ** 24;

/**
 * Numbers between two others, all parts of the range equally often, and its ends. `fc.double` draws all representable numbers
 * equally often: from a range that begins at 0 hardly one that differs from 0.
 */
export function uniform(min: number, max: number): fc.Arbitrary<number> {
  const parts = fc.noBias(fc.integer({ min: 0, max: PARTS }));
  const inside = parts.map((part) => (part === PARTS ? max : min + (max - min) * (part / PARTS)));
  return fc.oneof({ weight: 9, arbitrary: inside }, { weight: 1, arbitrary: fc.constantFrom(min, max) });
}

/** Numbers of a range whose orders of magnitude come up equally often. */
export function acrossMagnitudes(min: number, max: number): fc.Arbitrary<number> {
  return uniform(Math.log(min), Math.log(max)).map((power) => Math.min(max, Math.max(min, Math.exp(power))));
}

/** Whole numbers of the same kind, from 1 on. */
export function scaled(most: number): fc.Arbitrary<number> {
  return acrossMagnitudes(1, most).map(Math.round);
}
