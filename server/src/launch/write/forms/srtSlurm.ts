import { engineProfile } from '../../../engines/index.ts';
import type { PoolRole, Workload } from '../../../plan/deployment.ts';
import { type YamlValue, yamlText } from '../../../text/yaml.ts';
import { gpuName, headingOf, nodeSize, spreadOf, type WrittenForm } from '../form.ts';
import { plainName } from './manifest.ts';

/** Parts of a recipe: the keys of their settings and of their resources. */
const PARTS: Readonly<Record<PoolRole, { readonly key: string; readonly short: string }>> = {
  prefill: { key: 'prefill', short: 'prefill' },
  decode: { key: 'decode', short: 'decode' },
  both: { key: 'aggregated', short: 'agg' },
};

/** A recipe of srt-slurm: machines, the engine's settings of each part, and a benchmark (NVIDIA/srt-slurm, docs/config-reference.md). */
export const srtSlurm: WrittenForm = {
  title: 'a recipe of srt-slurm, with its benchmark',
  write({ deployment, pools, model }) {
    const [first] = pools;
    const { launch, title } = engineProfile(first?.pool.engine.name ?? 'ideal');
    if (!first || !launch?.recipe) return { refused: `srt-slurm has no settings of ${title}; take \`shell\`` };
    if (pools.some(({ pool }) => pool.engine.name !== first.pool.engine.name))
      return { refused: 'a recipe of srt-slurm has one engine' };
    if (new Set(pools.map(({ pool }) => pool.role)).size < pools.length)
      return { refused: 'a recipe of srt-slurm has one group of workers of each kind' };
    const resources: Record<string, YamlValue> = {
      gpu_type: gpuName(deployment).toLowerCase().replace(/-sxm$/, ''),
      gpus_per_node: nodeSize(deployment),
    };
    const config: Record<string, YamlValue> = {};
    const backend: Record<string, YamlValue> = { type: launch.recipe.framework.replace('tensorrt_llm', 'trtllm') };
    for (const launched of pools) {
      const { pool, writing } = launched;
      const { key, short } = PARTS[pool.role];
      const { perInstance } = spreadOf(deployment, launched);
      resources[`${short}_nodes`] = Math.ceil(pool.gpus.length / nodeSize(deployment));
      resources[`${short}_workers`] = pool.replicas;
      resources[`gpus_per_${short}`] = perInstance;
      config[key] = launch.recipe.write(writing.arguments);
      if (writing.environment.size > 0) backend[`${key}_environment`] = Object.fromEntries(writing.environment);
    }
    backend[launch.recipe.key] = config;
    const container = launch.container?.(first.pool.engine.version);
    const { workload } = deployment;
    const heading = headingOf(
      deployment,
      pools,
      'the place of the model and the image in srtslurm.yaml, account and partition',
    );
    const text = yamlText({
      name: deployment.name,
      model: { path: model, container, precision: precisionOf(deployment.model.types.weights) },
      resources,
      backend,
      ...(workload.kind === 'serving' && { benchmark: benchmarkOf(workload) }),
    });
    return {
      files: [
        { name: `${plainName(deployment.name)}.yaml`, text: `${heading.map((line) => `# ${line}\n`).join('')}${text}` },
      ],
    };
  },
};

type Serving = Extract<Workload, { kind: 'serving' }>;

/** Lengths of a benchmark are drawn from a share of the nominal one up to it, a plan's evenly around the mean. */
function benchmarkOf(workload: Serving): YamlValue {
  const { input, output, lengthSpread = 0, concurrency, requestRate, requests } = workload;
  const nominal = (mean: number) => Math.round(mean * (1 + lengthSpread));
  return {
    type: 'sa-bench',
    isl: nominal(input),
    osl: nominal(output),
    ...(concurrency !== undefined && { concurrencies: String(concurrency) }),
    req_rate: requestRate ?? 'inf',
    ...(requests !== undefined && concurrency !== undefined && { num_prompts_mult: requests / concurrency }),
    ...(lengthSpread > 0 && { random_range_ratio: Math.round(((1 - lengthSpread) / (1 + lengthSpread)) * 1e4) / 1e4 }),
  };
}

function precisionOf(weights: string): string {
  return /fp4|int4/.test(weights) ? 'fp4' : /8/.test(weights) ? 'fp8' : 'bf16';
}
