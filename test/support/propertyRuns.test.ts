import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scaled, uniform } from './numbers.ts';
import { assertMost, seeded } from './propertyRuns.ts';

describe('a property of most of what is drawn', () => {
  test('fails where there is too little to check, and where an example gives nothing', () => {
    expect(() => assertMost(fc.nat(), () => true, { runs: 20 })).not.toThrow();
    expect(() => assertMost(fc.boolean(), (value) => value, { runs: 100, least: 0.8 })).toThrow('gave something');
    expect(() => assertMost(fc.nat(), () => false, { runs: 20 })).toThrow(/^only 0 of \d+ gave something/);
    expect(() => assertMost(fc.nat(), (value) => value !== 3, { runs: 20, examples: [3] })).toThrow(
      'nothing to check: 3',
    );
  });
});

describe('numbers that are drawn', () => {
  const drawn = (numbers: fc.Arbitrary<number>) => fc.sample(numbers, seeded(1000)).sort((a, b) => a - b);

  test('come from all of their range', () => {
    const parts = drawn(uniform(0, 1));
    expect(parts[250]).toBeGreaterThan(0.1);
    expect(parts[750]).toBeLessThan(0.9);
    const counts = drawn(scaled(4096));
    expect(counts[500]).toBeGreaterThan(30);
    expect(counts[500]).toBeLessThan(130);
  });
});
