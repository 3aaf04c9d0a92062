import fc from 'fast-check';
import { type Analysis, AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { CATALOG, catalogSources } from '../catalog/catalog.ts';

/** Plans over everything that the catalogue has: models, machines, engines and ways to lay one over the other, as text. */

function namesOf(keyword: string): readonly string[] {
  return [...CATALOG.values()].flatMap((text) =>
    [...text.matchAll(new RegExp(`^${keyword} (\\S+)`, 'gm'))].map(([, name]) => name ?? ''),
  );
}

export const CATALOG_MODELS: readonly string[] = namesOf('model');
export const CATALOG_NODES: readonly string[] = namesOf('node');

/** One plan in parts, so that a test can change a part and compare. */
export interface RandomPlan {
  readonly model: string;
  readonly node: string;
  readonly nodes: number;
  readonly types: string;
  readonly engine: Readonly<Record<string, string>>;
  readonly parallel: Readonly<Record<string, string>>;
  readonly workload: Readonly<Record<string, string>>;
  /** Prefill and decode in pools of their own. */
  readonly isApart: boolean;
}

const power = (most: number) => fc.nat(most).map((exponent) => String(2 ** exponent));
const flag = fc.boolean().map(String);

const inference = fc.record(
  {
    name: fc.constantFrom('ideal', 'vllm', 'sglang', 'trt-llm'),
    'all-to-all': fc.constantFrom('nccl', 'gather', 'deepep', 'deepep-low-latency', 'deepep-normal'),
    'two-batch-overlap': flag,
    'shared-overlap': flag,
    graphs: flag,
    chunk: fc.constantFrom('512 tokens', '8192 tokens'),
  },
  { requiredKeys: ['name'] },
);

const training = fc.record(
  {
    name: fc.constantFrom('ideal', 'megatron', 'torchtitan'),
    'all-to-all': fc.constantFrom('nccl', 'gather', 'deepep'),
    'two-batch-overlap': flag,
    'shared-overlap': flag,
  },
  { requiredKeys: ['name'] },
);

const degrees = fc.record(
  {
    tp: power(4),
    ep: power(6),
    etp: power(2),
    cp: power(1),
    pp: power(2),
    'sequence-parallel': flag,
  },
  { requiredKeys: ['tp'] },
);

const trainingDegrees = fc
  .record({
    degrees,
    more: fc.record(
      {
        schedule: fc.constantFrom('1f1b', 'zero-bubble', 'dualpipe'),
        zero: fc.constantFrom('0', '1', '3'),
        recompute: fc.constantFrom('full', 'selective'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ degrees: own, more }) => ({ ...own, ...more }));

const tokens = (most: number) => fc.integer({ min: 1, max: most }).map((count) => `${count} tokens`);

const serving = fc.record({
  input: tokens(16_384),
  output: tokens(2_048),
  concurrency: fc.integer({ min: 1, max: 4_096 }).map(String),
});
const batch = fc.record({ sequences: fc.integer({ min: 1, max: 512 }).map(String), length: tokens(16_384) });
const trained = fc.record({
  'global-batch': fc.constantFrom('128', '1024'),
  'micro-batch': fc.constantFrom('1', '2'),
  length: fc.constantFrom('2048 tokens', '4096 tokens'),
});

const work = fc.oneof(
  fc.record({ engine: inference, parallel: degrees, workload: serving }),
  fc.record({ engine: inference, parallel: degrees, workload: batch }),
  fc.record({ engine: training, parallel: trainingDegrees, workload: trained }),
);

export const randomPlan: fc.Arbitrary<RandomPlan> = fc
  .record({
    model: fc.constantFrom(...CATALOG_MODELS),
    node: fc.constantFrom(...CATALOG_NODES),
    nodes: fc.constantFrom(1, 2, 4, 9),
    types: fc.constantFrom('', 'weights = bf16', 'weights = fp8', 'weights = fp8-block, kv = fp8', 'experts = mxfp4'),
    work,
    isApart: fc.boolean(),
  })
  .map(({ work: { engine, parallel, workload }, ...rest }) => ({
    ...rest,
    isApart: rest.isApart && 'input' in workload && rest.nodes > 1,
    engine,
    parallel,
    workload,
  }));

/** Names of everything that a plan names; a property test gives others. */
export interface PlanNames {
  readonly cluster: string;
  readonly workload: string;
  readonly deployment: string;
}

const NAMES: PlanNames = { cluster: 'machines', workload: 'work', deployment: 'plan' };

export function written(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

/** The plan as text. Most degrees of a random plan fit no machine: a test passes over what cannot be computed. */
export function textOf(plan: RandomPlan, names: PlanNames = NAMES, gpusPerNode = 8): string {
  const { model, node, nodes, types, engine, parallel, workload } = plan;
  const layout = [
    `  parallel { ${written(parallel)} }`,
    `  engine { ${written(engine)} }`,
    ...(types === '' ? [] : [`  types { ${types} }`]),
  ];
  const front = gpusPerNode * Math.max(1, Math.floor(nodes / 2));
  const pools = [
    `  pool prefill { gpus = 0..${front - 1} }`,
    `  pool decode { gpus = ${front}..${gpusPerNode * nodes - 1} }`,
    '  prefill -> decode',
  ];
  return [
    `cluster ${names.cluster} { node = ${node}, count = ${nodes} }`,
    `workload ${names.workload} { ${written(workload)} }`,
    `deployment ${names.deployment} {`,
    `  model = ${model}, cluster = ${names.cluster}, workload = ${names.workload}`,
    ...layout,
    ...(plan.isApart ? pools : []),
    '}',
    '',
  ].join('\n');
}

const URI = 'file:///plans/random.moeplan';

/** Reads one text after the other; the catalogue is read once. */
export function plansReader(): (text: string) => Analysis {
  const cache = new AnalysisCache();
  return (text) => analyseDocument(URI, catalogSources(new Map([[URI, text]])), cache);
}
