import { describe, expect, test } from 'vitest';
import { parse } from '../../server/src/language/parser.ts';
import type { Expression, Item, Tree } from '../../server/src/language/tree.ts';

/** A tree as text: short enough to read in an expectation. */
function show(tree: Tree): string[] {
  return tree.items.map(showItem);
}

function showItem(item: Item): string {
  switch (item.kind) {
    case 'block': {
      const header = [
        item.keyword.text,
        item.name?.text,
        item.from && `from ${item.from.text}`,
        item.base && `extends ${item.base.text}`,
      ];
      return `${header.filter(Boolean).join(' ')}${item.closed ? '' : '!'} {${item.items.map(showItem).join('; ')}}`;
    }
    case 'property':
      return `${item.key.text} ${item.operator} ${showValue(item.value)}${item.tolerance ? ` +- ${showValue(item.tolerance)}` : ''}`;
    case 'entry':
      return `entry ${showValue(item.range)} = ${showValue(item.value)}`;
    case 'edge':
      return item.path.map((word) => word.text).join(' -> ');
    case 'placement':
      return `place ${showValue(item.experts)}${item.layers ? ` of ${showValue(item.layers)}` : ''} on ${showValue(item.gpus)}`;
    case 'import':
      return `import ${item.path.text}`;
    case 'let':
      return `let ${item.name.text} = ${showValue(item.value)}`;
    case 'compare':
      return `compare ${item.names.map((name) => name.text).join(', ')} {${item.items.map(showItem).join('; ')}}`;
  }
}

function showValue(value: Expression): string {
  switch (value.kind) {
    case 'word':
      return value.text;
    case 'number':
      return `${value.value}${value.unit ? ` ${value.unit.text}` : ''}`;
    case 'string':
      return JSON.stringify(value.text);
    case 'range':
      return `${showValue(value.from)}..${showValue(value.to)}${value.by ? ` by ${showValue(value.by)}` : ''}`;
    case 'list':
      return `[${value.items.map(showValue).join(', ')}]`;
    case 'application':
      return `${value.word.text}(${showValue(value.argument)})`;
    case 'binary':
      return `(${showValue(value.left)} ${value.operator} ${showValue(value.right)})`;
    case 'negative':
      return `-${showValue(value.operand)}`;
    case 'missing':
      return '?';
  }
}

function clean(text: string): string[] {
  const tree = parse(text);
  expect(tree.errors).toEqual([]);
  return show(tree);
}

describe('statements', () => {
  test('lines and commas separate them, also behind one another', () => {
    expect(clean('workload w {\n\n a = 1, b = 2,\n c = 3 ,, }\n')).toEqual(['workload w {a = 1; b = 2; c = 3}']);
  });

  test('headers', () => {
    expect(clean('model a from "config.json"')).toEqual(['model a from config.json {}']);
    expect(clean('gpu a extends b')).toEqual(['gpu a extends b {}']);
    expect(clean('model a extends b from "c.json" { hidden = 1 }')).toEqual([
      'model a from c.json extends b {hidden = 1}',
    ]);
    expect(clean('model a extends Qwen/Qwen3-8B/2 { }')).toEqual(['model a extends Qwen/Qwen3-8B/2 {}']);
    expect(clean('model 4l-moe\n{\n}')).toEqual(['model 4l-moe {}']);
    expect(clean('model from { }')).toEqual(['model from {}']);
  });

  test.each(['{ layers = 2 }', '\n{ layers = 2 }', ' { layers = 2 }'])(
    'a slash behind a base leaves the body: %j',
    (behind) => {
      const tree = parse(`model x extends Qwen/${behind}\nmodel y { }\n`);
      expect(show(tree)).toEqual(['model x extends Qwen {layers = 2}', 'model y {}']);
      expect(tree.errors).toHaveLength(1);
    },
  );

  test('placements are told from properties and blocks that begin alike', () => {
    expect(
      clean(
        'deployment d {\n expert 0..3 on gpu 5\n expert 0..3 of layer 2 on gpu 5\n experts [0, 2] of layers 0..1 on gpus 4..5\n expert first on gpu n + 1\n}',
      ),
    ).toEqual([
      'deployment d {place 0..3 on 5; place 0..3 of 2 on 5; place [0, 2] of 0..1 on 4..5; place first on (n + 1)}',
    ]);
    expect(
      clean(
        'model m { experts { count = 3 }, types { experts = fp8 } }\ndeployment d { expect { expert-memory = 512 MiB } }',
      ),
    ).toEqual([
      'model m {experts {count = 3}; types {experts = fp8}}',
      'deployment d {expect {expert-memory = 512 MiB}}',
    ]);
  });

  test('arrows, entries, imports, constants and comparisons', () => {
    expect(clean('deployment d { a -> b -> c }')).toEqual(['deployment d {a -> b -> c}']);
    expect(
      clean('model m { layers { 0..2 = dense, 3..60 by 4 = [full, moe]\n n..m = moe, n = none, n + 1 = dense } }'),
    ).toEqual([
      'model m {layers {entry 0..2 = dense; entry 3..60 by 4 = [full, moe]; entry n..m = moe; n = none; entry (n + 1) = dense}}',
    ]);
    expect(clean('import "./a.moeplan", let n = 8\ncompare a, b,\n  c { speedup >= 3.75 }\nlet m = 1')).toEqual([
      'import ./a.moeplan',
      'let n = 8',
      'compare a, b, c {speedup >= 3.75}',
      'let m = 1',
    ]);
    expect(clean('compare a, b, let m = 1')).toEqual(['compare a, b {}', 'let m = 1']);
  });

  test('comments stand anywhere', () => {
    expect(clean('gpu /* a */ x { // b\n memory /* c */ = /* d\n e */ 80 GiB // f\n}')).toEqual([
      'gpu x {memory = 80 GiB}',
    ]);
  });
});

describe('expressions', () => {
  test.each([
    ['80GiB', '80 GiB'],
    ['120_000 tokens/s', '120000 tokens/s'],
    ['1 + 2 * 3 - 4 / 5', '((1 + (2 * 3)) - (4 / 5))'],
    ['(1 + 2) * -n', '((1 + 2) * -n)'],
    ['n - 1', '(n - 1)'],
    ['2 GiB / 10 ms', '(2 GiB / 10 ms)'],
    ['0..n - 1', '0..(n - 1)'],
    ['[0..3, 8..11,]', '[0..3, 8..11]'],
    ['[\n 0, // first\n 1\n]', '[0, 1]'],
    ['(\n1\n)', '1'],
    ['zipf 1.1', 'zipf(1.1)'],
    ['zipf skew', 'zipf(skew)'],
    ['zipf (a + b)', 'zipf((a + b))'],
    ['"a\\"b"', '"a\\"b"'],
    ['[]', '[]'],
  ])('%s', (text, shown) => {
    expect(clean(`let x = ${text}`)).toEqual([`let x = ${shown}`]);
  });

  test('a claim has its tolerance', () => {
    expect(clean('deployment d { expect { throughput = 120_000 tokens/s +- 5%, latency <= 8 ms ± 1 ms } }')).toEqual([
      'deployment d {expect {throughput = 120000 tokens/s +- 5 %; latency <= 8 ms +- 1 ms}}',
    ]);
  });
});

describe('recovery', () => {
  /** The shown tree and the text under each error. */
  function broken(text: string): { readonly tree: string[]; readonly at: string[] } {
    const tree = parse(text);
    return { tree: show(tree), at: tree.errors.map(({ rule, span }) => `${rule} ${text.slice(span.start, span.end)}`) };
  }

  test('a broken statement leaves its neighbours alone', () => {
    expect(broken('gpu a {\n memory =\n bandwidth = 3 TB/s\n}\ngpu b { bf16 = 1 TFLOP/s }')).toEqual({
      tree: ['gpu a {memory = ?; bandwidth = 3 TB/s}', 'gpu b {bf16 = 1 TFLOP/s}'],
      at: ['unexpected-token ='],
    });
  });

  test('an unclosed block ends at a top-level keyword in the first column', () => {
    expect(broken('deployment a {\n parallel { tp = 8\n\nmodel b { hidden = 1 }')).toEqual({
      tree: ['deployment a! {parallel! {tp = 8}}', 'model b {hidden = 1}'],
      at: ['unclosed-block parallel', 'unclosed-block deployment a'],
    });
  });

  test('an unclosed block ends at a line that only a block around it can hold', () => {
    expect(
      broken('deployment a {\n  parallel { tp = 8\n  model = m\n  stage b { layers = 0..1\n  }\n  a -> b\n}'),
    ).toEqual({
      tree: ['deployment a {parallel! {tp = 8}; model = m; stage b {layers = 0..1}; a -> b}'],
      at: ['unclosed-block parallel'],
    });
  });

  test('blocks that are not indented are no reason to end one', () => {
    expect(
      broken('deployment a {\nparallel {\ntp = 8\n}\nmodel = m\n}\nmodel m {\nlayer x {\n}\nhidden = 1\n}'),
    ).toEqual({
      tree: ['deployment a {parallel {tp = 8}; model = m}', 'model m {layer x {}; hidden = 1}'],
      at: [],
    });
  });

  test('an unclosed list gives the next line back', () => {
    expect(broken('deployment a {\n gpus = [0, 1\n model = m\n}')).toEqual({
      tree: ['deployment a {gpus = [0, 1]; model = m}'],
      at: ['unexpected-token ['],
    });
  });

  test('one mistake on a line is one finding', () => {
    for (const line of [
      'memory = = = 80',
      'memory 80 or so',
      'memory = 80 GiB and some words',
      'memory = (((',
      '@@ memory ) ] %',
      'memory = ]',
      '= = =',
      'memory = 1 + * / 2',
    ]) {
      expect(parse(`gpu a {\n  ${line}\n}\n`).errors, line).toHaveLength(1);
    }
  });

  test('nesting has a limit, and the rest of the file is read', () => {
    for (const deep of [
      `let x = ${'('.repeat(5000)}`,
      `let x = ${'['.repeat(5000)}`,
      `let x = ${'-'.repeat(5000)}1`,
      `let x = 1${' + 1'.repeat(5000)}`,
      `let x = ${'zipf '.repeat(5000)}`,
      'stage a { '.repeat(5000),
    ]) {
      const tree = parse(`${deep}\nlet after = 1`);
      expect(tree.errors.length).toBeGreaterThan(0);
      expect(show(tree).at(-1)).toBe('let after = 1');
    }
  });
});
