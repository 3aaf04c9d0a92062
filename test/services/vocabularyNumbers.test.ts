import { describe, expect, test } from 'vitest';
import { UNITS } from '../../server/src/language/units.ts';
import type { PropertySpec, ValueType } from '../../server/src/language/vocabulary/spec.ts';
import { blockSpec, VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { codeLenses } from '../../server/src/services/annotations/codeLens.ts';
import { inlayHints } from '../../server/src/services/annotations/inlayHints.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { MAIN } from './editor/support.ts';

/** A block by its header, with its properties and the blocks in it. */
interface Block {
  readonly header: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly blocks?: readonly Block[];
}

const MODEL: Block = {
  header: 'model m',
  properties: { layers: '2', hidden: '1024', vocabulary: '32_000', mtp: '1' },
  blocks: [
    {
      header: 'attention',
      properties: { heads: '16', 'head-size': '64', 'kv-heads': '8', window: '512 tokens' },
      blocks: [{ header: 'indexer', properties: { heads: '8', 'head-size': '64', 'top-k': '64 tokens' } }],
    },
    { header: 'experts', properties: { count: '16', 'top-k': '2', ffn: '1024', shared: '1', first: '1' } },
    { header: 'dense', properties: { ffn: '4096' } },
  ],
};
const HARDWARE: readonly Block[] = [
  { header: 'gpu g extends H100-SXM', properties: { memory: '80 GiB' } },
  { header: 'node n extends DGX-H100', properties: { gpu: 'g', gpus: '4' } },
  { header: 'cluster c', properties: { node: 'n', count: '2' } },
  { header: 'cluster mixed', properties: {}, blocks: [{ header: 'group', properties: { node: 'n', count: '2' } }] },
];
const FIGURES = { 'gpus-used': '8', 'memory-per-gpu': '10 GiB', step: '8 ms' };
const CLAIMS: readonly Block[] = [
  { header: 'expect', properties: FIGURES },
  { header: 'measured', properties: FIGURES },
];
const ENGINE: Block = {
  header: 'engine',
  properties: { name: 'sglang', 'speculative-tokens': '1', acceptance: '80%', 'all-to-all': 'deepep' },
};
const USES = { model: 'm', cluster: 'c', workload: 'w' };

function parallel(properties: Readonly<Record<string, string>>): Block {
  return { header: 'parallel', properties };
}

/** One plan of each kind of workload; between them they hold every block that has numbers. */
const PLANS: Readonly<Record<string, readonly Block[]>> = {
  batch: [
    MODEL,
    ...HARDWARE,
    { header: 'workload w', properties: { sequences: '32', length: '512 tokens' } },
    {
      header: 'deployment d',
      properties: { ...USES, cluster: 'mixed' },
      blocks: [
        parallel({ tp: '2', pp: '2', ep: '4' }),
        { header: 'stage front', properties: { layers: '0', gpus: '0..3' } },
        { header: 'stage back', properties: { layers: '1', gpus: '4..7' } },
        ...CLAIMS,
      ],
    },
  ],
  serving: [
    MODEL,
    ...HARDWARE,
    { header: 'workload w', properties: { input: '512 tokens', output: '64 tokens', concurrency: '16' } },
    {
      header: 'deployment d',
      properties: { ...USES, balance: 'eplb', 'redundant-experts': '4' },
      blocks: [
        { header: 'pool prefill', properties: { gpus: '0..3' }, blocks: [parallel({ tp: '2', ep: '4' }), ENGINE] },
        {
          header: 'pool decode',
          properties: { gpus: '4..7', replicas: '2' },
          blocks: [parallel({ tp: '2', ep: '2' })],
        },
        ENGINE,
        ...CLAIMS,
      ],
    },
    {
      header: 'search s',
      properties: { base: 'd' },
      blocks: [
        { header: 'vary', properties: { tp: '[1, 2]', chunk: '512 tokens' } },
        { header: 'require', properties: { 'gpus-used': '8' } },
      ],
    },
  ],
  training: [
    MODEL,
    ...HARDWARE,
    { header: 'workload w', properties: { 'global-batch': '32', 'micro-batch': '1', length: '512 tokens' } },
    {
      header: 'deployment d',
      properties: USES,
      blocks: [
        parallel({ tp: '2', pp: '2', ep: '4', zero: '1' }),
        { header: 'engine', properties: { name: 'megatron' } },
        ...CLAIMS,
      ],
    },
  ],
};

/** The text of blocks, with a property of every block of a keyword set to a value. */
function write(blocks: readonly Block[], keyword: string, name: string, value: string): string {
  return blocks
    .map(({ header, properties, blocks: inside = [] }) => {
      const set = header.split(' ')[0] === keyword ? { ...properties, [name]: value } : properties;
      const lines = Object.entries(set).map(([key, each]) => `${key} = ${each}`);
      return `${header} {\n${lines.join('\n')}\n${write(inside, keyword, name, value)}}\n`;
    })
    .join('');
}

function keywordsOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap(({ header, blocks: inside = [] }) => [header.split(' ')[0] ?? '', ...keywordsOf(inside)]);
}

const NUMBERS = [0, 1, -1, 2 ** 31, 2 ** 53, 1e308, 0.1, 7];
const units = [...new Map([...UNITS.values()].map(({ name, dimension }) => [dimension, name])).values()];
const VALUES = [
  ...NUMBERS.map(String),
  ...['NaN', '1e999', '0 / 0', '2 * 1e308', '[0, 1e308]', '0..2_147_483_648'],
  ...units.flatMap((unit) => [1, 2 ** 53].map((number) => `${number} ${unit}`)),
];

function isNumeric(type: ValueType): boolean {
  if (type.kind === 'either') return type.of.some(isNumeric);
  return ['quantity', 'integer', 'indexes', 'application'].includes(type.kind);
}

/** Everything that an editor asks of a text by itself, and what can be exported of it. */
function askAll(text: string, cache: AnalysisCache): void {
  const analysis = analyseDocument(MAIN, catalogSources(new Map([[MAIN, text]])), cache);
  const internal = diagnose(analysis).filter(({ rule }) => rule === 'internal-error');
  expect(internal.map(({ message }) => message)).toEqual([]);
  for (const { node } of analysis.program.own) hover(analysis, (node.name ?? node.keyword).span.start);
  inlayHints(analysis, { start: 0, end: text.length });
  codeLenses(analysis);
  previewModel(analysis, 1);
  report(analysis);
}

const numeric = VOCABULARY.flatMap(({ keyword, properties }) =>
  properties.filter(({ type }) => isNumeric(type)).map((property): [string, PropertySpec] => [keyword, property]),
);
/** Work, degrees and engines mean different things to each kind of plan; the rest says the same in all of them. */
const plansWith = (keyword: string) =>
  Object.entries(PLANS)
    .filter(([, blocks]) => keywordsOf(blocks).includes(keyword))
    .slice(['workload', 'parallel', 'engine'].includes(keyword) ? 0 : -1);
const cases = numeric.flatMap(([keyword, { name }]) =>
  plansWith(keyword).map(([kind, blocks]) => ({ kind, keyword, name, blocks })),
);

describe('any number in any property: everything is answered, soon and without an internal error', () => {
  test('the plans hold every block that has numbers', () => {
    const held = new Set(Object.values(PLANS).flatMap(keywordsOf));
    expect(numeric.map(([keyword]) => keyword).filter((keyword) => !held.has(keyword))).toEqual([]);
    expect(blockSpec('model', 'layers')?.properties).toEqual([]);
  });

  // The test's own limit is what bounds the work: a loop over such a number would not end within it.
  test.each(cases)('$kind: $keyword { $name }', { timeout: 30_000 }, ({ keyword, name, blocks }) => {
    const cache = new AnalysisCache();
    for (const value of VALUES) askAll(write(blocks, keyword, name, value), cache);
  });
});
