import { describe, expect, test } from 'vitest';
import { fitScales, type Scale } from '../../scripts/fit/leastSquares.ts';

const SCALES: readonly Scale[] = [
  { name: 'products', start: 1, deviation: 0.5 },
  { name: 'links', start: 1, deviation: 0.5 },
  { name: 'unused', start: 3, deviation: 0.5 },
];

/** Rows of a machine whose products take 1.6 and whose links take 0.7 of what is expected. */
const ROWS = Array.from({ length: 60 }, (_, index) => ({ products: 1 + (index % 7), links: 1 + (index % 5) }));

function residuals(outliers: number) {
  return (values: readonly number[]) =>
    ROWS.map(({ products, links }, index) => {
      const measured = (1.6 * products + 0.7 * links) * (index < outliers ? 3 : 1);
      return Math.log(((values[0] ?? 0) * products + (values[1] ?? 0) * links) / measured);
    });
}

describe('a fit of positive numbers', () => {
  test('finds what rows say, and leaves at its start what they say nothing of', () => {
    const [products, links, unused] = fitScales({ scales: SCALES, residuals: residuals(0) });
    expect(products).toBeCloseTo(1.6, 2);
    expect(links).toBeCloseTo(0.7, 2);
    expect(unused).toBeCloseTo(3, 9);
  });

  test('is hardly moved by a few rows that are far off', () => {
    const [products] = fitScales({ scales: SCALES, residuals: residuals(6) });
    expect(Math.abs((products ?? 0) / 1.6 - 1)).toBeLessThan(0.1);
  });

  test('stays near its start where the deviation is small', () => {
    const scales = SCALES.map((scale) => ({ ...scale, deviation: 1e-3 }));
    const [products] = fitScales({ scales, residuals: residuals(0) });
    expect(products).toBeLessThan(1.1);
    expect(products).toBeGreaterThan(1);
  });
});
