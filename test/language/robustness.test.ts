import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../server/src/language/cache.ts';
import { parse } from '../../server/src/language/parser.ts';
import { analyse } from '../../server/src/language/program.ts';
import type { Tree } from '../../server/src/language/tree.ts';
import { VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { childNodes, type Node, walk } from '../../server/src/language/walk.ts';
import { fixturesBelow, parseFixture } from '../support/annotations.ts';
import { LONG_TEXTS } from '../support/longTexts.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { oneFile } from '../support/sources.ts';

const root = join(import.meta.dirname, '../..');

/** Every text that the project has in the language: fixtures, shipped examples, catalogue, the vocabulary's own. */
function corpus(): Map<string, string> {
  const texts = new Map<string, string>();
  const fixtures = join(root, 'test/fixtures/rules');
  for (const name of fixturesBelow(fixtures)) {
    for (const [uri, text] of parseFixture(readFileSync(join(fixtures, name), 'utf8')))
      texts.set(`${name} ${uri}`, text);
  }
  for (const folder of ['examples', 'server/src/catalog']) {
    const path = join(root, folder);
    for (const name of readdirSync(path))
      if (name.endsWith('.moeplan')) texts.set(name, readFileSync(join(path, name), 'utf8'));
  }
  texts.set('vocabulary', VOCABULARY.map((block) => block.example).join('\n'));
  return texts;
}

const texts = corpus();

function expectSound(tree: Tree, text: string): void {
  const inside = ({ span }: Node, start: number, end: number) => {
    if (!(start <= span.start && span.start <= span.end && span.end <= end))
      throw new Error(`span ${span.start}..${span.end} outside ${start}..${end}`);
  };
  let previous = 0;
  for (const item of tree.items) {
    inside(item, previous, text.length);
    previous = item.span.end;
  }
  walk(tree, (node) => {
    for (const child of childNodes(node)) inside(child, node.span.start, node.span.end);
  });
  for (const { span, message, insert, replace } of tree.errors) {
    if (!(0 <= span.start && span.start <= span.end && span.end <= text.length))
      throw new Error(`error outside the text: ${message}`);
    if (insert && !(0 <= insert.offset && insert.offset <= text.length))
      throw new Error(`insertion outside the text: ${message}`);
    if (replace && replace.span.end > text.length) throw new Error(`replacement outside the text: ${message}`);
  }
}

function expectAnalysable(text: string): void {
  const { root: uri, sources } = oneFile(text);
  const { diagnostics } = analyse(uri, sources);
  for (const { span, rule } of diagnostics) {
    if (!(0 <= span.start && span.start <= span.end && span.end <= text.length))
      throw new Error(`${rule} outside the text`);
  }
}

describe('no text throws, hangs or breaks the tree', () => {
  test.each([...texts.keys()])('%s, cut off anywhere', (name) => {
    const text = texts.get(name) ?? '';
    const step = Math.max(1, Math.floor(text.length / 400));
    for (let end = 0; end <= text.length; end += step) expectSound(parse(text.slice(0, end)), text.slice(0, end));
    for (let end = 0; end <= text.length; end += Math.max(1, Math.floor(text.length / 40)))
      expectAnalysable(text.slice(0, end));
  });

  const anyText = fc.constantFrom(...texts.values());
  const piece = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      ',',
      '=',
      '->',
      '..',
      '"',
      '//',
      '/*',
      '*/',
      '\n',
      '\r',
      ' ',
      '-',
      '+-',
      '%',
      'let ',
      'model ',
      'stage ',
      'extends ',
      'import "./a"',
      '9e999',
      '80',
      ' GiB',
      '\u0000',
      '\ud83d',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );

  test('valid texts with pieces put in, taken out and doubled', () => {
    const edit = fc.record({
      at: fc.nat(),
      length: fc.nat({ max: 40 }),
      kind: fc.constantFrom('insert', 'delete', 'double'),
      piece,
    });
    fc.assert(
      fc.property(anyText, fc.array(edit, { minLength: 1, maxLength: 6 }), (start, edits) => {
        let text = start;
        for (const { at, length, kind, piece: inserted } of edits) {
          const from = at % (text.length + 1);
          const cut = text.slice(from, from + length);
          text =
            text.slice(0, from) +
            (kind === 'insert' ? inserted : kind === 'double' ? cut + cut : '') +
            text.slice(kind === 'delete' ? from + length : from);
        }
        expectSound(parse(text), text);
        expectAnalysable(text);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test('any text at all', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            piece,
            fc.constantFrom(
              ...VOCABULARY.flatMap((block) => [block.keyword, ...block.properties.map((property) => property.name)]),
            ),
          ),
          { maxLength: 60 },
        ),
        (parts) => {
          const text = parts.join('');
          expectSound(parse(text), text);
          expectAnalysable(text);
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });
});

describe('a keystroke', () => {
  test('analysing with what an earlier text left in the cache gives what a fresh analysis gives', () => {
    const { root: uri } = oneFile('');
    const cache = new Cache();
    fc.assert(
      fc.property(fc.constantFrom(...texts.values()), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % (text.length + 1));
        for (const typed of [text, cut, text]) {
          const { sources } = oneFile(typed);
          expect(analyse(uri, sources, cache).diagnostics).toEqual(analyse(uri, sources).diagnostics);
        }
      }),
      { numRuns: propertyRuns(60) },
    );
  });
});

describe('large files', () => {
  const block = (at: number) =>
    `model m${at} {\n  layers = 4\n  hidden = 4096\n  attention { heads = 32, head-size = 128 }\n  experts { count = 16, top-k = 2, ffn = ${at} * 8 }\n}\ndeployment d${at} {\n  model = m${at}, cluster = c, workload = w\n  parallel { tp = 8, ep = 8 }\n}\n`;
  const head = 'cluster c { node = DGX-H100, count = 2 }\nworkload w { sequences = 1, length = 10 tokens }\n';
  const lines10000 = head + Array.from({ length: 1000 }, (_, at) => block(at)).join('');

  test('10,000 lines', () => {
    expect(lines10000.split('\n').length).toBeGreaterThan(10_000);
    const tree = parse(lines10000);
    expect(tree.errors).toEqual([]);
    expect(tree.items).toHaveLength(2002);
    const { root: uri, sources } = oneFile(lines10000);
    const program = analyse(uri, sources);
    // `0 * 8` is no width.
    expect(program.diagnostics.map((diagnostic) => diagnostic.rule)).toEqual(['number-out-of-range']);
    expect(program.own).toHaveLength(2002);
  });

  // How their time grows with their length is measured by `npm run bench`.
  test.each(Object.entries(LONG_TEXTS))('20,000 times: %s', (_, make) => {
    const text = make(20_000);
    expectSound(parse(text), text);
    expectAnalysable(text);
  });
});
