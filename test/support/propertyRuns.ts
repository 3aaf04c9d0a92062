import fc from 'fast-check';

/**
 * How often a property is tried: a number small enough for every run of the tests, which `MOEPLAN_PROPERTY_RUNS`
 * multiplies for a long hunt.
 */
export function propertyRuns(base: number): number {
  const factor = Number(process.env.MOEPLAN_PROPERTY_RUNS ?? '1');
  return Number.isFinite(factor) && factor > 0 ? Math.ceil(base * factor) : base;
}

/** Every run of the tests tries the same: a hunt sets `MOEPLAN_PROPERTY_SEED` to see something else. */
export function propertySeed(): number {
  const seed = Number(process.env.MOEPLAN_PROPERTY_SEED ?? '11');
  return Number.isSafeInteger(seed) ? seed : 11;
}

export function seeded(base: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: propertyRuns(base), seed: propertySeed() };
}

export interface Trials<T> {
  readonly runs: number;
  /** What is tried in any case, before what is drawn. */
  readonly examples?: readonly T[];
  /** The share of what is drawn that must have given something to check. */
  readonly least?: number;
}

/**
 * A property of most of what is drawn: `check` says whether there was something to check. Where that is too seldom, the
 * property holds of nothing, and fails.
 */
export function assertMost<T>(drawn: fc.Arbitrary<T>, check: (value: T) => boolean, trials: Trials<NoInfer<T>>): void {
  const { runs, examples = [], least = 0.6 } = trials;
  for (const example of examples) if (!check(example)) throw new Error(`nothing to check: ${fc.stringify(example)}`);
  let tried = 0;
  let checked = 0;
  fc.assert(
    fc.property(drawn, (value) => {
      tried++;
      if (check(value)) checked++;
    }),
    seeded(runs),
  );
  if (checked < least * tried) throw new Error(`only ${checked} of ${tried} gave something to check`);
}
