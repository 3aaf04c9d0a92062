import { describe, expect, test } from 'vitest';
import { referenceOf, referenceOfKernel } from '../../scripts/accuracy/references.ts';
import { accuracyReport, type Scores } from '../../scripts/accuracy/report.ts';
import type { ScoredRow } from '../../scripts/accuracy/rows.ts';

function row(id: string, predicted: number | undefined, groups: ScoredRow['groups'], metric = 'tpot'): ScoredRow {
  const common = { id, metric, measured: 10, headline: true, groups } as const;
  return predicted === undefined ? { ...common, reason: 'the GPU | is not known' } : { ...common, predicted };
}

const scores: Scores = {
  data: 'three measurements',
  models: [
    { id: 'right', published: 1000, counted: 1000, outcome: 'exact', reason: 'basis main' },
    { id: 'unread', published: 2000, outcome: 'refused', reason: 'config-not-understood: `twist`' },
  ],
  tables: {
    serving: [
      row('a', 11, { model: 'A', gpu: 'H100', engine: 'vllm' }),
      row('b', 8, { model: 'B', gpu: 'H100', engine: 'sglang' }),
      row('c', undefined, { model: 'B', gpu: 'H200', engine: 'sglang' }),
    ],
    training: [],
  },
  kernels: { 'grouped-gemm': [row('k', 12, { gpu: 'H100' }, 'latency')] },
};
const report = accuracyReport(scores);
const lines = report.split('\n');

/** The cells of the first row that begins with this. */
function cells(first: string, from = 0): readonly string[] {
  const line = lines.slice(from).find((text) => text.startsWith(`| ${first} |`));
  return line?.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')) ?? [];
}

function below(heading: string): number {
  const index = lines.indexOf(heading);
  if (index < 0) throw new Error(`no heading ${heading}`);
  return index;
}

describe('the page of the score', () => {
  test('its first table has our errors, the aim and the best known tool', () => {
    const row = cells('serving, time per output token');
    expect(row.slice(1, 6)).toEqual(['2 of 3', '15.0 %', '15.0 %', '19.0 %', '-5.0 %']);
    expect(row.at(-2)).toBe('mean 13.0 %, median 9.0 %');
    expect(row.at(-1)).toContain('aiconfigurator: mean 19.0 %');
    expect(cells('kernels, grouped-gemm').slice(1, 3)).toEqual(['1 of 1', '20.0 %']);
  });

  test('each table is broken down where there is more than one', () => {
    const model = below('### By model');
    expect(cells('A', model).slice(2, 4)).toEqual(['1 of 1', '10.0 %']);
    expect(cells('B', model).slice(2, 4)).toEqual(['1 of 2', '20.0 %']);
    expect(cells('H200', below('### By GPU')).slice(2, 4)).toEqual(['0 of 1', '-']);
    expect(lines).toContain('### By engine');
    expect(lines).not.toContain('### By phase');
  });

  test('what is not predicted is counted with its reason, which breaks no table', () => {
    expect(lines.slice(below('### Not predicted'))).toContain('| 1 | the GPU \\| is not known |');
  });

  test('parameters are exact, refused or wrong', () => {
    expect(report).toContain('Of 2 models with an exact published total, 1 are counted to the integer');
    expect(cells('unread').slice(1, 4)).toEqual(['2,000', '-', 'refused']);
  });

  test('a table without measurements says so, and one that a folder lacks is left out', () => {
    expect(lines[below('## Training') + 2]).toBe('No measurement of this table counts.');
    expect(lines).not.toContain('## Memory');
    expect(accuracyReport({ data: 'none', tables: {}, kernels: {} })).not.toContain('##');
  });

  test('what was left out comes first, beside what the fit has seen', () => {
    const common = { fit: 'training', metric: 'step', rows: 297 };
    const text = accuracyReport({
      ...scores,
      leftOut: [
        { ...common, grouping: 'seen', groups: 1, mean: 0.069, median: 0.04 },
        { ...common, grouping: 'source', groups: 10, mean: 0.123, median: 0.08 },
      ],
    });
    expect(text).toMatch(/\| training, step time \| 297 \| 6\.9 %, 4\.0 % \|.*\| 12\.3 %, 8\.0 % \(10\) \|/);
    expect(text.indexOf('## Left out')).toBeLessThan(text.indexOf('## All tables'));
  });

  test('rows of one Markdown table have equally many cells', () => {
    lines.forEach((line, index) => {
      const next = lines[index + 1];
      if (!line.startsWith('|') || !next?.startsWith('|')) return;
      const count = (text: string) => text.replaceAll('\\|', '').split('|').length;
      expect(count(next), next).toBe(count(line));
    });
  });
});

describe('references', () => {
  test('kernels are known by their family', () => {
    const aims = ['gemm', 'grouped-gemm', 'mla-decode', 'deepep-low-latency', 'all-to-all'].map(
      (family) => referenceOfKernel(family)?.mean,
    );
    expect(aims).toEqual([0.12, 0.18, 0.15, 0.05, 0.1]);
    expect(referenceOfKernel('unheard-of')).toBeUndefined();
  });

  test('a metric without a reference has none', () => {
    expect(referenceOf('serving', 'toString')).toBeUndefined();
    expect(referenceOf('memory', 'bytes')?.tool).toBe('SimuMax');
  });
});
