/**
 * How often a property is tried: a number small enough for every run of the tests, which `MOEPLAN_PROPERTY_RUNS`
 * multiplies for a long hunt.
 */
export function propertyRuns(base: number): number {
  const factor = Number(process.env.MOEPLAN_PROPERTY_RUNS ?? '1');
  return Number.isFinite(factor) && factor > 0 ? Math.ceil(base * factor) : base;
}
