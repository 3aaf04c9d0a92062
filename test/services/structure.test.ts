import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldingRanges } from '../../server/src/services/navigation/folding.ts';
import { type DocumentSymbol, documentSymbols } from '../../server/src/services/navigation/symbols.ts';
import { analysed } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { folds, outline } from './expect.ts';

describe('outline', () => {
  test('blocks with what stands in them', () => {
    expect(
      outline(`let n = 2
model small {
  layers = n
  attention { heads = 8 }
}
deployment a { stage front {}, parallel { tp = 2 } }
compare a, b`),
    ).toMatchInlineSnapshot(`
      "n (let)
      small (model)
        layers
        attention
          heads
      a (deployment)
        front (stage)
        parallel
          tp
      compare a, b"
    `);
  });

  test.each([
    [
      'a block that is not closed',
      'model m {\n  layers = 2\n  attention {\n    heads = 8\n',
      'm (model)\n  layers\n  attention\n    heads',
    ],
    ['a block without a name', 'model { layers = 2 }', 'model\n  layers'],
    ['a property without a value', 'model m { layers = }', 'm (model)\n  layers'],
    ['nothing', '', ''],
  ])('%s', (_, source, expected) => expect(outline(source)).toBe(expected));
});

describe('folding', () => {
  test.each([
    ['a block; its closing brace stays visible', 'model m {\n  layers = 2\n  hidden = 3\n}\n', ['0-2 block']],
    ['nested blocks', 'model m {\n  attention {\n    heads = 8\n  }\n}\n', ['0-3 block', '1-2 block']],
    ['a block on one line', 'model m { layers = 2 }\n', []],
    ['comments that follow one another', '// one\n// two\n// three\n\n// alone\n', ['0-2 comment']],
    ['a long comment', '/* one\ntwo\n*/\nmodel m {}\n', ['0-2 comment']],
    ['imports', 'import "./a.moeplan"\nimport "./b.moeplan"\nmodel m {}\n', ['0-1 imports']],
    ['a brace that is not closed', 'model m {\n  attention {\n    heads = 8\n    kv-heads = 2\n  }\n', ['1-3 block']],
    ['a brace too many', '}\nmodel m {\n  layers = 2\n  hidden = 3\n}\n', ['1-3 block']],
    ['broken text between', 'model m {\n  = = 3 ] "x\n  layers = \n}\n', ['0-2 block']],
    ['a list', 'let a = [\n  1,\n  2\n]\n', ['0-2 block']],
    ['a list that is not closed', 'model m {\n  a = [1,\n  2\n  b = 3\n}\n', ['0-3 block']],
    ['a bracket too many', 'model m {\n  layers = 2 ]\n  hidden = 3\n}\n', ['0-2 block']],
    [
      'marked regions, which are no comments to fold',
      '// #region big\n// why\n// so\nmodel m {}\n// #endregion\n',
      ['0-4 region', '1-2 comment'],
    ],
    ['a region that never ends', '// #region big\nmodel m {}\n', []],
    ['CRLF', 'model m {\r\n  layers = 2\r\n  hidden = 3\r\n}\r\n', ['0-2 block']],
  ])('%s', (_, source, expected) => expect(folds(source)).toEqual(expected));
});

test('cut off anywhere, folds and the outline lie inside the text and nest', () => {
  const text = readFileSync(join(projectRoot, 'examples/deployment-analysis.moeplan'), 'utf8');
  const nested = ({ span, nameSpan, children }: DocumentSymbol): void => {
    expect(span.start <= nameSpan.start && nameSpan.end <= span.end).toBe(true);
    for (const child of children) {
      expect(span.start <= child.span.start && child.span.end <= span.end).toBe(true);
      nested(child);
    }
  };
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(text.length), (end, skip) => {
      const cut = text.slice(0, Math.min(end, skip)) + text.slice(Math.max(end, skip));
      const analysis = analysed(cut);
      const last = cut.split('\n').length - 1;
      for (const { startLine, endLine } of foldingRanges(analysis))
        expect(0 <= startLine && startLine < endLine && endLine <= last).toBe(true);
      for (const symbol of documentSymbols(analysis)) {
        expect(symbol.span.end).toBeLessThanOrEqual(cut.length);
        nested(symbol);
      }
    }),
    { numRuns: propertyRuns(60) },
  );
});
