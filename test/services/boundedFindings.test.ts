import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedPlan } from '../../server/src/cli/commands/check.ts';
import { toGithub } from '../../server/src/cli/formats/github.ts';
import { toJson } from '../../server/src/cli/formats/json.ts';
import { toSarif } from '../../server/src/cli/formats/sarif.ts';
import { toText } from '../../server/src/cli/formats/text.ts';
import { LONGEST_MESSAGE, MOST_RELATED } from '../../server/src/language/rules/bounds.ts';
import { diagnose, MOST_FINDINGS } from '../../server/src/services/findings/diagnostics.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { analysisOf } from './editor/support.ts';

const times = (count: number, piece: (index: number) => string, between = '\n') =>
  `${Array.from({ length: count }, (_, index) => piece(index)).join(between)}\n`;

/** Texts with very many findings, places or letters, by what there is many of. */
const MANY: Readonly<Record<string, (count: number) => string>> = {
  'closing braces': (count) => '}'.repeat(count),
  'properties on one line': (count) => `model m { ${times(count, (index) => `x${index} = 1`, ', ').trim()} }\n`,
  'properties without commas': (count) => `model m { ${times(count, () => 'layers = 1', ' ').trim()} }\n`,
  'comments to the checker': (count) => times(count, () => '// moeplan-ignore unused-name: because'),
  'rules in one comment': (count) => `// moeplan-ignore ${times(count, () => 'unused-name', ', ').trim()}: because\n`,
  'unknown names': (count) => times(count, (index) => `let x${index} = y${index}`),
  'constants in a circle': (count) => times(count, (index) => `let x${index} = x${(index + 1) % count}`),
  'blocks in a circle': (count) => times(count, (index) => `gpu g${index} extends g${(index + 1) % count} { }`),
  'letters of a name': (count) => `let x = ${'y'.repeat(count)}\ncluster c { node = ${'z'.repeat(count)} }\n`,
  'blocks of one name': (count) => times(count, () => 'cluster c { node = DGX-H100 }'),
  'wrong items of a list': (count) => `deployment d { gpus = [${times(count, () => '-1', ', ').trim()}] }\n`,
};

describe('what is told of one file is bounded', () => {
  test.each(Object.entries(MANY))('%s', (_, make) => {
    const analysis = analysisOf(make(3_000));
    const found = diagnose(analysis);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(MOST_FINDINGS + 1);
    for (const { message, related = [] } of found) {
      expect(message.length).toBeLessThanOrEqual(LONGEST_MESSAGE);
      // No character is torn in two.
      expect(() => encodeURIComponent(message)).not.toThrow();
      expect(related.length).toBeLessThanOrEqual(MOST_RELATED);
    }
    const file = checkedPlan('plan.moeplan', analysis, found);
    const outputs = [toText([file]), toSarif([file], '0'), toGithub([file]), toJson([file])];
    for (const output of outputs) expect(output.length).toBeLessThan(2_000_000);
  });

  test('the most severe are shown, and one finding says how many are not', () => {
    const text = `${MANY['comments to the checker']?.(1_500)}${MANY['unknown names']?.(999)}let last = nothing\n`;
    const found = diagnose(analysisOf(text));
    const [counting] = found.filter(({ rule }) => rule === 'findings-left-out');
    expect(counting).toMatchObject({
      severity: 'hint',
      message: expect.stringMatching(/^1500 more hints from here on are not shown: /),
    });
    expect(found.filter(({ severity }) => severity === 'error')).toHaveLength(1_000);
    const worse = diagnose(analysisOf(`${text}let more = nowhere\n`)).find(({ rule }) => rule === 'findings-left-out');
    expect(worse).toMatchObject({
      severity: 'error',
      message: expect.stringMatching(/^1 more error, 1500 more hints /),
    });
  });

  test('a place in a long line is shown with what stands around it, and marked', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(3_000), fc.integer({ min: 1, max: 400 }), (before, behind, length) => {
        const word = `w${'o'.repeat(length)}`;
        const text = `let a = 1 /* ${'b'.repeat(before)} */ + ${word} /* ${'e'.repeat(behind)} */\n`;
        const analysis = analysisOf(text);
        const diagnostics = diagnose(analysis).filter(({ rule }) => rule === 'unresolved-name');
        const [, , line = '', marks = ''] = toText([checkedPlan('a.moeplan', analysis, diagnostics)]).split('\n');
        expect(line.length).toBeLessThan(180);
        const from = marks.indexOf('^');
        const marked = line.slice(from, marks.lastIndexOf('^') + 1);
        expect(word.startsWith(marked)).toBe(true);
        expect(marked.length).toBeGreaterThan(Math.min(length, 90));
      }),
      { numRuns: propertyRuns(30) },
    );
  });
});

describe('values', () => {
  test('constants that hold each other twice do not grow', () => {
    const text = times(40, (index) =>
      index === 0 ? 'let x0 = [0, 1]' : `let x${index} = [x${index - 1}, x${index - 1}]`,
    );
    const found = diagnose(analysisOf(text)).filter(({ severity }) => severity === 'error');
    expect(found.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      'wrong-type: a list holds single values; found `x0`, a list: write what it holds without brackets of its own',
    ]);
    expect(found[0]?.span.start).toBe(text.indexOf('[x0') + 1);
  });

  test('nor do those in parentheses', () => {
    const found = diagnose(analysisOf('let x = zipf(1)\nlet y = zipf(x)\nlet z = zipf([1, 2])\n'));
    expect(found.filter(({ severity }) => severity === 'error')).toHaveLength(2);
  });
});
