import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenize } from '../../../server/src/language/lexer.ts';
import { parseSource } from '../../../server/src/language/source.ts';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { format, formatOnType, formatRange } from '../../../server/src/services/format/format.ts';
import { uniform } from '../../support/numbers.ts';
import { propertyRuns } from '../../support/propertyRuns.ts';
import { analysisOf, CATALOG, corpus, cursorIn, EXAMPLES, formatted, sourceOf } from './support.ts';

/** What the formatter must keep: every token and comment with its text, in order; commas between statements may go. */
function kept(text: string): string[] {
  return tokenize(text)
    .filter(({ kind }) => kind !== 'newline' && kind !== ',')
    .map(({ start, end }) => text.slice(start, end));
}

describe('the usual form', () => {
  test.each([
    [
      '`=` of a run of properties stands in one column',
      'gpu g {\nmemory = 80 GiB\n  bf16   =  989 TFLOP/s\n}\n',
      'gpu g {\n  memory = 80 GiB\n  bf16   = 989 TFLOP/s\n}\n',
    ],
    [
      '`=` of `>=` stands under `=`',
      'deployment d {\n  expect {\n    layers-per-gpu = 2\n    step <= 8 ms\n  }\n}\n',
      'deployment d {\n  expect {\n    layers-per-gpu = 2\n    step          <= 8 ms\n  }\n}\n',
    ],
    [
      'an empty line ends a run',
      'workload w {\n  sequences = 1\n\n  length = 5 tokens\n}\n',
      'workload w {\n  sequences = 1\n\n  length = 5 tokens\n}\n',
    ],
    [
      'several properties on a line are not aligned',
      'model m {\n  layers = 4,hidden=8\n  weights   = bf16\n}\n',
      'model m {\n  layers = 4, hidden = 8\n  weights = bf16\n}\n',
    ],
    [
      'an id of the hub is no division',
      'deployment d {\n  model = Qwen/Qwen3-8B\n}\n',
      'deployment d {\n  model = Qwen/Qwen3-8B\n}\n',
    ],
    [
      'a division of constants is spaced as it was',
      'let a = 8\nlet b = a/2\nlet c = a  /  b\n',
      'let a = 8\nlet b = a/2\nlet c = a / b\n',
    ],
    [
      'blocks on one line stay there',
      'cluster c{node=DGX-H100,count=2}\n',
      'cluster c { node = DGX-H100, count = 2 }\n',
    ],
    [
      'lists and ranges are tight',
      'deployment d { gpus = [ 0 .. 3 , 5 ], order = [tp,dp] }\n',
      'deployment d { gpus = [0..3, 5], order = [tp, dp] }\n',
    ],
    ['signs stand at their number, operators apart', 'let a = 2*( -3+b )\n', 'let a = 2 * (-3 + b)\n'],
    [
      'units stay as they were written',
      'gpu g { memory = 80GiB, bandwidth = 3 TB/s }\n',
      'gpu g { memory = 80GiB, bandwidth = 3 TB/s }\n',
    ],
    ['numbers are not rewritten', 'let a = 10_000\nlet b = 1.50e3\n', 'let a = 10_000\nlet b = 1.50e3\n'],
    ['at most one empty line, none at the ends', '\n\nlet a = 1\n\n\n\nlet b = 2\n\n\n', 'let a = 1\n\nlet b = 2\n'],
    ['no empty line at the ends of a block', 'model m {\n\n  layers = 4\n\n}\n', 'model m {\n  layers = 4\n}\n'],
    ['a comment keeps its place behind a statement', 'let a = 1    // why\n', 'let a = 1    // why\n'],
    [
      'comments in one column stay in one',
      'model m {\n  layers = 4     // a\n  hidden = 4096  // b\n}\n',
      'model m {\n  layers = 4     // a\n  hidden = 4096  // b\n}\n',
    ],
    [
      'comments are indented with their block',
      'model m {\n// why\nlayers = 4\n}\n',
      'model m {\n  // why\n  layers = 4\n}\n',
    ],
    [
      'a comment of several lines keeps its text',
      'model m {\n/* a\n     b */\n  layers = 4\n}\n',
      'model m {\n  /* a\n     b */\n  layers = 4\n}\n',
    ],
    [
      'braces in one column stay in one',
      'deployment d {\n  stage front { layers = 0 }\n  stage back  { layers = 1 }\n}\n',
      'deployment d {\n  stage front { layers = 0 }\n  stage back  { layers = 1 }\n}\n',
    ],
    [
      'braces that were not in one are not brought there',
      'deployment d {\n  stage front { layers = 0 }\n  stage back   { layers = 1 }\n}\n',
      'deployment d {\n  stage front { layers = 0 }\n  stage back { layers = 1 }\n}\n',
    ],
    [
      'a block that opens on a full line gets lines of its own',
      'model m { layers = 4,\nhidden = 8 }\n',
      'model m {\n  layers = 4,\n  hidden = 8\n}\n',
    ],
    [
      'continued lists are indented',
      'deployment d {\n  order = [\n  tp,\n  dp\n  ]\n}\n',
      'deployment d {\n  order = [\n    tp,\n    dp\n  ]\n}\n',
    ],
    [
      'layer entries are aligned',
      'model m {\n  layers {\n    0..2 = dense\n    3..60 = moe\n  }\n}\n',
      'model m {\n  layers {\n    0..2  = dense\n    3..60 = moe\n  }\n}\n',
    ],
    ['tabs become blanks', 'model m {\n\tlayers\t=\t4\t// a\n}\n', 'model m {\n  layers = 4 // a\n}\n'],
    ['an empty text stays empty', '  \n\n', ''],
  ])('%s', (_, text, expected) => {
    expect(formatted(text)).toBe(expected);
  });

  test('a block that does not fit 120 columns is written with one statement per line', () => {
    const long = `deployment d {\n  engine { name = sglang, all-to-all = deepep-low-latency, dispatch-tokens = 64 tokens, page = 64 tokens, graphs = true } // e\n}\n`;
    expect(formatted(long)).toBe(
      'deployment d {\n  engine {\n    name            = sglang\n    all-to-all      = deepep-low-latency\n    dispatch-tokens = 64 tokens\n    page            = 64 tokens\n    graphs          = true\n  } // e\n}\n',
    );
    const fits =
      'model m { experts { count = 16, top-k = 2 }, attention { heads = 32, head-size = 128 }, layers = 4, hidden = 4096 }\n';
    expect(formatted(fits)).toBe(fits);
  });

  const gpus = (count: number) => Array.from({ length: count }, (_, index) => index * 2);

  test('a list that does not fit is filled into lines of its own', () => {
    const filled = `deployment d {
  stage front {
    layers = 0
    gpus   = [
      ${gpus(26).join(', ')},
      52, 54
    ]
  }
}
`;
    expect(formatted(filled)).toBe(filled);
    expect(formatted(`deployment d { stage front { layers = 0, gpus = [${gpus(40).join(',')}] } } // all\n`)).toBe(
      `deployment d {
  stage front {
    layers = 0
    gpus   = [
      ${gpus(30).join(', ')},
      ${gpus(40).slice(30).join(', ')}
    ]
  }
} // all
`,
    );
  });

  test('lists in a list are kept whole where they fit', () => {
    const row = (start: number) => `[${Array.from({ length: 8 }, (_, index) => start + index).join(', ')}]`;
    const rows = Array.from({ length: 6 }, (_, index) => row(1000 + index * 8));
    expect(formatted(`let a = [${rows.join(', ')}]\n`)).toBe(
      `let a = [\n  ${rows.slice(0, 2).join(', ')},\n  ${rows.slice(2, 4).join(', ')},\n  ${rows.slice(4).join(', ')}\n]\n`,
    );
  });

  test('statements of a line that does not fit get lines of their own before a list is touched', () => {
    const text = `deployment d {\n  model = a-model, cluster = a-cluster, workload = a-workload, order = [tp, cp, dp], gpus = [0..3, 8..11, 16..19, 24..27]\n}\n`;
    expect(formatted(text)).toBe(
      'deployment d {\n  model    = a-model\n  cluster  = a-cluster\n  workload = a-workload\n  order    = [tp, cp, dp]\n  gpus     = [0..3, 8..11, 16..19, 24..27]\n}\n',
    );
  });

  test('names of a comparison that do not fit are filled into more lines', () => {
    const names = Array.from({ length: 9 }, (_, index) => `deployment-number-${index}`);
    const shared = names.map((name) => `deployment ${name} {}\n`).join('');
    expect(formatted(`${shared}compare ${names.join(',')} { speedup >= 2 }\n`)).toBe(
      `${shared}compare ${names.slice(0, 5).join(', ')},\n  ${names.slice(5).join(', ')} { speedup >= 2 }\n`.replace(
        ' { speedup >= 2 }',
        ' {\n  speedup >= 2\n}',
      ),
    );
  });

  test('line ends are kept', () => {
    expect(formatted('model m {\r\nlayers=4\r\n\r\n\r\nhidden = 8 }\r\n')).toBe(
      'model m {\r\n  layers = 4\r\n\r\n  hidden = 8\r\n}\r\n',
    );
  });
});

describe('broken text', () => {
  test.each([
    [
      'a line that cannot be read stays as it is',
      'model m {\n   layers   =\n hidden=4096\n}\n',
      'model m {\n   layers   =\n  hidden = 4096\n}\n',
    ],
    [
      'stray words too',
      'workload w {\n  what   is  this\nlength=5 tokens\n}\n',
      'workload w {\n  what   is  this\n  length = 5 tokens\n}\n',
    ],
    [
      'a block that is never closed too, and what stands around it is formatted',
      'let a=1\nmodel m {\n layers=4\ncluster c { node=X }\n',
      'let a = 1\nmodel m {\n layers=4\ncluster c { node = X }\n',
    ],
    ['a quote that is never closed too', 'import   "./a\nlet b=1\n', 'import   "./a\nlet b = 1\n'],
  ])('%s', (_, text, expected) => {
    expect(sourceOf(text).tree.errors).not.toEqual([]);
    expect(formatted(text)).toBe(expected);
  });
});

describe('what the project ships has the usual form', () => {
  const shipped = [...CATALOG, ...EXAMPLES].filter(([name]) => name !== 'broken.moeplan');
  test.each(shipped)('%s', (_, text) => {
    expect(formatted(text)).toBe(text);
  });
});

describe('of any text', () => {
  const texts = corpus();
  const expectKept = (text: string) => {
    const once = formatted(text);
    expect(kept(once)).toEqual(kept(text));
    expect(formatted(once)).toBe(once);
  };

  test.each([...texts.keys()])('%s keeps its tokens, and formatting it again changes nothing', (name) => {
    const text = texts.get(name) ?? '';
    expectKept(text);
    expectKept(text.replaceAll('\n', '\r\n'));
    const step = Math.max(1, Math.floor(text.length / 60));
    for (let end = 0; end < text.length; end += step) expectKept(text.slice(0, end));
  });

  test('so does every mutation of them', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      '=',
      '"',
      '//',
      '/*',
      '*/',
      '\n',
      '  ',
      '\t',
      ' = 3',
      'model',
      '->',
      '..',
      '-',
      '§',
    );
    const mutation = fc.record({
      text: fc.constantFrom(...texts.values()),
      at: uniform(0, 1),
      remove: fc.integer({ min: 0, max: 12 }),
      insert: fc.array(piece, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(mutation, ({ text, at, remove, insert }) => {
        const offset = Math.floor(at * text.length);
        expectKept(text.slice(0, offset) + insert.join('') + text.slice(offset + remove));
      }),
      { numRuns: propertyRuns(400) },
    );
  });

  test('long ones too, and none is left longer than it must be', () => {
    const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 2 },
        fc.integer({ min: 0, max: 99_999 }).map(String),
        fc.tuple(fc.nat(999), fc.nat(999)).map(([from, to]) => `${from}..${to}`),
        fc.constantFrom('dense', 'a-name-of-some-length', '2 * (3 + 4)', '8 GiB'),
        fc.array(tie('value'), { maxLength: 12 }).map((items) => `[${items.join(',')}]`),
      ),
    })).value;
    const statement = fc
      .tuple(fc.constantFrom('gpus', 'layers', 'order', 'a-long-key'), fc.array(value, { minLength: 1, maxLength: 60 }))
      .map(([key, items]) => `${key} = [${items.join(', ')}]`);
    const plan = fc
      .tuple(fc.array(statement, { minLength: 1, maxLength: 4 }), fc.constantFrom(', ', '\n    ', ' /* c */\n    '))
      .map(([statements, separator]) => `deployment d {\n  stage s {\n    ${statements.join(separator)} } } // end\n`);
    fc.assert(
      fc.property(plan, (text) => {
        expectKept(text);
        const result = formatted(text);
        expect(sourceOf(result).tree.errors).toEqual([]);
        for (const row of result.split('\n')) {
          const isOneValue = (row.match(/,/g)?.length ?? 0) <= 1;
          if (!isOneValue) expect(row.replace(/\s*\/\/.*/, '').length).toBeLessThanOrEqual(120 + 'a-long-key'.length);
        }
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  test.each([...texts.keys()])('%s has the same findings afterwards', (name) => {
    const text = texts.get(name) ?? '';
    const said = (each: string) =>
      diagnose(analysisOf(each))
        .map(({ rule, message }) => `${rule}: ${message}`)
        .sort();
    expect(said(formatted(text))).toEqual(said(text));
  });

  test('one without errors means the same afterwards', () => {
    const blanks = fc.constantFrom(' ', '  ', '\t', '    ');
    const clean = [...texts.values()].filter((text) => sourceOf(text).tree.errors.length === 0);
    fc.assert(
      fc.property(fc.constantFrom(...clean), fc.array(blanks, { minLength: 1 }), (text, noise) => {
        let index = 0;
        const tokens = tokenize(text);
        const noisy = tokens
          .map(({ start, end, kind }, at) => {
            const gap = text.slice(tokens[at - 1]?.end ?? 0, start);
            index++;
            const filler = gap === '' || kind === 'line-comment' ? gap : (noise[index % noise.length] ?? gap);
            return filler + text.slice(start, end);
          })
          .join('');
        const result = formatted(noisy);
        expect(sourceOf(result).tree.errors).toEqual([]);
        expectKept(noisy);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

describe('a part of a text', () => {
  const text = 'model m {\nlayers=4\n\nhidden=8\n}\nlet a=1\n';

  test('only lines of the range change', () => {
    const source = parseSource('file:///a', text);
    const start = text.indexOf('hidden');
    expect(applyEdits(text, formatRange(source, { start, end: start + 1 }))).toBe(
      'model m {\nlayers=4\n\n  hidden = 8\n}\nlet a=1\n',
    );
  });

  test('the whole text as a range is the whole format', () => {
    for (const each of corpus().values()) {
      const source = sourceOf(each);
      expect(formatRange(source, { start: 0, end: each.length })).toEqual(format(source));
    }
  });

  test('a line break formats what stands above and leaves the line of the cursor', () => {
    const { text: typed, offset } = cursorIn('model m {\nlet-me=1\nlayers=4\n   $0\n}\n');
    expect(applyEdits(typed, formatOnType(sourceOf(typed), offset, '\n'))).toBe(
      'model m {\n  let-me = 1\n  layers = 4\n   \n}\n',
    );
  });

  test('a closing brace formats its block and nothing else', () => {
    const { text: typed, offset } = cursorIn('let a=1\nmodel m {\nlayers=4\n}$0\nlet b=2\n');
    expect(applyEdits(typed, formatOnType(sourceOf(typed), offset, '}'))).toBe(
      'let a=1\nmodel m {\n  layers = 4\n}\nlet b=2\n',
    );
  });
});
