import { expect, test } from 'vitest';
import { shippedReader } from '../support/schemas.ts';
import { EXAMPLE, moeplan } from './moeplan.ts';

interface Compared {
  readonly deployments: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    readonly values: readonly (number | null)[];
    readonly best: readonly string[];
  }[];
  readonly improvements: readonly number[];
}

test('the JSON obeys its schema and names the same best as the table', () => {
  const { deployments, rows, improvements } = shippedReader<Compared>('compare')(
    moeplan(['compare', EXAMPLE, '--format', 'json']).out,
  );
  expect(deployments.length).toBeGreaterThan(1);
  expect(improvements[0]).toBe(1);
  const lines = moeplan(['compare', EXAMPLE]).out.split('\n');
  for (const { label, values, best } of rows) {
    expect(values, label).toHaveLength(deployments.length);
    const stars = lines.find((line) => line.startsWith(`${label}  `))?.match(/\*/g)?.length ?? 0;
    expect(best, label).toHaveLength(stars);
  }
  const throughput = rows.find(({ label }) => label === 'Throughput');
  const highest = Math.max(...(throughput?.values ?? []).map((value) => value ?? 0));
  expect(throughput?.best).toEqual(deployments.filter((_, index) => throughput?.values[index] === highest));
});
