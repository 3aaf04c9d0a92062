/** All divisors of a positive whole number, ascending. */
export function divisors(of: number): number[] {
  const low: number[] = [];
  const high: number[] = [];
  for (let each = 1; each * each <= of; each++) {
    if (of % each !== 0) continue;
    low.push(each);
    if (each * each !== of) high.unshift(of / each);
  }
  return [...low, ...high];
}

/** The choice nearest in ratio; of two equally near ones the smaller. */
export function nearest(choices: readonly number[], to: number): number | undefined {
  const distance = (choice: number) => Math.abs(Math.log(choice / to));
  return choices.reduce<number | undefined>(
    (best, choice) => (best === undefined || distance(choice) < distance(best) - 1e-9 ? choice : best),
    undefined,
  );
}
