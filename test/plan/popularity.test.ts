import { describe, expect, test } from 'vitest';
import { analyse } from '../../server/src/language/program.ts';
import { countsFromCsv, expertShares } from '../../server/src/plan/popularity.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { experts } from '../support/deployments.ts';
import { memorySources } from '../support/sources.ts';

const ROOT = 'file:///workspace/main.moeplan';

describe('how often experts are chosen', () => {
  test('uniform, by Zipf, and by counts: shares of one', () => {
    expect(expertShares(experts(4, 1, 64))).toEqual([0.25, 0.25, 0.25, 0.25]);
    const zipf = expertShares(experts(4, 1, 64, { popularity: { kind: 'zipf', exponent: 1 } }));
    expect((zipf[0] ?? 0) / (zipf[3] ?? 1)).toBeCloseTo(4);
    expect(zipf.reduce((sum, share) => sum + share)).toBeCloseTo(1);
    const counts = expertShares(experts(4, 1, 64, { popularity: { kind: 'counts', counts: [6, 2, 0, 0] } }));
    expect(counts).toEqual([0.75, 0.25, 0, 0]);
  });

  test.each([
    ['a count per line', '3\n0\n1.5\n', [3, 0, 1.5]],
    ['a byte order mark, CRLF, names and blank lines', '\ufeffcount\r\n3\r\n\r\n0\r\n1\r\n', [3, 0, 1]],
    ['experts in any order, counts of one summed', 'expert;count\n2;1\n0;4\n1;0\n0;2\n', [6, 0, 1]],
  ])('%s', (_, text, counts) => expect(countsFromCsv(text, 3)).toEqual(counts));

  test.each([
    ['too few', '3\n1\n', 'expert 2'],
    ['too many', '3\n1\n1\n1\n', 'line 4'],
    ['an expert that is not there', '7,1\n', 'expert 7'],
    ['half an expert', '0.5,1\n', 'expert 0.5'],
    ['less than nothing', '3\n-1\n1\n', 'line 2'],
    ['words', '3\nmany\n1\n', 'many'],
    ['three columns', '0,1,2\n', 'line 1'],
    ['nothing chosen', '0\n0\n0\n', '0'],
    ['an empty file', '', 'expert 0'],
  ])('%s is refused with its place', (_, text, named) => expect(countsFromCsv(text, 3)).toContain(named));

  test("a plan's file is read, from the folder of the plan", () => {
    const text =
      'model m { layers = 1, hidden = 64, experts { count = 2, top-k = 1, ffn = 64, popularity = "a/loads.csv" } }';
    const files = new Map([
      [ROOT, text],
      ['file:///workspace/a/loads.csv', '3\n1\n'],
    ]);
    const program = analyse(ROOT, memorySources(files));
    const entity = program.lookup('model', 'm');
    const feedForward = entity && modelOf(entity)?.classes[0]?.feedForward;
    expect(feedForward).toMatchObject({ popularity: { kind: 'counts', counts: [3, 1] } });
  });
});
