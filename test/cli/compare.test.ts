import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/folders.ts';
import { shippedReader } from '../support/schemas.ts';
import { parseXml } from '../support/xml.ts';
import { CLEAN_PLAN, EXAMPLE, moeplan } from './moeplan.ts';

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

interface Differing {
  readonly comparisons: readonly {
    readonly before: string;
    readonly after: string;
    readonly properties: readonly {
      readonly where: string;
      readonly name: string;
      readonly before?: string;
      readonly after?: string;
    }[];
    readonly figures: readonly {
      readonly label: string;
      readonly before: number | null;
      readonly after: number | null;
      readonly verdict: string;
    }[];
    readonly nodes: {
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly unknown[];
    };
  }[];
}

const readDifferences = shippedReader<Differing>('differences');

describe('two plans', () => {
  test('of two files are paired by name, and each changed value is told', () => {
    const folder = folderWith({
      'old.moeplan': CLEAN_PLAN,
      'new.moeplan': CLEAN_PLAN.replace('sequences = 8', 'sequences = 16').replace('ep = 8', 'ep = 4'),
    });
    const { code, out, err } = moeplan(['compare', 'old.moeplan', 'new.moeplan', '--format', 'json'], folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [only, ...others] = readDifferences(out).comparisons;
    expect([only?.before, only?.after, others]).toEqual(['old.moeplan#plan', 'new.moeplan#plan', []]);
    expect(only?.properties).toEqual([
      { where: 'parallel', name: 'edp', before: '1 (derived)', after: '2 (derived)' },
      { where: 'workload', name: 'sequences', before: '8', after: '16' },
      { where: 'parallel', name: 'ep', before: '8', after: '4' },
    ]);
    const text = moeplan(['compare', 'old.moeplan', 'new.moeplan'], folder).out;
    expect(text).toMatch(/workload +sequences +8 +-> +16/);
    // What is told of figures is what each file's own figures are.
    for (const [file, side] of [
      ['old.moeplan', 'before'],
      ['new.moeplan', 'after'],
    ] as const) {
      const own = shippedReader<Compared>('compare')(moeplan(['compare', file, '--format', 'json'], folder).out);
      for (const { label, values } of own.rows)
        expect(only?.figures.find((row) => row.label === label)?.[side], label).toBe(values[0]);
    }
  });

  test('of one file are named with #, and the same file twice differs in nothing', () => {
    const whole = moeplan(['compare', `${EXAMPLE}#baseline-whole`, `${EXAMPLE}#proposed`, '--format', 'json']);
    const { nodes, before, after } = readDifferences(whole.out).comparisons[0] ?? {};
    expect([before, after]).toEqual(['baseline-whole', 'proposed']);
    expect([nodes?.added.length, nodes?.removed.length]).toEqual([11, 25]);
    const same = moeplan(['compare', EXAMPLE, EXAMPLE]);
    expect(same.out.match(/Nothing differs\./g)).toHaveLength(3);
  });

  test('are drawn on one picture: each mark has its letter as often as nodes have it', () => {
    const two = [`${EXAMPLE}#baseline-whole`, `${EXAMPLE}#proposed`];
    const svg = moeplan(['compare', ...two, '--format', 'svg']).out;
    expect(parseXml(svg).name).toBe('svg');
    const letters = [...svg.matchAll(/class="letter"[^>]*>(\w)</g)].map(([, letter]) => letter);
    // One of each stands in the legend.
    const count = (letter: string) => letters.filter((each) => each === letter).length - 1;
    expect([count('A'), count('R'), count('C')]).toEqual([11, 25, 2]);
    const several = moeplan(['compare', EXAMPLE, EXAMPLE, '--format', 'svg']);
    expect([several.code, several.err]).toEqual([2, expect.stringContaining('choose a deployment')]);
    const one = moeplan(['compare', EXAMPLE, '--format', 'svg']);
    expect([one.code, one.err]).toEqual([2, expect.stringContaining('name two files')]);
  });

  test.each([
    [
      ['compare', 'a.moeplan', 'b.moeplan'],
      /no deployment of the same name; name two: a\.moeplan#NAME b\.moeplan#NAME/,
    ],
    [['compare', 'a.moeplan#nobody', 'b.moeplan#one'], /no deployment `nobody`/],
    [['compare', 'a.moeplan', 'a.moeplan', 'b.moeplan'], /name two files/],
    [['compare', 'a.moeplan', 'none.moeplan'], /cannot read none\.moeplan/],
  ])('%j says what to write', (args, message) => {
    const two = (first: string, second: string) =>
      `${CLEAN_PLAN.replace('deployment plan', `deployment ${first}`)}\n${CLEAN_PLAN.slice(CLEAN_PLAN.indexOf('deployment')).replace('deployment plan', `deployment ${second}`)}`;
    const folder = folderWith({ 'a.moeplan': two('left', 'right'), 'b.moeplan': two('one', 'other') });
    const { code, out, err } = moeplan(args, folder);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});
