import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic, TextEdit } from '../../../server/src/language/diagnostic.ts';
import { AnalysisCache, analyseDocument } from '../../../server/src/services/analysis.ts';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { ALL_RULES, diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { fixEverything } from '../../../server/src/services/findings/fixEverything.ts';
import { fixAll, fixAllOf } from '../../../server/src/services/findings/fixes.ts';
import { fixturesBelow, parseFixture } from '../../support/annotations.ts';
import { phrases, planWith } from '../../support/phrases.ts';
import { memorySources } from '../../support/sources.ts';
import { CATALOG, MAIN } from './support.ts';

type Files = ReadonlyMap<string, string>;

const folder = join(import.meta.dirname, '../../fixtures/rules');

const WRITTEN: readonly (readonly [string, Files])[] = [
  ...fixturesBelow(folder).map((name) => [name, parseFixture(readFileSync(join(folder, name), 'utf8'))] as const),
  ...phrases.map(({ place, phrase }) => [`${place}: ${phrase}`, new Map([[MAIN, planWith(place, phrase)]])] as const),
];

/** The same statements with their braces elsewhere, as people write them too. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  'as written': (text) => text,
  'from the line of the brace on': (text) => text.replace(/\{[ \t]*\n[ \t]*(?=[\w-])/g, '{ '),
  'up to the line of the brace': (text) => text.replace(/(?<=[\w}%"])[ \t]*\n[ \t]*\}/g, ', }'),
  'behind a comment at the brace': (text) => text.replace(/\{[ \t]*\n/g, '{ // comment, here\n'),
};

const TEXTS = Object.entries(FORMS).flatMap(([form, write]) =>
  WRITTEN.flatMap(([name, files]) => {
    const changed = new Map([...files].map(([uri, text]) => [uri, write(text)]));
    const isSame = [...files].every(([uri, text]) => changed.get(uri) === text);
    return isSame && form !== 'as written' ? [] : [[`${name}, ${form}`, changed] as const];
  }),
);

function rootOf(files: Files): string {
  const [root = ''] = files.keys();
  return root;
}

// The catalogue is read once.
const cache = new AnalysisCache();

function found(files: Files): readonly Diagnostic[] {
  return diagnose(analyseDocument(rootOf(files), memorySources(files, CATALOG), cache));
}

function apply(files: Files, edits: readonly TextEdit[]): Files {
  const changed = new Map(files);
  for (const uri of new Set(edits.map((edit) => edit.uri))) {
    const own = edits.filter((edit) => edit.uri === uri);
    changed.set(uri, applyEdits(files.get(uri) ?? '', own));
  }
  return changed;
}

/** What the parser could not read. */
function unread(all: readonly Diagnostic[]): readonly string[] {
  return all.filter(({ rule }) => ['unexpected-token', 'unclosed-block'].includes(rule)).map(({ message }) => message);
}

const OF_THE_TEXT = new Set(
  ALL_RULES.filter(({ family }) => family === 'syntax' || family === 'names').map(({ name }) => name),
);

/** A fix that chooses, such as an engine, may bring to light what is wrong with the plan: `chosen` counts only the text's errors. */
function expectNoWorse(before: Files, edits: readonly TextEdit[], what: string, chosen = false): Files {
  const after = apply(before, edits);
  const [old, fresh] = [found(before), found(after)];
  const text = `${what}:\n${after.get(rootOf(after))}`;
  const isError = ({ rule, severity }: Diagnostic) => severity === 'error' && (!chosen || OF_THE_TEXT.has(rule));
  expect(fresh.filter(isError).length, text).toBeLessThanOrEqual(old.filter(isError).length);
  // Of a broken text the next mistake may come to light, and no more than that.
  expect(unread(fresh).length, text).toBeLessThanOrEqual(unread(old).length);
  return after;
}

/** More than the statements of any of the texts that wait for each other. */
const MOST_PASSES = 8;

describe('fixes make nothing worse', () => {
  test.each(TEXTS)('%s', (_, files) => {
    const all = found(files);
    for (const { rule, fixes = [] } of all)
      for (const { title, edits, preferred } of fixes)
        expectNoWorse(files, edits, `${rule}: ${title}`, preferred !== true);
    for (const rule of new Set(all.map((each) => each.rule))) {
      const fix = fixAllOf(rule, rootOf(files), all);
      if (fix) expectNoWorse(files, fix.edits, fix.title);
    }
  });

  test.each(TEXTS)('all at once, until nothing is left: %s', (_, files) => {
    let current: Files = files;
    for (let pass = 0; ; pass++) {
      const edits = fixAll(rootOf(current), found(current));
      if (edits.length === 0) break;
      expect(pass, current.get(rootOf(current))).toBeLessThan(MOST_PASSES);
      current = expectNoWorse(current, edits, 'fix all');
    }
  });
});

describe('a pasted command', () => {
  const inDeployment = (inside: string) =>
    `cluster c { node = DGX-H100 }\nworkload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  model = Qwen3-8B, cluster = c, workload = w\n${inside}}\n`;
  const FLAGS = [
    '--tensor-parallel-size 4',
    '--pipeline-parallel-size 2',
    '--gpu-memory-utilization 0.9',
    '--max-num-batched-tokens 8192',
  ];
  const PARALLEL = 'tp = 4, pp = 2';
  const ENGINE = 'memory-fraction = 0.9, step-tokens = 8192 tokens';
  const once = (text: string) => applyEdits(text, fixAll(MAIN, found(new Map([[MAIN, text]]))));
  const everything = (text: string) => {
    const sources = memorySources(new Map([[MAIN, text]]), CATALOG);
    const analysis = analyseDocument(MAIN, sources, cache);
    return applyEdits(text, fixEverything(analysis, diagnose(analysis), sources));
  };
  const unknown = (text: string) => found(new Map([[MAIN, text]])).filter(({ rule }) => OF_THE_TEXT.has(rule));

  test('becomes blocks in one go, without what ends the lines of a shell', () => {
    const fixed = once(inDeployment(FLAGS.map((flag) => `  ${flag} \\\n`).join('')));
    expect(fixed).toBe(inDeployment(`  parallel { ${PARALLEL} }\n  engine { ${ENGINE} }\n`));
    expect(unknown(fixed)).toEqual([]);
  });

  test('becomes a deployment, with its model, its engine and its switches', () => {
    const frame = (inside: string) =>
      `cluster c { node = DGX-H100 }\nworkload w { input = 10 tokens, concurrency = 128 }\ndeployment d {\n  cluster = c, workload = w\n${inside}}\n`;
    let text = frame(`  vllm serve Qwen/Qwen3-235B-A22B-FP8 \\
    --tensor-parallel-size 8 \\
    --enable-expert-parallel \\
    --max-model-len 32768 \\
    --gpu-memory-utilization 0.9 \\
    --max-num-seqs 128 \\
    --trust-remote-code \\
    --port 8000
`);
    text = everything(text);
    expect(text).toBe(
      frame(
        '  engine { name = vllm, max-context = 32768 tokens, memory-fraction = 0.9, max-requests = 128 }\n  model = Qwen3-235B-A22B\n  parallel { tp = 8, ep = 8 }\n  types { weights = fp8-block }\n',
      ),
    );
    expect(unknown(text)).toEqual([]);
  });

  test.each([
    ['on one line', 'vllm serve Qwen/Qwen3-235B-A22B --tensor-parallel-size 8 --enable-expert-parallel --port 8000'],
    [
      'on two lines',
      'vllm serve Qwen/Qwen3-235B-A22B --tensor-parallel-size 8 --trust-remote-code \\\n      --enable-expert-parallel --port 8000',
    ],
    [
      'behind what a shell needs',
      'NCCL_DEBUG=INFO HF_HOME=/data/hf env VLLM_USE_V1=1 vllm serve Qwen/Qwen3-235B-A22B \\\n  --tensor-parallel-size 8 \\\n  --enable-expert-parallel',
    ],
  ])('%s becomes the lines that a person would write, in one step', (_, command) => {
    const frame = (inside: string) =>
      `cluster c { node = DGX-H100 }\nworkload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  cluster = c, workload = w\n${inside}}\n`;
    expect(everything(frame(`  ${command}\n`))).toBe(
      frame('  engine { name = vllm }\n  model = Qwen3-235B-A22B\n  parallel { tp = 8, ep = 8 }\n'),
    );
  });

  test('stays on its line in a block on one line', () => {
    const frame = (inside: string) => `deployment d { cluster = c, workload = w, ${inside} }\n`;
    expect(everything(frame('vllm serve Qwen/Qwen3-8B --tensor-parallel-size 8'))).toBe(
      frame('engine { name = vllm }, model = Qwen3-8B, parallel { tp = 8 }'),
    );
  });

  test('goes into the blocks that are there', () => {
    const blocks = '  parallel { dp = 1, }\n  engine {\n    // Which one.\n    name = vllm\n  }\n';
    const fixed = once(inDeployment(blocks + FLAGS.map((flag) => `  ${flag} \\\n`).join('')));
    expect(fixed).toBe(
      inDeployment(
        `  parallel { ${PARALLEL}, dp = 1, }\n  engine {\n    ${ENGINE.replaceAll(', ', '\n    ')}\n    // Which one.\n    name = vllm\n  }\n`,
      ),
    );
    expect(unknown(fixed)).toEqual([]);
  });

  test.each([
    ['on one line', FLAGS.join(' '), 0],
    ['in the block of some of them', `parallel { ${FLAGS.join(' ')} }`, 0],
    ['among flags that nobody knows', `--no-such 3 ${FLAGS.join(' --no-such /* a, b */ ')} \\`, 4],
    ['twice, and says it once', `${FLAGS.join(' ')}\n  ${FLAGS.join(' ')}`, 0],
    [
      'twice with other values, of which a person must choose',
      `${FLAGS.join(' ')}\n  ${FLAGS.join(' ').replace(/\d(?= |$)/g, '7')}`,
      4,
    ],
  ])('%s', (_, written, left) => {
    let text = inDeployment(`  ${written}\n`);
    for (let pass = 0; pass < MOST_PASSES; pass++) text = once(text);
    expect(once(text)).toBe(text);
    expect(text).toContain(PARALLEL);
    expect(text).toContain(ENGINE);
    expect(unknown(text).map(({ rule }) => rule)).toEqual(Array(left).fill('unknown-property'));
  });
});

describe('units', () => {
  const once = (text: string) => applyEdits(text, fixAll(MAIN, found(new Map([[MAIN, text]]))));
  const inWorkload = (inside: string) => `workload w { ${inside} }\n`;
  const inGpu = (inside: string) => `gpu g { ${inside} }\n`;

  test.each([
    [inWorkload('input = 2k, concurrency = 128 requests'), inWorkload('input = 2000 tokens, concurrency = 128')],
    [inWorkload('input = 2_000 tok, output = 500'), inWorkload('input = 2_000 tokens, output = 500 tokens')],
    [
      inWorkload('input = 10 tokens, request-rate = 4 req/s'),
      inWorkload('input = 10 tokens, request-rate = 4 requests/s'),
    ],
    [
      'deployment d { expect { throughput >= 1000 tok/s } }\n',
      'deployment d { expect { throughput >= 1000 tokens/s } }\n',
    ],
    [inGpu('memory = 80 gib, bf16 = 989 TFLOPS'), inGpu('memory = 80 GiB, bf16 = 989 TFLOP/s')],
    ['cluster c { node = DGX-H100, count = 2 nodes }\n', 'cluster c { node = DGX-H100, count = 2 }\n'],
  ])('%s: written otherwise, all of them are fixed at once', (text, fixed) => {
    expect(once(text)).toBe(fixed);
  });

  test.each([
    ['an amount that may be two', inGpu('memory = 80 gigs')],
    ['an amount that may be two in capitals', inGpu('memory = 80 GIGS')],
    ['a bandwidth that may be of bits or of bytes', inGpu('bandwidth = 3000 GBPS')],
    ['a slip', inGpu('memory = 80 GiBB')],
    ['a number without a unit that has several', inGpu('memory = 80')],
    ['a unit of something else', inWorkload('output = 500 ms')],
    ['thousands of what has no unit', 'cluster c { node = DGX-H100, count = 2k }\n'],
    ['a share', 'deployment d { engine { memory-fraction = 80 GB } }\n'],
  ])('%s is left to a person', (_, text) => {
    expect(once(text)).toBe(text);
  });
});

describe('what several findings write alike is written once', () => {
  const fixed = (text: string) => applyEdits(text, fixAll(MAIN, found(new Map([[MAIN, text]]))));
  const plans = 'deployment a { cluster = DGX-H100 }\ndeployment b { cluster = DGX-H100 }\n';

  test('by all fixes', () => {
    expect(fixed(plans)).toBe(`cluster DGX-H100 { node = DGX-H100 }\n\n${plans}`);
  });

  test('by the fixes of one rule', () => {
    const all = found(new Map([[MAIN, plans]]));
    expect(fixAllOf('unresolved-name', MAIN, all)).toEqual({
      title: 'Fix all 2 of `unresolved-name`',
      edits: [{ uri: MAIN, span: { start: 0, end: 0 }, text: 'cluster DGX-H100 { node = DGX-H100 }\n\n' }],
    });
  });

  test('but not where two blocks lack the same', () => {
    const two = 'pool p { tp = 8 }, pool q { tp = 8 }';
    const text = fixed(`deployment a { ${two} }\n`);
    expect(text).toBe(`deployment a { ${two.replaceAll('tp = 8', 'parallel { tp = 8 }')} }\n`);
  });
});
