import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDag } from '../../server/src/graph/build.ts';
import { toJson } from '../../server/src/graph/json.ts';
import type { BlockSpec, PropertySpec, ValueType } from '../../server/src/language/vocabulary/spec.ts';
import { VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import { type Analysis, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { inspect } from '../../server/src/services/outputs/inspect.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { memoryBars } from '../../server/src/services/preview/memoryBars.ts';
import { drawnOf } from '../../server/src/services/preview/pictures.ts';
import { previewTimelines } from '../../server/src/services/preview/timeline.ts';
import { previewTraffic } from '../../server/src/services/preview/traffic.ts';
import { chromeTrace } from '../../server/src/services/timeline/trace.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { acrossMagnitudes } from '../support/numbers.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { plansReader } from '../support/randomPlans.ts';
import { shippedReader } from '../support/schemas.ts';

/** One plan of everything, by its blocks: each property of each block may be given another number. */
const BLOCKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gpu: { family: 'hopper', memory: '80 GiB', bandwidth: '3.35 TB/s', bf16: '989 TFLOP/s', fp8: '1979 TFLOP/s' },
  node: { gpu: 'card', gpus: '8', 'scale-up': '450 GB/s', 'scale-out': '50 GB/s' },
  cluster: { node: 'machine', count: '2' },
  model: { layers: '4', hidden: '1024', vocabulary: '32_000' },
  attention: { heads: '16', 'kv-heads': '4', 'head-size': '64' },
  experts: { count: '16', 'top-k': '2', ffn: '1024' },
  dense: { ffn: '4096' },
  parallel: { tp: '2' },
  engine: { name: 'sglang' },
};

const WORKLOADS: readonly Readonly<Record<string, string>>[] = [
  { input: '1000 tokens', output: '500 tokens', concurrency: '64' },
  { sequences: '64', length: '512 tokens' },
  { 'global-batch': '64', length: '512 tokens' },
];

/** Lists are made of these: a test needs no long ones. */
const LISTED: Readonly<Record<string, number>> = { layers: 64, count: 256, gpus: 64, mtp: 4, pp: 4, vpp: 4, rack: 64 };

const UNITS: Readonly<Record<string, readonly [factor: number, unit: string]>> = {
  bytes: [1, 'B'],
  'bytes/s': [1e3, 'KB/s'],
  'FLOP/s': [1e9, 'GFLOP/s'],
  seconds: [1, 's'],
  tokens: [1, 'tokens'],
  'requests/s': [1, 'requests/s'],
  'price/h': [1, 'USD/h'],
};

function written(value: number, type: ValueType): string | undefined {
  if (type.kind === 'integer') return String(Math.round(value));
  if (type.kind !== 'quantity') return undefined;
  const [factor, unit] = UNITS[type.dimension] ?? [1, ''];
  return `${value / factor} ${unit}`.trim();
}

/** A number of a property's range, its ends and numbers far beyond them among these. */
function numbersOf(block: string, { name, range }: PropertySpec): fc.Arbitrary<number> {
  const isCluster = block === 'cluster' && name === 'count';
  const most = Math.min(range?.max ?? 1e300, isCluster ? 4 : (LISTED[name] ?? Number.POSITIVE_INFINITY));
  const least = Math.max(range?.min ?? 0, 1e-300);
  const whole = acrossMagnitudes(least, most);
  const ends = fc.constantFrom(least, most, 1, 3);
  // What no range holds is a finding: most plans must have figures.
  const beyond = fc.constantFrom(0, ...(name in LISTED || isCluster ? [] : [1e300, -1]));
  return fc.oneof({ weight: 9, arbitrary: whole }, { weight: 3, arbitrary: ends }, { weight: 1, arbitrary: beyond });
}

interface Change {
  readonly block: string;
  readonly property: string;
  readonly value: string;
}

function changesIn(block: BlockSpec): readonly fc.Arbitrary<Change>[] {
  return block.properties.flatMap((property) => {
    if (written(1, property.type) === undefined) return [];
    return [
      numbersOf(block.keyword, property).map((value) => ({
        block: block.keyword,
        property: property.name,
        value: written(value, property.type) ?? '',
      })),
    ];
  });
}

const changes = fc.array(
  fc.oneof(...VOCABULARY.filter(({ keyword }) => keyword in BLOCKS || keyword === 'workload').flatMap(changesIn)),
  { minLength: 1, maxLength: 3 },
);

function textWith(workload: Readonly<Record<string, string>>, all: readonly Change[]): string {
  const inside = (block: string, base: Readonly<Record<string, string>> = BLOCKS[block] ?? {}) => {
    const own = all.filter((change) => change.block === block).map(({ property, value }) => [property, value]);
    return Object.entries({ ...base, ...Object.fromEntries(own) })
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ');
  };
  return [
    `gpu card { ${inside('gpu')} }`,
    `node machine { ${inside('node')} }`,
    `cluster machines { ${inside('cluster')} }`,
    `model some { ${inside('model')}, attention { ${inside('attention')} }, experts { ${inside('experts')} }, dense { ${inside('dense')} }, layers { 0 = dense } }`,
    `workload work { ${inside('workload', workload)} }`,
    `deployment plan { model = some, cluster = machines, workload = work, parallel { ${inside('parallel')} }, engine { ${inside('engine')} } }`,
    '',
  ].join('\n');
}

const readInspection = shippedReader('inspect');
const readGraph = shippedReader('graph');

/** Every number that a user may see is one, or is absent and a finding says why. Whether there were figures. */
function expectFinite(analysis: Analysis): boolean {
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  const findings = diagnose(analysis);
  expect(findings.filter(({ rule }) => rule === 'internal-error')).toEqual([]);
  for (const { message } of findings) expectNumbers(message);
  if (!resolved || !evaluation) {
    expect(findings.some(({ severity }) => severity === 'error')).toBe(true);
    return false;
  }
  const inspection = inspect(analysis);
  readInspection(JSON.stringify(inspection));
  readGraph(toJson(buildDag(evaluation), resolved.name));
  if (inspection.deployments[0]?.prediction.throughputTokensPerSecond === undefined)
    expect(findings.some(({ severity }) => severity === 'error' || severity === 'warning')).toBe(true);
  expectNumbers(report(analysis));
  const { text } = analysis.source;
  for (const word of ['plan {', 'model = some', 'tp = ']) {
    const shown = hover(analysis, text.indexOf(word) + 1);
    if (shown) expectNumbers(JSON.stringify(shown));
  }
  for (const drawn of [
    previewTimelines(evaluation),
    previewTraffic(evaluation),
    memoryBars(evaluation),
    drawnOf(evaluation).detailed.picture,
    JSON.parse(chromeTrace(evaluation)),
  ])
    expectFiniteIn(drawn);
  return true;
}

function expectNumbers(text: string): void {
  expect(/.{0,60}(\bNaN\b|\bInfinity\b|\bunknown (?!property|block)|unknown$).{0,20}/.exec(text)?.[0]).toBeUndefined();
}

function expectFiniteIn(value: unknown, path = ''): void {
  if (typeof value === 'number') expect(Number.isFinite(value), path).toBe(true);
  else if (typeof value === 'string') expectNumbers(value);
  else if (Array.isArray(value)) for (const [index, each] of value.entries()) expectFiniteIn(each, `${path}/${index}`);
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) expectFiniteIn(each, `${path}/${name}`);
}

/** Every view of a plan is made in each run; only one that hangs takes longer. */
const PATIENCE = 300_000;

describe('whatever the numbers are', () => {
  const read = plansReader();

  test(
    'a figure of a written plan is finite, or absent with a finding',
    () => {
      const plans = fc.tuple(fc.constantFrom(...WORKLOADS), changes);
      assertMost(plans, ([workload, all]) => expectFinite(read(textWith(workload, all))), { runs: 20 });
    },
    PATIENCE,
  );

  // Parts of a byte and of a token were written where JSON has whole ones.
  test.each([
    { block: 'gpu', property: 'memory', value: '79.3 GiB' },
    { block: 'engine', property: 'reserve', value: '1.3 GiB' },
    { block: 'engine', property: 'page', value: '16.5 tokens' },
    { block: 'model', property: 'vision', value: '1.3 GiB' },
  ])('also of $property = $value', (change) => {
    const [served = {}] = WORKLOADS;
    expect(expectFinite(read(textWith(served, [change])))).toBe(true);
  });

  const FIELDS: readonly (readonly [name: string, value: number])[] = [
    ['hidden_size', 512],
    ['intermediate_size', 1024],
    ['moe_intermediate_size', 256],
    ['num_attention_heads', 8],
    ['num_key_value_heads', 4],
    ['head_dim', 64],
    ['num_hidden_layers', 4],
    ['num_experts', 8],
    ['num_experts_per_tok', 2],
    ['vocab_size', 1000],
    ['decoder_sparse_step', 1],
    ['sliding_window', 128],
    ['num_nextn_predict_layers', 0],
  ];
  const fields = fc.array(
    fc.tuple(
      fc.constantFrom(...FIELDS.map(([name]) => name)),
      fc.oneof(
        { weight: 1, arbitrary: fc.constantFrom(0, -1, 1e9, 1e12, 1e300, 0.5) },
        { weight: 2, arbitrary: fc.nat(100_000) },
        { weight: 2, arbitrary: fc.nat(17).map((power) => 2 ** power) },
      ),
    ),
    { maxLength: 2 },
  );

  test(
    'a figure of a config is finite, or absent with a finding',
    () => {
      const uri = 'file:///plans/config.moeplan';
      assertMost(
        fc.tuple(fields, fc.constantFrom(...WORKLOADS)),
        ([own, workload]) => {
          const limited = own.map(([name, value]) => [name, LISTED_FIELDS.has(name) ? Math.min(value, 64) : value]);
          const config = { model_type: 'qwen3_moe', ...Object.fromEntries(FIELDS), ...Object.fromEntries(limited) };
          const text = textWith(workload, []).replace(/^model some .*$/m, 'model some from "config.json"');
          const files = new Map([
            [uri, text],
            ['file:///plans/config.json', JSON.stringify(config)],
          ]);
          return expectFinite(analyseDocument(uri, catalogSources(files)));
        },
        { runs: 12 },
      );
    },
    PATIENCE,
  );
});

const LISTED_FIELDS: ReadonlySet<string> = new Set(['num_hidden_layers', 'num_experts', 'num_nextn_predict_layers']);

describe('what computes nothing', () => {
  const read = plansReader();
  const findings = (model: string) => {
    const text = textWith(WORKLOADS[0] ?? {}, []).replace(/^model some .*$/m, model);
    const analysis = read(text);
    const [resolved] = analysis.plan.deployments;
    expect(resolved && analysis.evaluationOf(resolved)).toBeUndefined();
    return diagnose(analysis).filter(({ severity }) => severity === 'error');
  };

  test('layers without a part, and letters without their blocks, are one finding each', () => {
    expect(findings('model some { layers = 2, hidden = 64 }').map(({ rule }) => rule)).toEqual(['incomplete-block']);
    const letters = findings('model some { hidden = 64, pattern = "EM-*" }');
    expect(letters.map(({ rule }) => rule)).toEqual(['incomplete-block', 'layer-pattern']);
    expect(letters[1]?.message).toContain('`E` stands for a part that the model does not have');
    const pattern = 'model some { hidden = 64, pattern = "E*", attention { heads = 4 } }';
    expect(findings(pattern).map(({ rule }) => rule)).toEqual(['layer-pattern']);
  });

  test('a config whose widths are nothing is not read', () => {
    const base = {
      model_type: 'llama',
      hidden_size: 64,
      num_attention_heads: 4,
      num_hidden_layers: 2,
      vocab_size: 100,
    };
    const refused = (more: object) => readConfig('m', { ...base, intermediate_size: 128, ...more });
    expect(refused({})).toHaveProperty('model');
    expect(refused({ intermediate_size: 0 })).toMatchObject({ refused: expect.stringContaining('intermediate_size') });
    expect(refused({ num_key_value_heads: 0 })).toMatchObject({
      refused: expect.stringContaining('num_key_value_heads'),
    });
  });
});
