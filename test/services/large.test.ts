import { describe, expect, test } from 'vitest';
import { inlayHints } from '../../server/src/services/annotations/inlayHints.ts';
import { semanticTokens } from '../../server/src/services/annotations/semanticTokens.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { format } from '../../server/src/services/format/format.ts';
import { foldingRanges } from '../../server/src/services/navigation/folding.ts';
import { documentSymbols } from '../../server/src/services/navigation/symbols.ts';
import { analysisOf } from './editor/support.ts';

/**
 * Large and hostile texts. Each is answered in about a second where the work grows with the text; with work that grows with
 * its square, or a value or a list that multiplies, the runner's limit of time or memory is passed by far.
 */
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const MODEL =
  'model m { layers = 4, hidden = 4096, attention { heads = 32 }, experts { count = 16, top-k = 2, ffn = 2048 } }\n';
const WORK = 'workload w { sequences = 128, length = 1_000 tokens }\n';

function plan(inside: string, nodes = 2, model = MODEL): string {
  const cluster = `cluster c { node = DGX-H100, count = ${nodes} }\n`;
  return `${model}${cluster}${WORK}deployment d {\n  model = m, cluster = c, workload = w\n${inside}\n}\n`;
}

const heirs = (count: number) => lines(count, (index) => `deployment e${index} extends d { }`);

const TEXTS: Readonly<Record<string, readonly [text: string, rule?: string]>> = {
  'constants that double each other': [
    lines(5_000, (at) => (at === 0 ? 'let x0 = [0, 1]' : `let x${at} = [x${at - 1}, x${at - 1}]`)),
    'wrong-type',
  ],
  'uses of a long list': [
    `let all = [${lines(3_000, String).replaceAll('\n', ', ')}]\n${lines(3_000, (at) => `let y${at} = all`)}\n`,
  ],
  'GPUs named twice': [plan('gpus = [0..39_999, 0..39_999]', 5_000), 'gpu-in-two-stages'],
  'GPUs named thousands of times': [
    plan(`gpus = [${lines(3_000, () => '0..199_999').replaceAll('\n', ', ')}]`, 25_000),
    'plan-too-large',
  ],
  stages: [
    plan(
      lines(6_400, (at) => `stage s${at} { }`),
      800,
    ),
    'layers-not-divisible',
  ],
  'arrows against the order of stages': [
    plan(
      `${lines(4_000, (at) => `stage s${4_000 - at} { }`)}\n${lines(3_999, (at) => `s${at + 1} -> s${at + 2}`)}`,
      500,
    ),
    'layers-not-divisible',
  ],
  'pools that share stages': [
    plan(`${lines(3_000, (at) => `pool p${at} { }`)}\n${lines(3_000, (at) => `stage s${at} { }`)}`),
    'plan-too-large',
  ],
  'experts on every GPU of every stage': [plan(lines(3_000, () => 'expert 0..65_535 on gpu 0..15')), 'plan-too-large'],
  'lines for many stages': [
    plan(
      `${lines(3_000, (at) => `expert ${at % 16} on gpu ${at % 16}`)}\n${lines(3_000, (at) => `stage s${at} { }`)}`,
      375,
    ),
    'expert-missing',
  ],
  'entries over all layers': [
    plan(
      '',
      2,
      `model m { hidden = 64, attention { heads = 2 }, dense { ffn = 64 }\nlayers {\n${lines(3_000, () => '0..9_998 = dense')}\n} }\n`,
    ),
    'plan-too-large',
  ],
  'heirs of many stages': [plan(lines(3_000, (at) => `stage s${at} { }`)) + heirs(3_000), 'inherits-too-much'],
  'heirs of many lines': [
    plan(lines(3_000, (at) => `expert ${at % 16} on gpu ${at % 16}`)) + heirs(3_000),
    'inherits-too-much',
  ],
  'a chain of heirs that all add': [
    lines(
      3_000,
      (at) =>
        `model m${at}${at === 0 ? '' : ` extends m${at - 1}`} { layers = 4, hidden = 64, attention a${at} { heads = 2 } }`,
    ),
    'inherits-too-much',
  ],
  'deployments of very many GPUs': [
    `${plan('', 25_000)}${lines(300, (at) => `deployment d${at} { model = m, cluster = c, workload = w, parallel { tp = 3 } }`)}\n`,
    'plan-too-large',
  ],
  'groups of a cluster': [
    `${MODEL}${WORK}cluster c {\n${lines(5_000, (at) => `group g${at} { node = DGX-H100, count = 1 }`)}\n}\n`,
  ],
  'comments to the checker': [
    `${lines(16_000, () => '// moeplan-ignore unused-name: because')}\n${WORK}`,
    'findings-left-out',
  ],
  'closing braces': ['}'.repeat(200_000), 'findings-left-out'],
};

describe('deployments of one file are computed while there is room', () => {
  /** Deployments that name so many GPUs, in thousands. */
  const found = (...thousands: readonly number[]) => {
    const blocks = thousands.map((count, at) => {
      const gpus = Array.from({ length: count / 100 }, () => '0..99_999').join(', ');
      return `deployment d${at} { model = m, cluster = c, workload = w, gpus = [${gpus}] }`;
    });
    const text = `${MODEL}cluster c { node = DGX-H100, count = 12_500 }\n${WORK}${blocks.join('\n')}\n`;
    return diagnose(analysisOf(text))
      .filter(({ rule }) => rule === 'plan-too-large')
      .map(({ message, span }) => `${text.slice(span.start, span.end)}: ${message}`);
  };

  test('one that is too large for what is left takes no room from those behind it', () => {
    expect(found(1_500, 1_000, 100, 100)).toEqual([
      'd1: with the deployments above that are computed this one has more than 2000000 GPUs, layers and experts, and no more are computed of one file: write it into a file of its own',
    ]);
  });

  test('of many the first are computed', () => {
    expect(found(1_000, 900, 200, 100, 100).map((message) => message.slice(0, 2))).toEqual(['d2', 'd4']);
  });
});

describe('a large text is answered', () => {
  test.each(Object.entries(TEXTS))('%s', (_, [text, rule]) => {
    const analysis = analysisOf(text);
    const found = diagnose(analysis);
    if (rule !== undefined) expect(found.map((each) => each.rule)).toContain(rule);
    expect(found.map((each) => each.rule)).not.toContain('internal-error');
    documentSymbols(analysis);
    foldingRanges(analysis);
    semanticTokens(analysis);
    inlayHints(analysis, { start: 0, end: text.length });
    format(analysis.source);
  });

  test('files that import each other: a limit is told', () => {
    const name = (index: number) => `f${index}.moeplan`;
    const mesh = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [name(index), lines(120, (other) => `import "./${name(other)}"`)]),
    );
    expect(diagnose(analysisOf('import "./f0.moeplan"\n', mesh)).map(({ rule }) => rule)).toEqual(['unused-import']);
    const chain = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [name(at), at + 1 < count ? `import "./${name(at + 1)}"\n` : '']),
      );
    const full = analysisOf('import "./f0.moeplan"\n', chain(1_000));
    expect(diagnose(full).map(({ rule }) => rule)).toEqual(['unused-import']);
    const cut = analysisOf('import "./f0.moeplan"\n', chain(1_500));
    expect(
      diagnose(cut)
        .map(({ message }) => message)
        .join('\n'),
    ).toContain('are more than 1000 files');
    const read = (analysis: typeof cut) =>
      [...analysis.program.files.keys()].filter((uri) => /f\d+\.moeplan$/.test(uri));
    expect([read(full).length, read(cut).length]).toEqual([1_000, 1_000]);
  });

  test('names of files that are not read are no second mistake', () => {
    const chain = Array.from({ length: 1_500 }, (_, at) => [`f${at}.moeplan`, `import "./f${at + 1}.moeplan"\n`]);
    const others = Object.fromEntries([...chain, ['machines.moeplan', 'cluster machines { node = DGX-H100 }\n']]);
    const text = `import "./machines.moeplan"\nimport "./f0.moeplan"\n${WORK}deployment d { model = Qwen3-8B, cluster = machines, workload = w }\n`;
    const found = diagnose(analysisOf(text, others));
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('are more than 1000 files') }),
    ]);
  });
});
