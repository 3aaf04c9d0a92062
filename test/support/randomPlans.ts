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

const CATALOG_TEXT = [...CATALOG.values()].join('\n');

/** GPUs of a machine: its own number, or that of the one which it extends. */
function gpusOf(node: string): number {
  const start = CATALOG_TEXT.indexOf(`\nnode ${node} `) + 1;
  const text = CATALOG_TEXT.slice(start, CATALOG_TEXT.indexOf('}', start));
  const base = /^node \S+\s+extends\s+(\S+)/.exec(text)?.[1];
  const own = /\bgpus\s*= (\d+)/.exec(text)?.[1];
  if (own === undefined && base === undefined) throw new Error(`the catalogue has no node ${node} with GPUs`);
  return own === undefined ? gpusOf(base ?? '') : Number(own);
}

/** One plan in parts, so that a test can change a part and compare. */
export interface RandomPlan {
  readonly model: string;
  readonly node: string;
  readonly nodes: number;
  readonly types: string;
  readonly engine: Readonly<Record<string, string>>;
  readonly parallel: Readonly<Record<string, string>>;
  readonly workload: Readonly<Record<string, string>>;
  /** GPUs of each pool: of the only one, or of prefill's and decode's own. */
  readonly pools: readonly number[];
}

const power = (most: number) => fc.nat(most).map((exponent) => String(2 ** exponent));
const flag = fc.boolean().map(String);

const inference = fc
  .record(
    {
      name: fc.constantFrom('ideal', 'vllm', 'sglang', 'trt-llm'),
      'all-to-all': fc.constantFrom('nccl', 'gather', 'deepep', 'deepep-low-latency', 'deepep-normal'),
      'two-batch-overlap': flag,
      'shared-overlap': flag,
      graphs: flag,
      chunk: fc.constantFrom('512 tokens', '8192 tokens'),
      'speculative-tokens': fc.constantFrom('1', '3'),
    },
    { requiredKeys: ['name'] },
  )
  // Drafts need a share of them that is accepted.
  .map((engine) => ({ ...engine, ...('speculative-tokens' in engine && { acceptance: '0.7' }) }));

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
        schedule: fc.constantFrom('1f1b', 'zero-bubble', 'dualpipe', 'interleaved'),
        zero: fc.constantFrom('0', '1', '3'),
        recompute: fc.constantFrom('full', 'selective', 'experts'),
        vpp: fc.constantFrom('1', '2'),
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

function poolsOf(node: string, nodes: number, isApart: boolean): readonly number[] {
  const gpus = gpusOf(node);
  const front = Math.floor(nodes / 2);
  return isApart ? [gpus * front, gpus * (nodes - front)] : [gpus * nodes];
}

/** The degrees, each halved until the GPUs of every pool can be divided so; experts share the GPUs of a stage. */
function fitting(wanted: Readonly<Record<string, string>>, pools: readonly number[]): Readonly<Record<string, string>> {
  const fitted = { ...wanted };
  const divide = (taken: number, ...names: readonly string[]) => {
    let product = taken;
    for (const name of names) {
      let degree = Number(wanted[name] ?? '1');
      while (pools.some((gpus) => gpus % (product * degree) !== 0)) degree /= 2;
      product *= degree;
      if (name in wanted) fitted[name] = String(degree);
    }
    return product;
  };
  const stages = divide(1, 'pp');
  divide(stages, 'tp', 'cp');
  divide(stages, 'etp', 'ep');
  return fitted;
}

export const randomPlan: fc.Arbitrary<RandomPlan> = fc
  .record({
    model: fc.constantFrom(...CATALOG_MODELS),
    node: fc.constantFrom(...CATALOG_NODES),
    nodes: fc.constantFrom(1, 2, 4, 9),
    types: fc.constantFrom('', 'weights = bf16', 'weights = fp8', 'weights = fp8-block, kv = fp8', 'experts = mxfp4'),
    work,
    isApart: fc.boolean(),
  })
  .map(({ work: { engine, parallel, workload }, isApart, ...rest }) => {
    const pools = poolsOf(rest.node, rest.nodes, isApart && 'input' in workload && rest.nodes > 1);
    return { ...rest, pools, engine, workload, parallel: fitting(parallel, pools) };
  });

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

/** The plan as text. Some models cannot be divided so: a test passes over what cannot be computed. */
export function textOf(plan: RandomPlan, names: PlanNames = NAMES): string {
  const { model, node, nodes, types, engine, parallel, workload } = plan;
  const layout = [
    `  parallel { ${written(parallel)} }`,
    `  engine { ${written(engine)} }`,
    ...(types === '' ? [] : [`  types { ${types} }`]),
  ];
  const [front = 0, back = 0] = plan.pools;
  const pools = [
    `  pool prefill { gpus = 0..${front - 1} }`,
    `  pool decode { gpus = ${front}..${front + back - 1} }`,
    '  prefill -> decode',
  ];
  return [
    `cluster ${names.cluster} { node = ${node}, count = ${nodes} }`,
    `workload ${names.workload} { ${written(workload)} }`,
    `deployment ${names.deployment} {`,
    `  model = ${model}, cluster = ${names.cluster}, workload = ${names.workload}`,
    ...layout,
    ...(back > 0 ? pools : []),
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
