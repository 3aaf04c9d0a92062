import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  literalStart,
  regularExpression,
} from '../../../server/src/plan/huggingFace/quantization/regularExpression.ts';
import { propertyRuns } from '../../support/propertyRuns.ts';

const atom = fc.constantFrom('a', 'b', '.', '\\.', '[ab]', '[^a]', '(a|b)', '(?:ab)', '\\d', '\\w');
const piece = fc
  .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '*?'))
  .map((parts) => parts.join(''));
const sequence = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
const pattern = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((ways) => ways.join('|'));
const text = fc.array(fc.constantFrom('a', 'b', '.', '1'), { maxLength: 8 }).map((letters) => letters.join(''));

describe('regular expressions of a checkpoint', () => {
  test('match as those of the platform do, from the beginning', () => {
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, name, isWhole) => {
        const written = isWhole ? `(${source})$` : source;
        expect(regularExpression(written)?.matches(name)).toBe(new RegExp(`^(?:${written})`, 's').test(name));
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  test('what a name must begin with is what it begins with', () => {
    fc.assert(
      fc.property(pattern, text, (source, name) => {
        if (regularExpression(source)?.matches(name)) expect(name.startsWith(literalStart(source))).toBe(true);
      }),
      { numRuns: propertyRuns(2000) },
    );
    expect(literalStart('model\\.layers\\.[0-9]+')).toBe('model.layers.');
  });

  test('a pattern with more ways than there is time for ends', () => {
    expect(regularExpression('(a*)*(a*)*(a*)*b')?.matches('a'.repeat(60))).toBe(false);
    expect(regularExpression('(a|a|aa)+$')?.matches(`${'a'.repeat(60)}!`)).toBe(false);
  });

  test.each([
    ['look-ahead', '^(?!a)'],
    ['a group that is open', '(a'],
    ['a bracket that closes nothing', 'a)'],
    ['a word boundary', '\\ba'],
    ['nothing that is repeated', '*a'],
    ['an open set', '[a'],
    ['more copies than a name has', '(a{900}){900}'],
    ['a book', 'a'.repeat(2000)],
  ])('%s is not understood', (_, source) => expect(regularExpression(source)).toBeUndefined());
});
