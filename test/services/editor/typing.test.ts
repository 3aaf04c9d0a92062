import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Dimension, PREFERRED_UNITS } from '../../../server/src/language/units.ts';
import { COMPARE_CLAIMS } from '../../../server/src/language/vocabulary/claims.ts';
import type { BlockSpec, PropertySpec, ValueType } from '../../../server/src/language/vocabulary/spec.ts';
import { blockSpec, VOCABULARY } from '../../../server/src/language/vocabulary/vocabulary.ts';
import { AnalysisCache, analyseDocument } from '../../../server/src/services/analysis.ts';
import { complete, TRIGGER_CHARACTERS } from '../../../server/src/services/completion/completion.ts';
import { propertyRuns } from '../../support/propertyRuns.ts';
import { memorySources } from '../../support/sources.ts';
import { type Provider, TypedEditor } from '../../support/typedEditor.ts';
import { CATALOG, MAIN, SMALL_PLAN } from './support.ts';

/** As in a server, what is read once is kept. */
const cache = new AnalysisCache();
const analysed = (text: string) => analyseDocument(MAIN, memorySources(new Map([[MAIN, text]]), CATALOG), cache);

/** The list as an editor gets it. */
const provider: Provider = (text, offset, trigger) =>
  complete(analysed(text), offset, undefined, trigger).map((item) => ({
    label: item.label,
    filter: item.filter ?? item.label,
    order: item.order,
    insert: item.insert,
    isSnippet: item.isSnippet === true,
    start: item.replace?.start ?? offset,
    asksAgain: item.asksAgain === true,
  }));

function editorAt(marked: string, late = 0): TypedEditor {
  return new TypedEditor(marked, provider, { triggers: TRIGGER_CHARACTERS, late });
}

/** The text after each statement and Enter were typed at `$0`, with answers that arrive so many keys late. */
function typed(marked: string, statements: readonly string[], late = 0): string {
  const editor = editorAt(marked, late);
  for (const statement of statements) {
    editor.type(statement);
    editor.enter();
  }
  return editor.text;
}

const CONSTANTS = 'let n = 2\nlet some = 80 GiB\nlet span = 4 ms\n';

/** A text with a place for a statement in a block of this kind. */
function placeIn(spec: BlockSpec, body: string): string {
  const header = (each: BlockSpec) => `${each.keyword}${each.naming === 'none' ? '' : ' mine'} {`;
  const lines = [header(spec), body, '}'];
  let parent = spec.parents[0] ?? 'file';
  while (parent !== 'file') {
    const outer = VOCABULARY.find(({ keyword }) => keyword === parent);
    if (!outer) throw new Error(`no block ${parent}`);
    const own = parent === 'deployment' ? ['model = small, cluster = two-nodes, workload = batch'] : [];
    lines.unshift(header(outer), ...own);
    lines.push('}');
    parent = outer.parents[0] ?? 'file';
  }
  return `${CONSTANTS}${SMALL_PLAN}${lines.join('\n')}\n`;
}

const NAMES = new Map<string, readonly string[]>(
  ['gpu', 'node', 'cluster', 'model', 'workload', 'deployment'].map((keyword) => [
    keyword,
    analysed(SMALL_PLAN).program.entities.flatMap((each) => (each.keyword === keyword && each.name ? [each.name] : [])),
  ]),
);

const whole = fc.constantFrom('1', '2', '3', '8', '12', '16', '25', '40', '128', '256', '1_000', '4096');
const decimal = fc.oneof(whole, fc.constantFrom('0.9', '1.1', '3.35', '1.5e3'));

function quantityOf(dimension: Dimension): fc.Arbitrary<string> {
  const units = PREFERRED_UNITS[dimension];
  const withUnit = fc
    .tuple(decimal, fc.constantFrom('', ' '), fc.constantFrom('', ...units))
    .map((parts) => parts.join(''));
  if (dimension === 'number' || units.length === 0) return fc.oneof(decimal, fc.constantFrom('n', '2 * n'));
  if (dimension === 'fraction') return fc.oneof(decimal, withUnit);
  const unit = fc.tuple(decimal, fc.constantFrom('', ' '), fc.constantFrom(...units)).map((parts) => parts.join(''));
  return dimension === 'bytes' ? fc.oneof(unit, fc.constantFrom('some', 'some * n', '2 * some')) : unit;
}

/** Values that a property of the type takes, as a person writes them. */
function anyValue(type: ValueType): fc.Arbitrary<string> {
  switch (type.kind) {
    case 'quantity':
      return quantityOf(type.dimension);
    case 'integer':
      return fc.oneof(whole, fc.constantFrom('n', 'n * 4'));
    case 'boolean':
      return fc.constantFrom('true', 'false');
    case 'string':
      return fc.constantFrom('""', '"a text"', '"./a file.json"');
    case 'choice':
      return fc.constantFrom(...type.choices.map(({ name }) => name));
    case 'reference':
      return fc.constantFrom(...(NAMES.get(type.to) ?? []));
    case 'indexes':
      return fc.constantFrom('0', '0..7', '12..25', '[0, 2..3]', '[0..1, 25]');
    case 'shape':
      return fc.constantFrom('4096', '[batch, seq, 4096]', '[12, n]');
    case 'either':
      return fc.oneof(...type.of.map(anyValue));
    case 'list':
      return fc.oneof(
        anyValue(type.of),
        fc.uniqueArray(anyValue(type.of), { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      );
    case 'application':
      return anyValue(type.argument).map((argument) => `${type.word} ${argument}`);
  }
}

function assignment(property: PropertySpec): fc.Arbitrary<string> {
  const operator = property.comparable ? fc.constantFrom('=', '>=', '<=') : fc.constant('=');
  const tolerance = property.comparable ? fc.constantFrom('', ' +- 5%', ' +- 5 %', ' +- 0.1') : fc.constant('');
  return fc
    .tuple(operator, fc.constantFrom('', ' '), anyValue(property.type), tolerance)
    .map(([sign, blank, value, rest]) => `${property.name}${blank}${sign}${blank}${value}${rest}`);
}

const statements = VOCABULARY.flatMap((block) => block.properties.map((property) => ({ block, property })));
const anyStatement = fc
  .constantFrom(...statements)
  .chain(({ block, property }) => assignment(property).map((statement) => ({ block, statement })));
/** What people leave behind a statement before they press Enter. */
const ending = fc.constantFrom('', ' ', ',', ', ');

describe('Enter behind a complete statement breaks the line, and nothing else', () => {
  test('whichever property, with whichever value', () => {
    fc.assert(
      fc.property(anyStatement, ending, ({ block, statement }, end) => {
        const place = placeIn(block, '$0');
        expect(typed(place, [statement + end])).toBe(place.replace('$0', `${statement}${end}\n`));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test('however late answers arrive, in the usual form', () => {
    const usual = anyStatement.filter(({ statement }) => /^\S+ [<>]?= /.test(statement));
    fc.assert(
      fc.property(usual, ending, fc.integer({ min: 1, max: 9 }), ({ block, statement }, end, late) => {
        const place = placeIn(block, '$0');
        expect(typed(place, [statement + end], late)).toBe(place.replace('$0', `${statement}${end}\n`));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test.each(
    statements.map(
      ({ block, property }) => [`${block.keyword}: ${property.example}`, block, property.example] as const,
    ),
  )('%s', (_, block, example) => {
    const place = placeIn(block, '$0');
    for (const late of [0, 1, 2, 3, 5, 8])
      expect(typed(place, [example], late), `${late} keys late`).toBe(place.replace('$0', `${example}\n`));
  });

  test.each([
    ['the first line is not joined to the next', 'workload w {\n$0\n}', ['input = 4096 tokens', 'output = 4 tokens']],
    ['one block on a line', '$0\n', ['cluster c { node = DGX-H100, count = 2 }', 'workload w { sequences = 8 }']],
    ['a base', '$0\n', ['gpu mine extends H100-SXM { memory = 96 GiB }', 'node n { gpu = mine }']],
    ['a base, with a blank behind it', '$0\n', ['gpu mine extends H100-SXM ']],
    ['layers', 'model m {\nlayers {\n$0\n}\n}', ['0..2 = dense', '3..5 = moe ', '6 = none']],
    ['experts by hand', 'deployment d {\n$0\n}', ['expert 0..3 on gpu 0', 'expert 4 of layer 2 on gpu 1 ']],
    ['an arrow', 'deployment d {\nstage front { }\nstage back { }\n$0\n}', ['front -> back', 'front -> back ']],
    [
      'a comparison',
      'deployment a { }\ndeployment ab { }\ndeployment c { }\n$0\n',
      ['compare a, ab', 'compare a, c ', 'compare a, ab { speedup >= 2, latency-ratio = 1.5 }'],
    ],
    ['a constant', '$0\n', ['let x = 4', 'let y = 80 GiB', 'let z = 2 * x']],
    ['the argument of a word', `${CONSTANTS}model m {\nexperts {\n$0\n}\n}\n`, ['popularity=zipf 2 * n']],
    ['a path', '$0\n', ['import "./a.moeplan"', 'model m from "./config.json"']],
    ['a comment', '$0\n', ['// my plan, see the model', '// moeplan-ignore unused-name: kept for later']],
  ])('%s', (_, marked, lines) => {
    expect(typed(marked, lines)).toBe(marked.replace('$0', lines.map((line) => `${line}\n`).join('')));
  });
});

test('every kind of block with properties is typed in, and compared claims are', () => {
  expect(statements.length).toBeGreaterThan(100);
  for (const { block } of statements)
    expect(blockSpec(block.parents[0] ?? 'file', block.keyword), block.keyword).toBe(block);
  expect(COMPARE_CLAIMS.map(({ name }) => name)).toEqual(['speedup', 'latency-ratio']);
});

describe('Enter breaks the line', () => {
  test.each([
    ['an id of the hub', `${SMALL_PLAN}deployment d {\n$0\n}`, 'model = Qwen/Qwen3-235B-A22B'],
    ['the longer of two ids', `${SMALL_PLAN}deployment d {\n$0\n}`, 'model = Qwen/Qwen3-235B-A22B-Instruct-2507'],
    ['an id in small letters', `${SMALL_PLAN}deployment d {\n$0\n}`, 'model = qwen/qwen3-235b-a22b'],
    ['what people call a machine', 'cluster c {\n$0\n}', 'node = 8xH200'],
    ['what a driver prints', 'cluster c {\n$0\n}', 'gpu = A100-SXM4-80GB'],
  ])('behind %s that is typed in full', (_, marked, statement) => {
    expect(typed(marked, [statement, 'count = 1'])).toBe(marked.replace('$0', `${statement}\ncount = 1\n`));
  });

  test('not behind a part of it: that becomes the name', () => {
    expect(typed('cluster c {\n$0\n}', ['node = 8xH10'])).toBe('cluster c {\nnode = DGX-H100\n}');
  });
});

describe('the list opens', () => {
  const shown = (marked: string, text: string) => {
    const editor = editorAt(marked);
    editor.type(text);
    return editor.shown();
  };

  test.each([
    ['a block, in an empty plan', '$0', 'clus', 'cluster'],
    ['a property', 'cluster c {\n$0\n}', 'no', 'node'],
    ['names behind `=`', 'cluster c {\n$0\n}', 'node = ', 'DGX-H100'],
    ['names by their letters', 'cluster c {\n$0\n}', 'node = DGX', 'DGX-H100'],
    ['a word that begins with a digit', 'deployment d {\nparallel {\n$0\n}\n}', 'schedule = 1f', '1f1b'],
    ['units behind a number', 'gpu g {\n$0\n}', 'memory = 80G', 'GiB'],
    ['units behind a blank', 'gpu g {\n$0\n}', 'memory = 80 G', 'GiB'],
    ['units that hold a slash', 'gpu g {\n$0\n}', 'bandwidth = 3 TB/', 'TB/s'],
    ['stages behind an arrow', 'deployment d {\nstage front { }\nstage back { }\n$0\n}', 'front -> ', 'back'],
    ['bases', '$0', 'gpu mine extends H', 'H100-SXM'],
    ['an id of the hub', `${SMALL_PLAN}deployment d {\n$0\n}`, 'model = Qwen/Qwen3-2', 'Qwen3-235B-A22B'],
  ])('%s', (_, marked, text, wanted) => {
    expect(shown(marked, text)).toContain(wanted);
  });
});
