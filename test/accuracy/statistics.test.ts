import { describe, expect, test } from 'vitest';
import { errorOf, type ScoredRow } from '../../scripts/accuracy/rows.ts';
import { errorsOf, quantile, scoreTable } from '../../scripts/accuracy/statistics.ts';

function row(id: string, measured: number, predicted?: number, changes: Partial<ScoredRow> = {}): ScoredRow {
  return {
    id,
    metric: 'tpot',
    measured,
    headline: true,
    groups: { model: 'A', gpu: 'H100' },
    ...(predicted === undefined ? { reason: 'the engine is not known' } : { predicted }),
    ...changes,
  };
}

describe('errors', () => {
  test('relative to the measured value, above zero when predicted too high', () => {
    expect(errorOf(row('a', 10, 12))).toBeCloseTo(0.2);
    expect(errorOf(row('a', 10, 8))).toBeCloseTo(-0.2);
    expect(errorOf(row('a', 10))).toBeUndefined();
    expect(errorOf(row('a', 10, Number.NaN))).toBeUndefined();
  });

  test('mean, median and 90th percentile of absolute ones, bias of signed ones', () => {
    const errors = errorsOf([row('a', 10, 11), row('b', 10, 8), row('c', 10, 10.5), row('d', 10)]);
    expect(errors.n).toBe(3);
    expect(errors.mean).toBeCloseTo((0.1 + 0.2 + 0.05) / 3);
    expect(errors.median).toBeCloseTo(0.1);
    expect(errors.p90).toBeCloseTo(0.1 + 0.8 * 0.1);
    expect(errors.bias).toBeCloseTo((0.1 - 0.2 + 0.05) / 3);
  });

  test('the share in the band is of those that have one', () => {
    const band = { low: 8, high: 12 };
    const rows = [row('a', 8, 10, { band }), row('b', 13, 10, { band }), row('c', 12, 10, { band }), row('d', 1, 10)];
    expect(errorsOf(rows).inBand).toBeCloseTo(2 / 3);
    expect(errorsOf([row('d', 1, 10)]).inBand).toBeUndefined();
  });

  test('quantiles lie between neighbours by proportion', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([7], 0.9)).toBe(7);
    expect(quantile([], 0.5)).toBe(0);
  });
});

describe('the score of a table', () => {
  const rows = [
    row('a', 10, 11),
    row('a', 100, 150, { metric: 'ttft' }),
    row('b', 10, 9, { groups: { model: 'B', gpu: 'H100' } }),
    row('c', 10, undefined, { groups: { model: 'B' } }),
    row('d', 10, 40, { headline: false }),
  ];
  const score = scoreTable(rows);

  test('counts a measurement with two metrics once, and leaves out what is no headline', () => {
    expect(score).toMatchObject({ n: 3, covered: 2 });
    expect(score.metrics.tpot).toMatchObject({ n: 2 });
    expect(score.metrics.ttft?.mean).toBeCloseTo(0.5);
  });

  test('by group, with what is not covered in it', () => {
    expect(score.by.model?.B).toMatchObject({ n: 2, covered: 1 });
    expect(Object.keys(score.by.gpu ?? {})).toEqual(['H100']);
    expect(score.by.gpu?.H100?.n).toBe(2);
  });
});
