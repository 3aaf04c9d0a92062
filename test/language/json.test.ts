import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonObject } from '../../server/src/language/json.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

function reason(text: string): string | undefined {
  const result = parseJsonObject(text);
  return 'reason' in result ? result.reason : undefined;
}

describe('JSON that others wrote', () => {
  test('numbers as Python writes them keep their meaning, and no text is changed', () => {
    expect(parseJsonObject('{"a": [0.5, Infinity], "b": -Infinity, "c": NaN, "Infinity": "NaN \\" Infinity"}')).toEqual(
      {
        json: { a: [0.5, Number.POSITIVE_INFINITY], b: Number.NEGATIVE_INFINITY, c: 'NaN', Infinity: 'NaN " Infinity' },
      },
    );
  });

  test.each([
    ['{\n  "a": 1,\n  "b": [1,\n  }\n', 'line 4, column 3: a value is expected'],
    ['{"a": 1,}', 'line 1, column 9: a name in double quotes is expected'],
    ['{\n  // a note\n}', 'line 2, column 3: comments are no JSON'],
    ["{'a': 1}", 'line 1, column 2: a name in double quotes or `}` is expected'],
    ['{"a" 1}', 'line 1, column 6: `:` is expected'],
    ['{"a": 1 "b"}', 'line 1, column 9: `,` or the closing bracket is expected'],
    ['{"a": nope}', 'line 1, column 7: a value is expected'],
    ['{"a": "b\n"}', 'line 1, column 7: a text in quotes is not closed'],
    ['{"a": 1', 'line 1, column 8: it ends too early'],
    ['{"a": 1}\n}', 'line 2, column 1: nothing is expected after the object'],
    ['[1]', 'it holds another value'],
  ])('%j: %s', (text, expected) => expect(reason(text)).toContain(expected));

  test('what the platform reads is read, and of everything else the fault is told', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', ']', '{', 'x', '\\', '\n', ' '), fc.nat(1))
      .map(([text, at, put, cut]) => {
        const place = at % (text.length + 1);
        return `{"a":${text.slice(0, place)}${put}${text.slice(place + cut)}}`;
      });
    fc.assert(
      fc.property(broken, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const found = reason(text);
        if (valid) expect(found).toBeUndefined();
        else if (!/NaN|Infinity/.test(text)) expect(found).toMatch(/^line \d+, column \d+: /);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  test('a text of any depth and length has an answer', () => {
    expect(reason('['.repeat(200_000))).toContain('it ends too early');
    expect(reason(`{"a": "${'\\n'.repeat(1_000_000)}"`)).toContain('it ends too early');
  });
});
