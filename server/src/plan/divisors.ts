/** All divisors of a positive whole number, ascending. */
export function divisors(number: number): number[] {
  const low: number[] = [];
  const high: number[] = [];
  for (let divisor = 1; divisor * divisor <= number; divisor++) {
    if (number % divisor !== 0) continue;
    low.push(divisor);
    if (divisor * divisor !== number) high.unshift(number / divisor);
  }
  return [...low, ...high];
}

/** The choice that is nearest in ratio, or the smaller of two equally near ones. */
export function nearest(choices: readonly number[], to: number): number | undefined {
  const distance = (choice: number) => Math.abs(Math.log(choice / to));
  return choices.reduce<number | undefined>(
    (best, choice) => (best === undefined || distance(choice) < distance(best) - 1e-9 ? choice : best),
    undefined,
  );
}
