import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { regularExpression } from '../../../server/src/plan/huggingFace/quantization/regularExpression.ts';
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

  test('a pattern with more ways than there is time for ends', () => {
    expect(regularExpression('(a*)*(a*)*(a*)*b')?.matches('a'.repeat(60))).toBe(false);
    expect(regularExpression(`${'.?'.repeat(40)}Z`)?.matches('a'.repeat(60))).toBe(false);
    expect(regularExpression(`${'(.|.)'.repeat(40)}Z`)?.matches('a'.repeat(60))).toBe(false);
    expect(regularExpression('(a|a|aa)+$')?.matches(`${'a'.repeat(60)}!`)).toBe(false);
  });

  test.each([
    ['a{,2}$', 'aa', 'aaa'],
    ['a{2,}$', 'aaa', 'a'],
    ['a{x}$', 'a{x}', 'a'],
    ['[a\\d]$', '1', 'x'],
    ['[\\.-/]$', '/', '-'],
  ])('%s means what it means in Python', (source, fitting, other) => {
    expect(regularExpression(source)?.matches(fitting)).toBe(true);
    expect(regularExpression(source)?.matches(other)).toBe(false);
  });

  test.each([
    ['look-ahead', '^(?!a)'],
    ['a group that is open', '(a'],
    ['a bracket that closes nothing', 'a)'],
    ['a word boundary', '\\ba'],
    ['nothing that is repeated', '*a'],
    ['an open set', '[a'],
    ['more copies than a name has', '(a{900}){900}'],
    ['more copies of nothing', '((((){999}){999}){999}){999}'],
    ['fewer than at least', 'a{2,1}'],
    ['a range from last to first', '[z-a]'],
    ['a range of classes', '[\\d-z]'],
    ['what is repeated twice', 'a{2}{3}'],
    ['a repeated anchor', '^*'],
    ['a repeated end', 'a$+'],
    ['a number of nothing', '{2}abc'],
    ['a book', 'a'.repeat(2000)],
  ])('%s is not understood', (_, source) => expect(regularExpression(source)).toBeUndefined());
});
