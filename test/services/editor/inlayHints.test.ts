import { describe, expect, test } from 'vitest';
import { HINT_KINDS, type HintKind, inlayHints } from '../../../server/src/services/annotations/inlayHints.ts';
import { analysisOf, SMALL_PLAN } from './support.ts';

/** The text with each hint in brackets where an editor shows it. */
function shown(text: string, ...kinds: readonly HintKind[]): string {
  const hints = inlayHints(analysisOf(text), { start: 0, end: text.length }, new Set(kinds));
  return hints
    .toReversed()
    .reduce((all, { offset, label }) => `${all.slice(0, offset)}[${label}]${all.slice(offset)}`, text);
}

const deployment = (body: string) =>
  `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n${body}}\n`;
const tail = (text: string) => text.slice(text.indexOf('workload = batch') + 17);

describe('a degree says what one GPU holds', () => {
  test.each([
    [
      'parallel { tp = 8, pp = 2, ep = 8 }\n',
      'parallel { tp = 8[(4 heads each)], pp = 2[(2 layers each)], ep = 8[(2 experts per layer)] }\n}\n',
    ],
    ['parallel { tp = 16, etp = 16 }\n', 'parallel { tp = 16[(2 heads each)], etp = 16[(2048 columns each)] }\n}\n'],
    ['parallel { ep = 16 }\n', 'parallel { ep = 16[(1 expert per layer)] }\n}\n'],
    // 32 heads cannot be split in three: a diagnostic says so, no hint claims anything.
    ['gpus = 0..2\nparallel { tp = 3 }\n', 'gpus = 0..2\nparallel { tp = 3 }\n}\n'],
  ])('%s', (body, expected) => {
    expect(tail(shown(deployment(body), 'degrees'))).toBe(expected);
  });
});

test('degrees that were derived stand behind `parallel`', () => {
  expect(tail(shown(deployment('parallel { tp = 4 }\n'), 'derived'))).toBe(
    'parallel { tp = 4 }[(dp 4, etp 4, edp 4)]\n}\n',
  );
  const hint = inlayHints(analysisOf(deployment('parallel { tp = 4 }\n')), { start: 0, end: 1e6 }).find(
    ({ kind }) => kind === 'derived',
  );
  expect(hint?.tooltip).toContain('dp: 16 GPUs of a stage / (tp 4 x cp 1)');
});

test('experts say what one of them weighs', () => {
  expect(shown(SMALL_PLAN, 'experts')).toContain('gated = false }[(512 MiB each)]\n');
  expect(shown(SMALL_PLAN.replace('experts {', 'experts {\n'), 'experts')).toContain('experts {[(512 MiB each)]\n');
});

test('GPUs say how full the fullest of them is', () => {
  const text = shown(
    deployment(
      'parallel { tp = 8, pp = 2, ep = 8 }\nstage a { layers = 0..1, gpus = 0..7 }\nstage b { layers = 2..3, gpus = 8..15 }\n',
    ),
    'memory',
  );
  expect(text).toMatch(/gpus = 0\.\.7\[\([\d.]+ of 79\.2 GiB\)\]/);
  expect(text).toMatch(/gpus = 8\.\.15\[\([\d.]+ of 79\.2 GiB\)\]/);
  const heavy = `${SMALL_PLAN}deployment d { model = Mixtral-8x22B, cluster = two-nodes, workload = batch, gpus = 0 }\n`;
  expect(shown(heavy, 'memory')).toMatch(/gpus = 0\[\([\d.]+ of 79\.2 GiB: does not fit\)\]/);
});

test('only kinds that are wanted and places that are visible', () => {
  const text = deployment('parallel { tp = 8, pp = 2, ep = 8 }\n');
  const analysis = analysisOf(text);
  expect(inlayHints(analysis, { start: 0, end: text.length }, new Set())).toEqual([]);
  const all = inlayHints(analysis, { start: 0, end: text.length });
  expect(new Set(all.map(({ kind }) => kind))).toEqual(
    new Set(HINT_KINDS.filter((kind) => kind !== 'memory' && kind !== 'derived')),
  );
  expect(inlayHints(analysis, { start: 0, end: 20 })).toEqual([]);
});

test('pools that differ share no hint of their common `parallel`', () => {
  const serving = `workload chat { input = 100 tokens, output = 10 tokens, concurrency = 4 }\n${SMALL_PLAN}deployment d {
  model = small, cluster = two-nodes, workload = chat
  parallel { tp = 4 }
  pool prefill { gpus = 0..3 }
  pool decode { gpus = 4..11 }
  prefill -> decode
}\n`;
  const text = shown(serving, 'degrees', 'derived');
  expect(text).toContain('parallel { tp = 4[(8 heads each)] }');
});

test('no hint runs into a number or a word before it', () => {
  const text = deployment('parallel { tp = 8, pp = 2, ep = 8 }\n');
  for (const { label } of inlayHints(analysisOf(text), { start: 0, end: text.length }))
    expect(label).toMatch(/^\(.+\)$/);
});
