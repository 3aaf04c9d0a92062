import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Analysis } from '../../server/src/services/analysis.ts';
import { codeLenses } from '../../server/src/services/annotations/codeLens.ts';
import { inlayHints } from '../../server/src/services/annotations/inlayHints.ts';
import { status } from '../../server/src/services/annotations/status.ts';
import { complete } from '../../server/src/services/completion/completion.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { compareRows } from '../../server/src/services/outputs/compare.ts';
import { workedExample, workedLaunch } from './plan.ts';
import { arrow, box, CELL, type Colour, line, type Piece, picture, wave } from './svg.ts';

/**
 * `node scripts/walkthrough/pictures.ts`: the pictures of the walkthrough, in the colours of the reader's theme. Their
 * figures are those of the worked example as it is computed now, so that no picture shows what the editor does not.
 */
export function walkthroughPictures(): ReadonlyMap<string, string> {
  const example = workedExample();
  const pictures: readonly (readonly [step: string, svg: string])[] = [
    ['open', openPicture()],
    ['read', readPicture(example)],
    ['change', changePicture()],
    ['mend', mendPicture()],
    ['preview', previewPicture()],
    ['compare', comparePicture(example)],
    ['take', takePicture()],
    ['launch', launchPicture()],
    ['settings', settingsPicture()],
  ];
  return new Map(pictures.map(([step, svg]) => [step, svg.replace('<svg ', `<svg data-step="${step}" `)]));
}

const FOLDER = 'media/walkthrough';

const WIDTH = 560;
const LEFT = 20;

function openPicture(): string {
  return picture(WIDTH, 250, [
    line(LEFT, 34, ['keyword', 'model '], ['name', 'moe-4l '], ['text', '{ … }']),
    line(330, 34, ['quiet', 'what is computed']),
    line(LEFT, 74, ['keyword', 'cluster '], ['name', 'two-nodes '], ['text', '{ … }']),
    line(330, 74, ['quiet', 'on which machines']),
    line(LEFT, 114, ['keyword', 'workload '], ['name', 'long-batch '], ['text', '{ … }']),
    line(330, 114, ['quiet', 'for which work']),
    line(LEFT, 154, ['keyword', 'deployment '], ['name', 'proposed '], ['text', '{']),
    line(330, 154, ['quiet', 'laid out how']),
    line(LEFT, 176, ['text', '  model = moe-4l, cluster = two-nodes']),
    line(LEFT, 198, ['keyword', '  parallel '], ['text', '{ ep = '], ['number', '16'], ['text', ' }']),
    line(LEFT, 220, ['text', '}']),
  ]);
}

/** Lenses for which the picture has no room. */
const NOT_DRAWN: readonly string[] = ['moeplan.compareDeployments', 'moeplan.findBetterPlan'];

/** The first deployment of the example with its lens, hints and the hover's memory, as the editor shows them. */
function readPicture(example: Analysis): string {
  const deployment = 'baseline-whole';
  const lens = codeLenses(example)
    .filter(({ deployment: of, command = '' }) => of === deployment && !NOT_DRAWN.includes(command))
    .map(({ title }) => title)
    .join(' | ');
  const hints = hintsBehind(example);
  const at = example.source.text.indexOf(`deployment ${deployment}`);
  const inStatus = status(example, at);
  const degrees = ['tp = 8', 'pp = 2', 'ep = 8'].map((degree) => `${degree} ${hints.get(degree) ?? ''}`);
  return picture(WIDTH, 250, [
    line(LEFT, 32, ['quiet', lens]),
    line(LEFT, 56, ['keyword', 'deployment '], ['name', deployment], ['text', ' {']),
    line(LEFT, 78, ['keyword', '  parallel '], ['text', '{']),
    ...degrees.map((text, index) => {
      const written = text.slice(0, 6);
      return line(LEFT, 100 + 22 * index, ['text', `    ${written} `], ['quiet', text.slice(7)]);
    }),
    line(LEFT, 166, ['text', '  }']),
    line(
      LEFT,
      188,
      ['keyword', '  stage '],
      ['name', 'front '],
      ['text', '{ layers = 0..1, gpus = 0..7 '],
      ['quiet', hints.get('gpus = 0..7') ?? ''],
      ['text', ' }'],
    ),
    box(0.5, 212, WIDTH - 1, 37),
    line(LEFT, 236, ['accent', `${inStatus?.fits === false ? '!' : '✓'} `], ['text', inStatus?.text ?? '']),
  ]);
}

/** Labels of hints by the text that they stand behind. */
function hintsBehind(example: Analysis): ReadonlyMap<string, string> {
  const { text } = example.source;
  const found = new Map<string, string>();
  for (const { offset, label } of inlayHints(example, { start: 0, end: text.length })) {
    const behind = /[a-z]+ = [\d.]+$/.exec(text.slice(0, offset))?.[0];
    if (behind !== undefined && !found.has(behind)) found.set(behind, label);
  }
  return found;
}

/** What is offered behind `tp =` in the example's first deployment. */
function changePicture(): string {
  const example = workedExample('tp = 8, pp = 2', 'tp = , pp = 2');
  const offset = example.source.text.indexOf('tp = ,') + 'tp = '.length;
  const offers = complete(example, offset).map(
    ({ label, detail, computed }) => [label, [detail, computed?.()?.text].filter(Boolean).join(', ')] as const,
  );
  const top = 52;
  const left = LEFT + 8 * CELL;
  const longest = offers.reduce((most, [, detail]) => Math.max(most, detail.length), 0);
  return picture(WIDTH, top + 30 + 24 * offers.length, [
    line(LEFT, 34, ['keyword', 'parallel '], ['text', '{ tp = '], ['accent', '|'], ['text', ', pp = 2, ep = 8 }']),
    box(left, top, (longest + 7) * CELL, 12 + 24 * offers.length),
    ...offers.map(([label, detail], index) =>
      line(left + 1.5 * CELL, top + 22 + 24 * index, ['number', label.padEnd(4)], ['text', detail]),
    ),
  ]);
}

/** A degree that does not divide, with what is said of it and the fix that is offered. */
function mendPicture(): string {
  const broken = workedExample('tp = 8, pp = 2', 'tp = 6, pp = 2');
  const found = diagnose(broken).find(({ rule }) => rule === 'heads-not-divisible');
  if (!found) throw new Error('tp = 6 is no longer a problem: the picture needs another one');
  const [said = '', remedy = ''] = found.message.split(/: (?=use)/);
  return picture(WIDTH, 206, [
    line(LEFT, 34, ['keyword', 'parallel '], ['text', '{ tp = '], ['number', '6'], ['text', ', pp = 2, ep = 8 }']),
    wave(LEFT + 11 * CELL, 39, 6, 'error'),
    box(LEFT, 56, 490, 66),
    line(LEFT + 12, 80, ['text', said]),
    line(LEFT + 12, 104, ['text', `${remedy}  `], ['accent', found.rule]),
    box(LEFT, 140, 250, 44),
    line(LEFT + 12, 167, ['warn', '✦ '], ['text', (found.fixes?.[0]?.title ?? '').replaceAll('`', '')]),
  ]);
}

/** A command that does not fit, with its lenses and the finding at its flag. */
function launchPicture(): string {
  const lines = [
    'vllm serve deepseek-ai/DeepSeek-R1 \\',
    '  --tensor-parallel-size 8 \\',
    '  --max-num-seqs 256   # on 8xH100',
  ];
  const { lenses, findings, text } = workedLaunch(`${lines.join('\n')}\n`);
  const found = findings.find(({ rule }) => rule === 'memory-over-capacity');
  if (!found) throw new Error('DeepSeek-R1 fits on 8xH100: the picture needs another launch');
  const marked = text.slice(found.span.start, found.span.end);
  const [said = ''] = found.message.split(/[:;]/);
  return picture(WIDTH, 206, [
    line(LEFT, 34, [
      'quiet',
      lenses
        .map(({ title }) => title)
        .slice(0, 2)
        .join(' | '),
    ]),
    ...lines.map((written, index) => line(LEFT, 62 + 24 * index, [index === 0 ? 'name' : 'text', written])),
    wave(LEFT + 2 * CELL, 91, marked.length, 'error'),
    box(LEFT, 132, 520, 52),
    line(LEFT + 12, 154, ['text', said]),
    line(LEFT + 12, 174, ['accent', found.rule]),
  ]);
}

function previewPicture(): string {
  const stage = (x: number, name: string, gpus: readonly string[], fill: Colour) => [
    box(x, 50, 160, 150),
    line(x + 14, 76, ['name', name]),
    ...gpus.flatMap((gpu, index) => [
      box(x + 14 + 68 * (index % 2), 90 + 50 * Math.floor(index / 2), 60, 40, fill),
      line(x + 24 + 68 * (index % 2), 114 + 50 * Math.floor(index / 2), ['text', gpu]),
    ]),
  ];
  return picture(WIDTH, 240, [
    arrow(70, 125, 110, 125),
    ...stage(110, 'front', ['GPU 0', 'GPU 1', 'GPU 2', 'GPU 3'], 'chosen'),
    ...[110, 160].flatMap((from) => [110, 160].map((to) => arrow(256, from, 364, to, from === to ? 'warn' : 'quiet'))),
    ...stage(350, 'back', ['GPU 4', 'GPU 5', 'GPU 6', 'GPU 7'], 'chosen'),
    arrow(510, 125, 545, 125),
    line(LEFT, 129, ['quiet', 'tokens']),
    ...['DAG', 'Memory', 'Compare'].map((view, index) =>
      line(LEFT + 70 * index, 34, [index === 0 ? 'accent' : 'quiet', view]),
    ),
  ]);
}

/** The rows that tell the two layouts apart at a glance. */
function comparePicture(example: Analysis): string {
  const evaluations = ['baseline-whole', 'proposed'].flatMap((name) => {
    const resolved = example.plan.deployments.find((each) => each.name === name);
    return (resolved && example.evaluationOf(resolved)) ?? [];
  });
  const deployments = evaluations.map(({ deployment }) => deployment.name);
  const shown = compareRows(evaluations).filter(({ label }) =>
    ['Throughput', 'Latency', 'Pipeline bubble', 'Utilisation'].includes(label),
  );
  const columns = [LEFT, 210, 390] as const;
  const cells = (y: number, texts: readonly string[], colours: readonly Colour[]) =>
    texts.map((text, index) => line(columns[index] ?? 0, y, [colours[index] ?? 'text', text]));
  return picture(WIDTH, 64 + 34 * shown.length, [
    ...cells(34, ['', ...deployments], ['quiet', 'name', 'name']),
    ...shown.flatMap(({ label, texts, best }, index) => [
      box(LEFT - 6, 48 + 34 * index, WIDTH - 2 * LEFT + 12, 28),
      ...cells(
        67 + 34 * index,
        [label, ...texts],
        ['quiet', ...texts.map((_, at): Colour => (best.includes(at) ? 'number' : 'text'))],
      ),
    ]),
  ]);
}

function takePicture(): string {
  const files: readonly (readonly [string, string])[] = [
    ['plan.md', 'the analysis as a report'],
    ['plan.svg, plan.dot', 'the graph as a picture, or for Graphviz'],
    ['plan.trace.json', 'the step, for Perfetto'],
    ['plan.moeplan.inspect.json', 'every figure'],
  ];
  return picture(WIDTH, 210, [
    ...files.flatMap(([name, what], index) => [
      line(LEFT, 36 + 28 * index, ['name', name]),
      line(LEFT + 210, 36 + 28 * index, ['quiet', what]),
    ]),
    box(LEFT, 148, WIDTH - 2 * LEFT, 42),
    line(LEFT + 12, 174, ['accent', '> '], ['text', 'moeplan check .']),
  ]);
}

function settingsPicture(): string {
  const rows: readonly (readonly [string, Piece])[] = [
    ['moeplan.rules: claim-not-met', ['warn', 'warning']],
    ['moeplan.rules: unused-name', ['quiet', 'hint']],
    ['moeplan.inlayHints.memory', ['accent', 'on']],
    ['moeplan.codeLens', ['accent', 'on']],
    ['moeplan.workspaceDiagnostics', ['accent', 'on']],
  ];
  return picture(WIDTH, 24 + 36 * rows.length, [
    ...rows.flatMap(([name, value], index) => [
      line(LEFT, 38 + 36 * index, ['text', name]),
      box(390, 19 + 36 * index, 130, 28),
      line(402, 38 + 36 * index, value),
    ]),
  ]);
}

if (import.meta.main) {
  for (const [name, svg] of walkthroughPictures())
    writeFileSync(join(import.meta.dirname, '../..', FOLDER, `${name}.svg`), svg);
}
