import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isClosedString, isName, quote, stringText, tokenize } from '../../server/src/language/lexer.ts';
import { UNITS } from '../../server/src/language/units.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

/** Tokens as `kind:text`, punctuation as itself. */
function lex(text: string): string[] {
  return tokenize(text).map(({ kind, start, end }) => {
    const written = text.slice(start, end);
    return written === kind ? kind : `${kind}:${written}`;
  });
}

describe('words', () => {
  test.each([
    'DGX-H100',
    'moe-4l',
    'top-k',
    '1f1b',
    'trt-llm',
    'DeepSeek-V3.1',
    '30B-A3B',
    '4l',
    '_x',
    'größe',
    'fp8-block',
  ])('%s is one word', (name) => {
    expect(lex(name)).toEqual([`word:${name}`]);
    expect(isName(name)).toBe(true);
  });

  test.each(['3', '80GiB', '1e5', 'a b', 'a-', '-a', '', ' a', 'a..b', '"a"'])('%s is no name', (text) => {
    expect(isName(text)).toBe(false);
  });

  test('a hyphen or a dot belongs to a word only between its letters', () => {
    expect(lex('a - b')).toEqual(['word:a', '-', 'word:b']);
    expect(lex('a->b')).toEqual(['word:a', '->', 'word:b']);
    expect(lex('a..b')).toEqual(['word:a', '..', 'word:b']);
    expect(lex('n-1')).toEqual(['word:n-1']);
  });
});

describe('numbers', () => {
  test.each(['0', '10_000', '1.5', '1.5e3', '1e-3', '2E+6'])('%s', (text) => {
    expect(lex(text)).toEqual([`number:${text}`]);
  });

  test('ranges and differences of numbers need no blanks', () => {
    expect(lex('0..7')).toEqual(['number:0', '..', 'number:7']);
    expect(lex('8-4')).toEqual(['number:8', '-', 'number:4']);
  });
});

describe('units', () => {
  test.each([...UNITS.keys()])('%s, with a blank before it and without', (unit) => {
    expect(lex(`80 ${unit}`)).toEqual(['number:80', `unit:${unit}`]);
    expect(lex(`80${unit}`)).toEqual(['number:80', `unit:${unit}`]);
    expect(lex(`3.5${unit}\n`)).toEqual(['number:3.5', `unit:${unit}`, 'newline:\n']);
  });

  test('a word behind a number is a unit, known or not, but for the words of statements', () => {
    expect(lex('80 gigs')).toEqual(['number:80', 'unit:gigs']);
    expect(lex('0..60 by 4')).toEqual(['number:0', '..', 'number:60', 'word:by', 'number:4']);
    expect(lex('3 of layer 2 on gpu 5')).toEqual([
      'number:3',
      'word:of',
      'word:layer',
      'number:2',
      'word:on',
      'word:gpu',
      'number:5',
    ]);
    expect(lex('8\ngpu')).toEqual(['number:8', 'newline:\n', 'word:gpu']);
  });

  test('a slash with blanks divides', () => {
    expect(lex('8 GiB / 2')).toEqual(['number:8', 'unit:GiB', '/', 'number:2']);
    expect(lex('50% + 1')).toEqual(['number:50', 'unit:%', '+', 'number:1']);
  });
});

describe('strings and comments', () => {
  test('escapes', () => {
    expect(stringText('"a\\"b\\\\c\\n"')).toBe('a"b\\c\n');
    expect(lex('"a // b" x')).toEqual(['string:"a // b"', 'word:x']);
  });

  test('a string without its closing quote ends with its line', () => {
    expect(lex('"abc\nx')).toEqual(['string:"abc', 'newline:\n', 'word:x']);
    expect(isClosedString('"abc')).toBe(false);
    expect(isClosedString('"abc\\"')).toBe(false);
    expect(isClosedString('"')).toBe(false);
    expect(isClosedString('"abc\\\\"')).toBe(true);
  });

  test('comments', () => {
    expect(lex('a // b\nc /* d\ne */ f')).toEqual([
      'word:a',
      'line-comment:// b',
      'newline:\n',
      'word:c',
      'block-comment:/* d\ne */',
      'word:f',
    ]);
    expect(lex('/* open')).toEqual(['block-comment:/* open']);
  });

  test('quoting any text and reading it gives the text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const quoted = quote(text);
        expect(isClosedString(quoted)).toBe(true);
        expect(stringText(quoted)).toBe(text);
        expect(tokenize(quoted)).toEqual([{ kind: 'string', start: 0, end: quoted.length }]);
      }),
    );
  });
});

const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...'{}[](),=<>-+*/.%"±\\ \t\r\n#@0123456789_eE',
        '..',
        '->',
        '//',
        '/*',
        '*/',
        '+-',
        '80 GiB',
        'name',
        'é',
        '\u2028',
        '\ud800',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
  )
  .map((parts) => parts.join(''));

test('tokens cover every text: none overlaps, none is empty, and only blanks lie between', () => {
  fc.assert(
    fc.property(soup, (text) => {
      let at = 0;
      for (const { start, end } of tokenize(text)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        expect(text.slice(at, start)).toMatch(/^[\s\ufeff]*$/);
        expect(text.slice(at, start)).not.toMatch(/[\r\n]/);
        at = end;
      }
      expect(text.slice(at)).toMatch(/^[^\S\r\n]*$|^[\s\ufeff]*$/);
    }),
    { numRuns: propertyRuns(500) },
  );
});
