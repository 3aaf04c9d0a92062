import { describe, expect, test } from 'vitest';
import type { Argument } from '../../server/src/engines/argument.ts';
import { engineProfile } from '../../server/src/engines/index.ts';
import { Arguments, type Json } from '../../server/src/engines/launch.ts';
import { launchedPools } from '../../server/src/launch/write/plan.ts';
import { type Analysis, AnalysisCache, analyseDocument, deploymentNamed } from '../../server/src/services/analysis.ts';
import { writtenLaunch } from '../../server/src/services/launches/written.ts';
import { CATALOG } from '../catalog/catalog.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';
import { planned, readText } from './launched.ts';

const HEAD = `cluster h200 { node = DGX-H200, count = 4 }
workload chat { input = 4000 tokens, output = 1000 tokens, concurrency = 512 }
workload cached { input = 4000 tokens, output = 1000 tokens, concurrency = 64, prefix-share = 50% }
workload run { length = 4096 tokens, global-batch = 512, micro-batch = 1 }
`;

/** Deployments of every engine, each with settings of its own. */
const PLANS: Readonly<Record<string, string>> = {
  'vllm over all GPUs': `model = DeepSeek-R1, workload = chat, gpus = 0..7, parallel { tp = 8 }, types { kv = fp8 }
    engine { name = vllm, memory-fraction = 0.92, max-requests = 64, graphs = false, page = 64 tokens, cache-memory = 30 GiB }`,
  'vllm wide': `model = DeepSeek-R1, workload = chat, gpus = 0..15, balance = eplb, redundant-experts = 32, parallel { dp = 16, ep = 16 }
    engine { name = vllm, all-to-all = deepep-low-latency, two-batch-overlap = true, dispatch-tokens = 256 tokens, max-requests = 256 }`,
  'vllm over machines': `model = Kimi-K2, workload = chat, gpus = 0..31, parallel { tp = 8, pp = 4, dcp = 8 }, types { kv = fp8 }
    engine { name = vllm, step-tokens = 4096 tokens, max-requests = 512 }`,
  'vllm drafting': `model = DeepSeek-V3, workload = cached, gpus = 0..7, parallel { tp = 8 }
    engine { name = vllm, speculative-tokens = 1, acceptance = 80%, max-context = 16_384 tokens, max-requests = 32 }`,
  sglang: `model = DeepSeek-V3.1, workload = chat, gpus = 0..7, parallel { tp = 2, dp = 4, ep = 8 }, types { kv = fp8 }
    engine { name = sglang, all-to-all = deepep, chunk = 32_768 tokens, max-requests = 512, graph-batch = 128, dp-lm-head = true, dp-dense = true, moe-backend = deepgemm }`,
  'sglang drafting': `model = DeepSeek-V3.1, workload = cached, gpus = 0..7, parallel { tp = 8 }
    engine { name = sglang, speculative-tokens = 3, acceptance = 60%, cache-tokens = 200_000 tokens, memory-fraction = 0.85, max-requests = 48 }`,
  'trt-llm': `model = DeepSeek-R1, workload = chat, gpus = 0..7, balance = eplb, redundant-experts = 32, parallel { dp = 8, ep = 8 }, types { kv = fp8 }
    engine { name = trt-llm, memory-fraction = 0.8, graph-batch = 64, step-tokens = 8192 tokens, moe-backend = cutlass, max-requests = 64 }`,
  megatron: `model = Qwen3-30B-A3B, workload = run, parallel { tp = 2, pp = 2, ep = 8, etp = 1, zero = 1, recompute = [attention, activation], sequence-parallel = true, dp-overlap = true }
    engine { name = megatron, all-to-all = nccl }`,
  'megatron-bridge': `model = Qwen3-30B-A3B, workload = run, parallel { tp = 2, pp = 2, vpp = 3, ep = 8, zero = 1, recompute = full, recompute-layers = 2 }
    engine { name = megatron-bridge, all-to-all = gather }`,
};

function analysisOf(text: string): Analysis {
  const uri = `${WORKSPACE}plan.moeplan`;
  return analyseDocument(uri, memorySources(new Map([[uri, text]]), CATALOG), new AnalysisCache());
}

function deploymentOf(body: string) {
  const analysis = analysisOf(`${HEAD}deployment written {\n  cluster = h200, ${body}\n}\n`);
  const resolved = deploymentNamed(analysis, 'written');
  if (!resolved?.deployment || !resolved.spec) throw new Error(`cannot be computed: ${resolved?.invalid}`);
  return { analysis, resolved, deployment: resolved.deployment, spec: resolved.spec };
}

function filesOf(body: string) {
  const { analysis, resolved } = deploymentOf(body);
  const written = writtenLaunch(analysis, resolved);
  if ('refused' in written) throw new Error(written.refused);
  return written.files;
}

function isOfKind({ kind }: Argument, value: Json): boolean {
  switch (kind) {
    case 'switch':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'text':
      return typeof value === 'string' || typeof value === 'number' || Array.isArray(value);
    case 'json':
      return typeof value === 'object' || typeof value === 'string';
  }
}

describe('what is written', () => {
  test.each(Object.entries(PLANS))("of %s, the engine's own parser takes", (_, body) => {
    const { deployment, spec } = deploymentOf(body);
    const [pool] = launchedPools(deployment, spec) ?? [];
    const { launch } = engineProfile(deployment.pools[0]?.engine.name ?? 'ideal');
    if (!pool || !launch) throw new Error('is not started');
    const table = new Arguments(launch.table, []);
    expect(pool.writing.arguments.length).toBeGreaterThan(3);
    for (const { name, value } of pool.writing.arguments) {
      const { argument } = table.argumentOf(name);
      expect(argument?.concern, name).toBeDefined();
      if (!argument) continue;
      expect(value === null || isOfKind(argument, value), `${name} = ${JSON.stringify(value)}`).toBe(true);
      if (argument.choices && typeof value === 'string') expect(argument.choices, name).toContain(value);
    }
  });

  test.each(Object.entries(PLANS))('of %s, read again, is the same plan', (_, body) => {
    const { deployment } = deploymentOf(body);
    const files = filesOf(body);
    // The first machine's script starts the whole instance, and what it names lies beside it.
    const [first, ...others] = files;
    const beside = others
      .filter(({ name }) => name.endsWith('.yaml'))
      .map(({ name, text }) => `cat > ${name} <<'E'\n${text}E\n`);
    const isScript = first?.name.endsWith('.sh') === true;
    const document = readText(first?.name ?? '', `${isScript ? beside.join('') : ''}${first?.text}`);
    const read = document && planned(document.launched).plan.deployments[0]?.deployment;
    const [before, after] = [deployment.pools[0], read?.pools[0]];
    if (!before || !after) throw new Error(document?.launched.plan.text ?? 'launches nothing');
    const degrees = ({
      tp,
      cp,
      dp,
      pp,
      vpp,
      etp,
      ep,
      edp,
      dcp,
      zero,
      recompute,
      sequenceParallel,
    }: typeof before.parallel) => ({
      ...{ tp, cp, dp, pp, vpp, etp, ep, edp, dcp: dcp ?? 1, zero, recompute, sequenceParallel },
    });
    expect(degrees(after.parallel), document?.launched.plan.text).toEqual(degrees(before.parallel));
    const settings = ({
      name,
      graphs,
      maxRequests,
      maxContext,
      cacheTokens,
      cacheMemoryBytes,
      allToAll,
      speculativeTokens,
      twoBatchOverlap,
      moeBackend,
      memoryFraction,
      dpHead,
      dpDense,
      pageTokens,
      stepTokens,
    }: typeof before.engine) => ({
      ...{
        name,
        graphs,
        maxRequests,
        cacheTokens,
        cacheMemoryBytes,
        speculativeTokens,
        twoBatchOverlap,
        moeBackend,
        memoryFraction,
      },
      ...{
        allToAll,
        dpHead,
        dpDense,
        pageTokens,
        stepTokens,
        ...(deployment.workload.kind === 'serving' && { isLimited: maxContext !== undefined }),
      },
    });
    expect(settings(after.engine)).toEqual(settings(before.engine));
    expect(after.model.types.kv).toBe(before.model.types.kv);
    expect(after.gpus).toHaveLength(before.gpus.length);
    expect(read?.model.name).toBe(deployment.model.name);
    expect(read?.cluster.groups[0]?.node.gpu.name).toBe('H200-SXM');
  });

  test('names what was derived, and the limits of requests and of their length are always there', () => {
    const [file] = filesOf(
      'model = DeepSeek-R1, workload = chat, gpus = 0..7, parallel { tp = 8 }, engine { name = vllm }',
    );
    expect(file?.text).toContain('--max-model-len 5056');
    expect(file?.text).toContain('--max-num-seqs 512');
    expect(file?.text).toContain('# Derived: max-context = 5056');
  });

  test('is a script for each machine, which asks for the address of the first', () => {
    const files = filesOf(PLANS['vllm wide'] ?? '');
    expect(files.map(({ name }) => name)).toEqual(['written-node0.sh', 'written-node1.sh']);
    expect(files[1]?.text).toContain('--data-parallel-start-rank 8');
    expect(files[1]?.text).toContain('--headless');
    for (const { text } of files) expect(text).toContain(': "${LEADER:?address of the first machine}"');
  });

  test.each([
    [
      'a plan that the engine refuses',
      'model = DeepSeek-R1, workload = chat, gpus = 0..7, parallel { tp = 4, ep = 2 }, engine { name = vllm }',
      /vLLM/,
    ],
    [
      'an engine that nobody starts',
      'model = DeepSeek-R1, workload = chat, gpus = 0..7, parallel { tp = 8 }',
      /nobody starts/,
    ],
  ])('is nothing for %s, with the reason', (_, body, reason) => {
    const { analysis, resolved } = deploymentOf(body);
    expect(writtenLaunch(analysis, resolved)).toEqual({ refused: expect.stringMatching(reason) });
  });
});
