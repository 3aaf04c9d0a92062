import { describe, expect, test } from 'vitest';
import { type Analysis, AnalysisCache, analyseDocument, deploymentNamed } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { CATALOG } from '../catalog/catalog.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';

const PLAN = `${WORKSPACE}plan.moeplan`;
const HEAD = `workload chat { input = 4000 tokens, output = 1000 tokens, concurrency = 32 }
cluster small { node = DGX-H100, count = 1 }
cluster large { node = DGX-H200, count = 1 }
`;
const SERVE =
  'vllm serve deepseek-ai/DeepSeek-R1 --tensor-parallel-size 8 --max-num-seqs 64 --config more.yaml # on 8xH200\n';
const MORE = 'kv-cache-dtype: fp8\n';

/** The analysis of a plan behind `HEAD`, beside files of the workspace. */
function analysisOf(plan: string, files: Readonly<Record<string, string>> = {}, cache = new AnalysisCache()): Analysis {
  const texts = Object.entries({ 'serve.sh': SERVE, 'more.yaml': MORE, ...files, 'plan.moeplan': HEAD + plan });
  return analyseDocument(
    PLAN,
    memorySources(new Map(texts.map(([name, text]) => [WORKSPACE + name, text])), CATALOG),
    cache,
  );
}

function poolOf(analysis: Analysis, name: string) {
  return deploymentNamed(analysis, name)?.deployment?.pools[0];
}

function errorsIn(analysis: Analysis) {
  return diagnose(analysis)
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, span }) => [rule, analysis.source.text.slice(span.start, span.end)]);
}

describe('a deployment that is read from a launch', () => {
  test('has what the launch says, and what the files say that it names', () => {
    const analysis = analysisOf('deployment prod from "serve.sh" { workload = chat }\n');
    expect(errorsIn(analysis)).toEqual([]);
    expect(poolOf(analysis, 'prod')).toMatchObject({
      parallel: { tp: 8 },
      engine: { name: 'vllm', maxRequests: 64 },
      model: { name: 'DeepSeek-R1', types: { kv: 'fp8' } },
    });
  });

  test('has what its braces say before that, and so has what extends it', () => {
    const analysis = analysisOf(
      'deployment prod from "serve.sh" { workload = chat, cluster = large, engine { max-requests = 16 } }\n' +
        'deployment heir extends prod { engine { chunk = 1024 tokens } }\n',
    );
    expect(poolOf(analysis, 'prod')?.engine).toMatchObject({ name: 'vllm', maxRequests: 16 });
    expect(poolOf(analysis, 'heir')?.engine).toMatchObject({ name: 'vllm', maxRequests: 16, chunkTokens: 1024 });
  });

  test('leads to the flag that says what is wrong', () => {
    const serve = 'vllm serve deepseek-ai/DeepSeek-R1 -tp 4 -dp 2 \\\n  --enable-dbo # on 8xH200\n';
    const analysis = analysisOf('deployment prod from "serve.sh" { workload = chat }\n', { 'serve.sh': serve });
    const found = diagnose(analysis).find(({ rule }) => rule === 'vllm-overlap-needs-deepep');
    const [note] = found?.related ?? [];
    expect(note).toMatchObject({ uri: `${WORKSPACE}serve.sh`, message: 'inherited from `serve`' });
    expect(serve.slice(note?.span.start, note?.span.end)).toBe('--enable-dbo');
  });

  test('is the one of its name where the file launches several', () => {
    const recipe = (name: string, tp: number) =>
      `name: ${name}\nresources: {gpu_type: h200, gpus_per_node: 8, agg_nodes: 1, agg_workers: 1, gpus_per_agg: ${tp}}\n` +
      `backend: {vllm_config: {aggregated: {model: Qwen/Qwen3-30B-A3B, tensor-parallel-size: ${tp}}}}\n`;
    const analysis = analysisOf(
      'deployment two from "all.yaml" { workload = chat }\ndeployment other from "all.yaml" { workload = chat }\n',
      { 'all.yaml': `${recipe('one', 1)}---\n${recipe('two', 2)}` },
    );
    expect(poolOf(analysis, 'two')?.parallel.tp).toBe(2);
    expect(poolOf(analysis, 'other')?.parallel.tp).toBe(1);
  });

  test('is told what does not fit, with nothing to change in another file', () => {
    const analysis = analysisOf('deployment tight from "serve.sh" { workload = chat, cluster = small }\n');
    expect(errorsIn(analysis)).toEqual([['memory-over-capacity', 'tight']]);
    for (const { fixes = [] } of diagnose(analysis))
      for (const { edits } of fixes) expect(edits.map(({ uri }) => uri)).toEqual(edits.map(() => PLAN));
  });

  test('needs what neither says', () => {
    const analysis = analysisOf('deployment odd from "options.yaml" { workload = chat }\n', {
      'options.yaml': 'tensor_parallel_size: 8\nenable_attention_dp: true\n',
    });
    expect(errorsIn(analysis)).toEqual([['missing-property', 'deployment odd']]);
  });

  test.each([
    ['a file that is not there', 'gone.sh', 'import-not-found'],
    ['a file outside of the workspace', '../../serve.sh', 'import-outside-workspace'],
    ['a file that starts nothing', 'more.yaml', 'launches-nothing'],
  ])('tells %s once', (_, path, rule) => {
    const analysis = analysisOf(`deployment odd from "${path}" { workload = chat }\n`);
    expect(errorsIn(analysis)).toEqual([[rule, `"${path}"`]]);
  });

  test('is no heir as well', () => {
    const analysis = analysisOf(
      'deployment prod from "serve.sh" { workload = chat }\ndeployment odd from "serve.sh" extends prod {}\n',
    );
    expect(errorsIn(analysis).map(([rule]) => rule)).toEqual(['unexpected-token']);
  });
});

describe('edits', () => {
  const plan = 'deployment prod from "serve.sh" { workload = chat }\n';

  test('of the launch, or of a file that it names, change the plan as a fresh start would', () => {
    const cache = new AnalysisCache();
    expect(poolOf(analysisOf(plan, {}, cache), 'prod')?.engine.maxRequests).toBe(64);
    const edited = { 'serve.sh': SERVE.replace('64', '32') };
    expect(poolOf(analysisOf(plan, edited, cache), 'prod')?.engine.maxRequests).toBe(32);
    const beside = { ...edited, 'more.yaml': 'kv-cache-dtype: bfloat16\n' };
    const incremental = analysisOf(plan, beside, cache);
    expect(poolOf(incremental, 'prod')?.model.types.kv).toBe('bf16');
    expect(poolOf(incremental, 'prod')).toEqual(poolOf(analysisOf(plan, beside), 'prod'));
  });

  test('elsewhere keep the evaluation', () => {
    const cache = new AnalysisCache();
    const before = deploymentNamed(analysisOf(plan, {}, cache), 'prod');
    const after = deploymentNamed(analysisOf(`${plan}// more\n`, {}, cache), 'prod');
    expect(after?.deployment).toBe(before?.deployment);
  });
});
