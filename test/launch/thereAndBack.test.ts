import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsOf } from '../../server/src/engines/launchWriting.ts';
import type { WrittenFormName } from '../../server/src/launch/write/forms/index.ts';
import type { Pool } from '../../server/src/plan/deployment.ts';
import type { PoolSpec } from '../../server/src/plan/spec.ts';
import { AnalysisCache, analyseDocument, deploymentNamed } from '../../server/src/services/analysis.ts';
import { writtenLaunch } from '../../server/src/services/launches/written.ts';
import { CATALOG } from '../catalog/catalog.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { memorySources } from '../support/sources.ts';
import { planned, readText } from './launched.ts';

/** A pool as it is drawn: what an engine can be told of it. */
interface Drawn {
  readonly engine: 'vllm' | 'sglang' | 'trt-llm';
  readonly isSplit: boolean;
  readonly gpus: number;
  readonly replicas: number;
  readonly tp: number;
  readonly isSpread: boolean;
  readonly settings: readonly string[];
  readonly types: readonly string[];
}

/** Settings by engine: every one that a plan says of a server and the engine has an argument for. */
const COMMON = [
  'memory-fraction = 0.83',
  'max-requests = 48',
  'max-context = 12_288 tokens',
  'page = 64 tokens',
  'graph-batch = 24',
  'graphs = false',
  'speculative-tokens = 2, acceptance = 70%',
];
const SETTINGS: Readonly<Record<Drawn['engine'], readonly string[]>> = {
  vllm: [...COMMON, 'step-tokens = 4096 tokens', 'cache-memory = 20 GiB', 'moe-backend = cutlass'],
  sglang: [...COMMON, 'chunk = 4096 tokens', 'cache-tokens = 100_000 tokens', 'moe-backend = deepgemm'],
  'trt-llm': [...COMMON, 'step-tokens = 4096 tokens', 'cache-tokens = 100_000 tokens', 'moe-backend = trtllm'],
};

const drawn: fc.Arbitrary<Drawn> = fc.constantFrom('vllm', 'sglang', 'trt-llm').chain((engine) =>
  fc.record({
    engine: fc.constant(engine),
    isSplit: fc.boolean(),
    gpus: fc.constantFrom(4, 8, 16),
    replicas: fc.constantFrom(1, 1, 2),
    tp: fc.constantFrom(1, 2, 4, 8),
    isSpread: fc.boolean(),
    settings: fc.subarray([...SETTINGS[engine]]),
    types: fc.subarray(['kv = fp8']),
  }),
);

function planOf({ engine, isSplit, gpus, replicas, tp, isSpread, settings, types }: Drawn): string {
  const dp = Math.max(1, gpus / tp);
  // vLLM and SGLang spread experts over all GPUs of a stage or over none.
  const parallel = `parallel { tp = ${Math.min(tp, gpus)}, dp = ${dp}, ${isSpread ? `ep = ${gpus}` : `etp = ${gpus}`} }`;
  const said = `engine { ${[`name = ${engine}`, ...settings].join(', ')} }${types.length > 0 ? `, types { ${types.join()} }` : ''}`;
  const all = gpus * replicas;
  const pools = isSplit
    ? `pool prefill { gpus = 0..7, parallel { tp = 8 }, engine { name = ${engine}, max-requests = 8 } }
       pool decode { gpus = 16..${15 + all}, replicas = ${replicas}, ${parallel}, ${said} }
       prefill -> decode`
    : `pool server { gpus = 0..${all - 1}, replicas = ${replicas}, ${parallel}, ${said} }`;
  return `cluster h200 { node = DGX-H200, count = 8 }
workload chat { input = 4000 tokens, output = 1000 tokens, concurrency = 256, length-spread = 10% }
deployment written {
  model = DeepSeek-R1, cluster = h200, workload = chat
  ${pools}
}
`;
}

const LIMITS = /max-context|max-requests|acceptance/;

/** What a pool is, as far as its launch says it. Where its GPUs lie is said by the machines. */
function essence(pool: Pool, said: PoolSpec): Record<string, unknown> {
  const { tp, cp, dp, pp, etp, ep, edp, dcp = 1 } = pool.parallel;
  // Limits are written in any case. Without graphs no batch is the largest that they have.
  const moot = said.engine.graphs === false ? /max-context|max-requests|acceptance|graph-batch/ : LIMITS;
  const settings = [...settingsOf(said)].filter(([name]) => !moot.test(name));
  const { name, maxRequests, maxContext } = pool.engine;
  const degrees = { tp, cp, dp, pp, etp, ep, edp, dcp };
  return {
    role: pool.role,
    gpus: pool.gpus.length / pool.replicas,
    replicas: pool.replicas,
    degrees,
    name,
    ...(said.engine.maxRequests !== undefined && { maxRequests }),
    ...(said.engine.maxContext !== undefined && { maxContext }),
    settings: Object.fromEntries(settings.sort()),
  };
}

function written(text: string) {
  const uri = `${WORKSPACE}plan.moeplan`;
  const analysis = analyseDocument(uri, memorySources(new Map([[uri, text]]), CATALOG), new AnalysisCache());
  const resolved = deploymentNamed(analysis, 'written');
  return resolved?.deployment && resolved.spec
    ? { analysis, resolved, deployment: resolved.deployment, spec: resolved.spec }
    : undefined;
}

/** Whether a plan could be written; what is written of it is read as the same plan. */
function comesBack(drawn: Drawn, form: WrittenFormName): boolean {
  const before = written(planOf(drawn));
  // A script starts one instance, and another one is a script of its own.
  if (!before || (form === 'shell' && (drawn.isSplit || drawn.replicas > 1))) return false;
  const launch = writtenLaunch(before.analysis, before.resolved, { form });
  if ('refused' in launch) return false;
  const [file, ...others] = launch.files;
  // What a script names lies beside it: here it writes it itself.
  const beside = others.filter(({ name }) => name.endsWith('.yaml'));
  const text = `${beside.map(({ name, text: lines }) => `cat > ${name} <<'E'\n${lines}E\n`).join('')}${file?.text}`;
  const document = readText(file?.name ?? '', text);
  const after = document && planned(document.launched).plan.deployments[0];
  if (!after?.deployment || !after.spec) throw new Error(`not read again: ${after?.invalid}\n${file?.text}`);
  const { spec } = after;
  const came = after.deployment.pools.flatMap((pool, index) => {
    const said = spec.pools[index];
    return said ? [essence(pool, said)] : [];
  });
  const went = before.deployment.pools.flatMap((pool, index) => {
    const said = before.spec.pools[index];
    return said ? [essence(pool, said)] : [];
  });
  for (const [index, pool] of went.entries()) {
    const back = came[index];
    // What was derived for one that said nothing is said now.
    const compared = { ...back };
    for (const name of ['maxRequests', 'maxContext']) if (!(name in pool)) delete compared[name];
    if (JSON.stringify(pool) !== JSON.stringify(compared))
      throw new Error(
        `${JSON.stringify(pool)}\n${JSON.stringify(compared)}\n${file?.text}\n${document?.launched.plan.text}`,
      );
  }
  if (went.length !== came.length) throw new Error(`${came.length} pools in place of ${went.length}\n${file?.text}`);
  return true;
}

describe('a plan that is written and read again is the same plan', () => {
  test.each(['kubernetes', 'llm-d', 'dynamo', 'srt-slurm'] as const)('as %s', (form) => {
    assertMost(drawn, (plan) => comesBack(plan, form), { runs: 60, least: 0.4 });
  });

  test('as a script', () => {
    assertMost(drawn, (plan) => comesBack(plan, 'shell'), { runs: 90, least: 0.1 });
  });

  test.each(['kubernetes', 'llm-d', 'dynamo'] as const)('as %s, however long its name is', (form) => {
    const name = 'deepseek-r1-on-four-machines-of-eight-gpus-each-for-the-evening-load';
    const plan = `cluster h200 { node = DGX-H200, count = 2 }
workload chat { input = 4000 tokens, output = 1000 tokens, concurrency = 16 }
deployment ${name} {
  model = DeepSeek-R1, cluster = h200, workload = chat, parallel { tp = 8 }, engine { name = vllm }
  pool prefill { gpus = 0..7 }
  pool decode { gpus = 8..15 }
  prefill -> decode
}
`;
    const uri = `${WORKSPACE}plan.moeplan`;
    const analysis = analyseDocument(uri, memorySources(new Map([[uri, plan]]), CATALOG), new AnalysisCache());
    const resolved = deploymentNamed(analysis, name);
    const launch = resolved && writtenLaunch(analysis, resolved, { form });
    if (!launch || 'refused' in launch) throw new Error(launch?.refused);
    const document = readText('again.yaml', launch.files[0]?.text ?? '');
    const again = document && planned(document.launched).plan.deployments[0]?.deployment;
    expect(again?.pools.map(({ role }) => role)).toEqual(['prefill', 'decode']);
  });
});
