import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { claimHolds } from '../../server/src/cost/figures/claims.ts';
import { claimFigure, compareFigure, figuresOf } from '../../server/src/cost/figures/figures.ts';
import type { Formula } from '../../server/src/cost/figures/formula.ts';
import { FORMULAS } from '../../server/src/cost/figures/formulas.ts';
import { memoryParts } from '../../server/src/cost/figures/memory.ts';
import { formatFigure } from '../../server/src/cost/format.ts';
import { formatBytes, formatFraction, formatSeconds, formatValue } from '../../server/src/cost/numbers.ts';
import { buildDag, overviewOptions } from '../../server/src/graph/build.ts';
import { closedDag } from '../../server/src/graph/detail.ts';
import { analysis } from '../support/deployments.ts';

const proposed = evaluate(analysis({ ep: 16 }));
const baseline = evaluate(analysis({ tp: 8, pp: 2, ep: 8 }));
const split = evaluate(analysis({ tp: 8, pp: 2, etp: 8 }));

describe('claims of the analysis that are counted', () => {
  const counted: readonly (readonly [string, typeof proposed, number])[] = [
    ['gpus-used', proposed, 16],
    ['experts-per-gpu', proposed, 4],
    ['experts-per-layer', proposed, 1],
    ['expert-memory', proposed, 512 * 2 ** 20],
    ['expert-memory-per-gpu', proposed, 2 * 2 ** 30],
    ['heads-per-gpu', baseline, 4],
    ['columns-per-gpu', baseline, 512],
    ['layers-per-gpu', baseline, 2],
    ['experts-per-gpu', baseline, 4],
    ['experts-per-layer', baseline, 2],
    ['ffn-per-gpu', baseline, 32768],
    ['ffn-per-gpu', split, 4096],
    ['experts-per-layer', split, 16],
    ['expert-memory-per-gpu', split, 2 * 2 ** 30],
  ];
  for (const [name, evaluation, value] of counted) {
    test(`${name} = ${value}`, () => expect(claimFigure(evaluation, name)).toMatchObject({ value, source: 'exact' }));
  }

  test('predictions carry a band around them, counts do not', () => {
    for (const name of ['throughput', 'throughput-per-gpu', 'latency', 'step', 'utilisation']) {
      const { value = 0, band } = claimFigure(proposed, name) ?? {};
      expect(band?.low).toBeLessThan(value);
      expect(band?.high).toBeGreaterThan(value);
    }
    expect(claimFigure(proposed, 'experts-per-gpu')?.band).toBeUndefined();
  });

  test('figures that a batch does not have are absent', () => {
    expect(claimFigure(proposed, 'ttft')).toBeUndefined();
    expect(claimFigure(proposed, 'tpot')).toBeUndefined();
    expect(claimFigure(proposed, 'no-such-figure')).toBeUndefined();
  });

  test('comparison: ratios of the same figures', () => {
    const { prediction: before } = baseline;
    const { prediction: after } = proposed;
    expect(compareFigure(baseline, proposed, 'speedup')?.value).toBe(
      after.throughputTokensPerSecond / before.throughputTokensPerSecond,
    );
    expect(compareFigure(baseline, proposed, 'latency-ratio')?.value).toBe(
      (before.latencySeconds ?? Number.NaN) / (after.latencySeconds ?? Number.NaN),
    );
  });

  test('the parts of the fullest GPU add up to its memory', () => {
    const { memoryOfFullestGpu } = figuresOf(proposed);
    const parts = Object.values(memoryOfFullestGpu.inputs ?? {}).reduce((sum, { value }) => sum + value, 0);
    expect(parts).toBe(memoryOfFullestGpu.value);
    const [one] = proposed.memory[0]?.classes ?? [];
    const named = Object.entries(memoryOfFullestGpu.inputs ?? {}).map(([name, { value }]) => [name, value] as const);
    expect(one && Object.entries(memoryParts(one)).filter(([, bytes]) => bytes > 0)).toEqual(named);
  });

  test('every figure and operation names a formula that is documented', () => {
    const names = new Set(Object.keys(FORMULAS));
    for (const figure of Object.values(figuresOf(proposed))) expect(names).toContain(figure.formula);
    for (const { steps } of baseline.prediction.pools) {
      for (const { stages } of steps) {
        for (const { layers, transfer } of stages) {
          for (const { operations } of layers) for (const { formula } of operations) expect(names).toContain(formula);
          if (transfer) expect(names).toContain(transfer.formula);
        }
      }
    }
    for (const dag of [buildDag(baseline, overviewOptions()), closedDag(baseline)])
      dag.forEachNode((_, { formula }) => expect(names).toContain(formula));
  });
});

test('what a part of a formula is stands in its terms, so that the formula itself can be read', () => {
  for (const [name, { expression, terms = {} }] of Object.entries<Formula>(FORMULAS)) {
    expect(expression, name).not.toContain(' = ');
    for (const line of Object.values(terms)) expect(line, name).not.toContain('\n');
  }
  // In front of these stand formulas of kernels and links, which are shown in the manual alone.
  const formulas = Object.entries<Formula>(FORMULAS);
  for (const [name, { expression }] of formulas.slice(formulas.findIndex(([first]) => first === 'parameters')))
    expect(expression.length, name).toBeLessThan(90);
});

describe('claims hold', () => {
  const claim = (operator: '=' | '>=' | '<=', value: number, rest = {}) => ({
    operator,
    value,
    precision: 0.5,
    ...rest,
  });
  const cases: readonly (readonly [string, Parameters<typeof claimHolds>[0], number, boolean])[] = [
    ['= as precisely as written', claim('=', 120), 120.4, true],
    ['= beyond it', claim('=', 120), 120.6, false],
    ['= within +-', claim('=', 120, { tolerance: 6 }), 125, true],
    ['= beyond +-', claim('=', 120, { tolerance: 6 }), 127, false],
    ['>= met', claim('>=', 120), 120, true],
    ['>= missed', claim('>=', 120), 119.9, false],
    ['>= with slack', claim('>=', 120, { tolerance: 1 }), 119.5, true],
    ['<= met', claim('<=', 8.3), 8.3, true],
    ['<= missed', claim('<=', 8.3), 8.4, false],
  ];
  for (const [name, given, value, holds] of cases) test(name, () => expect(claimHolds(given, value)).toBe(holds));
});

describe('text of figures', () => {
  const texts: readonly (readonly [string, string])[] = [
    [formatBytes(536_870_912), '512 MiB'],
    [formatBytes(2 ** 31), '2 GiB'],
    [formatBytes(61.2 * 2 ** 30), '61.2 GiB'],
    [formatBytes(0), '0 B'],
    [formatBytes(-(2 ** 30)), '-1 GiB'],
    [formatSeconds(8.3e-3), '8.3 ms'],
    [formatSeconds(1.5e-6), '1.5 us'],
    [formatSeconds(0.99996), '1 s'],
    [formatSeconds(0), '0 s'],
    [formatValue(120_000, 'tokens/s'), '120,000 tokens/s'],
    [formatValue(0.25, 'requests/s'), '0.25 requests/s'],
    [formatValue(2.5e15, 'FLOP'), '2.5 PFLOP'],
    [formatFraction(0.4), '40 %'],
    [formatValue(671_026_419_200, 'parameters'), '671 billion'],
    [formatValue(3.75, 'ratio'), '3.75x'],
    [formatValue(16, 'count'), '16'],
    [formatValue(10_000, 'tokens'), '10,000 tokens'],
    [formatFigure(figuresOf(proposed).expertsPerGpu), '4'],
  ];
  for (const [actual, expected] of texts) test(expected, () => expect(actual).toBe(expected));
});
