import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { writeBound } from '../../../server/src/services/refactor/claims.ts';
import { type Refactoring, refactorings } from '../../../server/src/services/refactor/refactor.ts';
import { analysisAt, analysisOf, cursorIn, EXAMPLES, formatted, SMALL_PLAN as LARGE_BATCH } from './support.ts';

/** A batch whose activations fit whichever way it is laid out. */
const SMALL_PLAN = LARGE_BATCH.replace('10_000', '100');

function offered(marked: string, exists: (uri: string) => boolean = () => false): readonly Refactoring[] {
  const { analysis, offset } = analysisAt(marked);
  return refactorings(analysis, offset, exists);
}

/** The text after the refactoring whose title starts so. */
function done(marked: string, title: string): string {
  const found = offered(marked).find((each) => each.title.startsWith(title));
  if (!found) throw new Error(`no ${title} among ${offered(marked).map((each) => each.title)}`);
  return applyEdits(cursorIn(marked).text, found.edits);
}

const problems = (text: string, others: Readonly<Record<string, string>> = {}) =>
  diagnose(analysisOf(text, others)).filter(({ severity }) => severity === 'error' || severity === 'warning');
const degrees = (text: string) =>
  analysisOf(text).plan.deployments.map(({ deployment }) => deployment?.pools.map(({ parallel }) => parallel));
const deployment = (body: string) =>
  `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n  ${body}\n}\n`;
const tail = (text: string) => text.slice(text.indexOf('workload = batch') + 17).trimStart();

describe('claiming the prediction', () => {
  test('an expect block is added, and every claim in it holds', () => {
    const text = done(
      deployment('parallel { ep = 16 }').replace('deployment d', 'deployment $0d'),
      'Claim the current prediction',
    );
    expect(text).toMatch(
      /\n {2}expect \{\n {4}experts-per-gpu = 4\n {4}memory-per-gpu <= [\d.]+ GiB\n {4}throughput >= [\d_]+ tokens\/s\n {4}step <= [\d.]+ m?s\n {2}\}\n\}\n$/,
    );
    expect(problems(text)).toEqual([]);
    expect(offered(text.replace('deployment d', 'deployment $0d')).map(({ title }) => title)).not.toContain(
      'Claim more of the current prediction',
    );
  });

  test('a block that is there gets what it lacks, also on one line', () => {
    const text = done(
      deployment('parallel { ep = 16 }\n  expect { $0experts-per-gpu = 4, throughput >= 1 tokens/s }'),
      'Claim more',
    );
    expect(tail(text)).toMatch(
      /expect \{ experts-per-gpu = 4, throughput >= 1 tokens\/s, memory-per-gpu <= [\d.]+ GiB, step <= [\d.]+ m?s \}/,
    );
    expect(problems(text)).toEqual([]);
  });

  test('serving claims its latencies', () => {
    const example = EXAMPLES.get('deepseek-v3-h800.moeplan') ?? '';
    const text = done(example.replace('deployment deep', 'deployment $0deep'), 'Claim the current prediction');
    expect(text).toMatch(/ttft <= [\d.]+ m?s\n {4}tpot <= [\d.]+ ms\n/);
    expect(problems(text).filter(({ rule }) => rule === 'claim-not-met')).toEqual([]);
  });

  test('one that cannot be computed claims nothing', () => {
    expect(
      offered(deployment('parallel { tp = 3, dp = 1 }').replace('deployment d', 'deployment $0d')).filter(({ title }) =>
        title.startsWith('Claim'),
      ),
    ).toEqual([]);
  });

  test.each([
    [123_456, 'tokens/s', '>=', '123_000 tokens/s'],
    [1234.5, 'tokens/s', '>=', '1230 tokens/s'],
    [0.0083012, 'seconds', '<=', '8.31 ms'],
    [1.9990001, 'seconds', '<=', '2 s'],
    [61.24 * 2 ** 30, 'bytes', '<=', '61.3 GiB'],
    [4, 'number', '=', '4'],
  ] as const)('%s %s becomes a bound that holds', (value, dimension, operator, expected) => {
    expect(writeBound(value, dimension, operator)).toBe(expected);
  });
});

describe('degrees', () => {
  test('derived ones are stated, and nothing changes', () => {
    const before = deployment('parallel { tp = 4$0 }');
    const after = done(before, 'State the derived degrees');
    expect(tail(after)).toBe('parallel { tp = 4, cp = 1, dp = 4, etp = 4, ep = 1, edp = 4, pp = 1 }\n}\n');
    expect(degrees(after)).toEqual(degrees(before.replace('$0', '')));
  });

  test('in a block of several lines each has its own', () => {
    const after = done(
      deployment('parallel {\n    tp = 4$0   // whole heads\n    cp = 1, dp = 4, etp = 4, ep = 1\n  }'),
      'State',
    );
    expect(tail(after)).toBe(
      'parallel {\n    tp = 4   // whole heads\n    cp = 1, dp = 4, etp = 4, ep = 1\n    edp = 4\n    pp = 1\n  }\n}\n',
    );
  });

  test('and back', () => {
    const before = deployment('parallel { tp = 4$0, cp = 1, dp = 4, etp = 4, ep = 1, edp = 4, pp = 1 }');
    const after = done(before, 'Leave out');
    expect(tail(after)).toBe('parallel { tp = 4 }\n}\n');
    expect(degrees(after)).toEqual(degrees(before.replace('$0', '')));
  });

  test('statements with comments or on several lines go with their lines', () => {
    const before = deployment(
      'parallel {\n    tp = 4$0\n    cp = 1   // whole sequences\n    dp = 4, ep = 16 // spread\n  }',
    );
    const after = done(before, 'Leave out');
    expect(after).toContain('ep = 16 // spread');
    expect(after).not.toMatch(/\bdp =/);
    expect(degrees(after)).toEqual(degrees(before.replace('$0', '')));
    expect(problems(after)).toEqual(problems(before.replace('$0', '')));
  });

  test('what is needed stays', () => {
    expect(
      offered(deployment('parallel { tp = 4$0, ep = 8 }'))
        .map(({ title }) => title)
        .filter((title) => title.startsWith('Leave')),
    ).toEqual([]);
  });
});

describe('moving a block into a file', () => {
  test('is offered on its header only', () => {
    expect(offered('model m { lay$0ers = 2 }\n')).toEqual([]);
    expect(offered('mod$0el m { layers = 2 }\n')).toHaveLength(1);
  });

  test('a model moves with its comment, and is imported', () => {
    const marked = `// A plan.\n\n// The model.\n// Small.\n${SMALL_PLAN.replace('model small', 'model sm$0all')}${deployment('parallel { ep = 16 }').slice(SMALL_PLAN.length)}`;
    const [found] = offered(marked);
    expect(found?.title).toBe('Move model `small` into ./small.moeplan');
    expect(found?.creates?.uri).toBe('file:///workspace/small.moeplan');
    const moved = found?.creates?.text ?? '';
    expect(moved).toMatch(/^\/\/ The model\.\n\/\/ Small\.\nmodel small \{\n(?:.*\n)*\}\n$/);
    const text = applyEdits(cursorIn(marked).text, found?.edits ?? []);
    expect(text).toMatch(/^\/\/ A plan\.\n\nimport "\.\/small\.moeplan"\n\ncluster two-nodes/);
    expect(problems(text, { 'small.moeplan': moved })).toEqual([]);
    expect(analysisOf(text, { 'small.moeplan': moved }).plan.deployments[0]?.deployment?.model.name).toBe('small');
  });

  test('a name that is taken gets a number, an import goes behind the others', () => {
    const marked = `import "./a.moeplan"\nmodel m$0 { layers = 2 }\n`;
    const [found] = offered(marked, (uri) => uri.endsWith('/m.moeplan'));
    expect(found?.creates?.uri).toBe('file:///workspace/m-2.moeplan');
    expect(applyEdits(cursorIn(marked).text, found?.edits ?? [])).toBe(
      'import "./a.moeplan"\nimport "./m-2.moeplan"\n',
    );
  });

  test('what it needs of other files is imported there too', () => {
    const { analysis, offset } = analysisAt('import "./parts.moeplan"\nmodel m$0 extends base { }\n', {
      'parts.moeplan': 'model base { layers = 2, hidden = 8 }\n',
    });
    const [found] = refactorings(analysis, offset, () => false);
    expect(found?.creates?.text).toBe('import "./parts.moeplan"\n\nmodel m extends base { }\n');
  });

  test.each([
    ['a block that uses a constant of this file', 'let depth = 3\nmodel m$0 { layers = depth }\n'],
    ['a block that extends one of this file', 'model a { }\nmodel m$0 extends a { }\n'],
    ['a deployment', `${SMALL_PLAN}deployment d$0 { model = small }\n`],
    ['a block that cannot be read', 'model m$0 { layers = }\n'],
  ])('%s stays', (_, marked) => {
    expect(offered(marked).filter(({ kind }) => kind === 'refactor.extract')).toEqual([]);
  });
});

describe('splitting stages', () => {
  const one = deployment('parallel { tp = 8 }\n  stage all { $0layers = 0..3, gpus = 0..15 }');

  test('one stage becomes two with an arrow between them', () => {
    const text = done(one, 'Split stage `all` in two');
    expect(tail(text)).toBe(
      'parallel { tp = 8 }\n  stage all-1 { layers = 0..1, gpus = 0..7 }\n  stage all-2 { layers = 2..3, gpus = 8..15 }\n  all-1 -> all-2\n}\n',
    );
    expect(problems(text)).toEqual([]);
  });

  test('several are all split, arrows and pp come along', () => {
    const text = done(
      deployment(
        'parallel { tp = 4, pp = 2, ep = 4 }\n  stage front { layers = 0..1, gpus = 0..7 }\n  stage back { layers$0 = 2..3, gpus = 8..15 }\n  front -> back',
      ),
      'Split each of the 2 stages',
    );
    expect(text).toContain('pp = 4');
    expect(text).toContain('front-1 -> front-2 -> back-1 -> back-2');
    expect(problems(text)).toEqual([]);
    expect(formatted(text)).toBe(text);
  });

  test('arrows on several lines join the halves once', () => {
    const text = done(
      deployment(
        'parallel { pp = 3 }\n  stage a { layers = 0..1, gpus = 0..3 }\n  stage b { layers$0 = 2..3, gpus = 4..7 }\n  stage c { layers = 4..5, gpus = 8..11 }\n  a -> b\n  b -> c',
      ).replace('layers = 4,', 'layers = 6,'),
      'Split each',
    );
    expect(text).toContain('a-1 -> a-2 -> b-1 -> b-2\n  b-2 -> c-1 -> c-2');
    expect(problems(text).filter(({ rule }) => rule !== 'gpu-idle')).toEqual([]);
  });

  test.each([
    ['degrees that leave no room', 'parallel { tp = 16 }\n  stage all { $0layers = 0..3, gpus = 0..15 }'],
    [
      'a stage with one layer',
      'parallel { pp = 2 }\n  stage a { $0layers = 0, gpus = 0..7 }\n  stage b { layers = 1..3, gpus = 8..15 }',
    ],
    [
      'a stage with experts placed by hand',
      'parallel { ep = 16 }\n  stage all { $0layers = 0..3, gpus = 0..15, expert 0..15 on gpu 0..15 }',
    ],
  ])('%s: not offered', (_, body) => {
    expect(offered(deployment(body)).filter(({ title }) => title.startsWith('Split'))).toEqual([]);
  });
});

describe('inlining a constant', () => {
  test.each([
    ['a use of it', 'let n = 2\ncluster c { count = $0n }\n', 'let n = 2\ncluster c { count = 2 }\n'],
    ['arithmetic in arithmetic', 'let n = 2 + 3\nlet m = 4 * $0n\n', 'let n = 2 + 3\nlet m = 4 * (2 + 3)\n'],
    [
      'arithmetic as a whole value',
      'let n = 2 + 3\ncluster c { count = $0n }\n',
      'let n = 2 + 3\ncluster c { count = 2 + 3 }\n',
    ],
    ['a size', 'let big = 80 GiB\ngpu g { memory = $0big }\n', 'let big = 80 GiB\ngpu g { memory = 80 GiB }\n'],
  ])('%s', (_, text, expected) => {
    expect(done(text, 'Inline constant')).toBe(expected);
  });

  test('everywhere, and its definition goes', () => {
    expect(done('let $0n = 2\nlet m = n * n\ncluster c { count = n }\n', 'Inline constant')).toBe(
      'let m = 2 * 2\ncluster c { count = 2 }\n',
    );
  });

  test('one that is broken, unused, or names what only its own file knows is left', () => {
    expect(offered('let $0n = \ncluster c { count = n }\n')).toEqual([]);
    expect(offered('let $0n = 2\n')).toEqual([]);
    const { analysis, offset } = analysisAt('import "./a.moeplan"\ncluster c { count = $0n }\n', {
      'a.moeplan': 'let own = 2\nlet n = own * 2\n',
    });
    expect(refactorings(analysis, offset, () => false)).toEqual([]);
  });
});

describe('moving here what a file defines', () => {
  const inlined = (marked: string, others: Readonly<Record<string, string>>) => {
    const { analysis, offset } = analysisAt(marked, others);
    const found = refactorings(analysis, offset, () => false).find(({ kind }) => kind === 'refactor.inline');
    return found && applyEdits(cursorIn(marked).text, found.edits);
  };

  test('the blocks stand in place of the import, and mean the same', () => {
    const library = 'model base { layers = 2, hidden = 64, attention { heads = 4 } }\n';
    const text = 'import "./lib/a.moeplan"$0\n\nmodel mine extends base { layers = 3 }\n';
    const result = inlined(text, { 'lib/a.moeplan': library }) ?? '';
    expect(result).toBe(
      'model base { layers = 2, hidden = 64, attention { heads = 4 } }\n\nmodel mine extends base { layers = 3 }\n',
    );
    expect(problems(result)).toEqual(problems(text.replace('$0', ''), { 'lib/a.moeplan': library }));
  });

  test('paths lead on, and imports are not repeated', () => {
    const others = {
      'lib/a.moeplan':
        'import "../b.moeplan"\nimport "./c.moeplan"\nmodel m from "config.json"\nmodel n { experts { popularity = "loads.csv" } }\n',
      'b.moeplan': '',
      'lib/c.moeplan': '',
      'lib/config.json': '{}',
      'lib/loads.csv': '1,2',
    };
    expect(inlined('import "./b.moeplan"\nimport "./lib/a.moeplan"$0\n', others)).toBe(
      'import "./b.moeplan"\nimport "./lib/c.moeplan"\nmodel m from "./lib/config.json"\nmodel n { experts { popularity = "./lib/loads.csv" } }\n',
    );
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['a file that is not there', {}],
    ['a broken file', { 'a.moeplan': 'model m {' }],
    ['a file that imports this one', { 'a.moeplan': 'import "./main.moeplan"\n' }],
    ['a file that defines the same', { 'a.moeplan': 'model own { }\n' }],
    ['a file whose own import is missing', { 'a.moeplan': 'import "./gone.moeplan"\n' }],
  ])('not offered for %s', (_, others) => {
    expect(inlined('import "./a.moeplan"$0\nmodel own { }\n', others)).toBeUndefined();
  });
});
