import { weightBytesOf } from '../../server/src/cost/figures/memory.ts';
import { gpuOf } from '../../server/src/plan/cluster.ts';
import { evaluated } from './analysed.ts';

const GIB = 2 ** 30;

export interface StartedPlan {
  readonly model: string;
  /** Properties of the cluster. */
  readonly machines?: string;
  /** Blocks beside the plan: models, GPUs, nodes. */
  readonly blocks?: string;
  readonly load?: string;
  readonly types?: string;
  readonly parallel?: string;
  readonly engine: string;
}

/** What the first pool of a plan comes to when its engine starts. GiB of a GPU; bytes where the name says so. */
export function started({ model, machines, blocks, load, types, parallel, engine }: StartedPlan) {
  const { deployment, memory } = evaluated(`
    ${blocks ?? ''}
    cluster machines { ${machines ?? 'node = DGX-H200, count = 1'} }
    workload load { ${load ?? 'input = 1000 tokens, output = 100 tokens'} }
    deployment plan {
      model = ${model}, cluster = machines, workload = load
      ${types === undefined ? '' : `types { ${types} }`}
      parallel { ${parallel ?? 'tp = 1'} }
      engine { ${engine} }
    }`);
  const pool = deployment.pools[0];
  const held = memory[0];
  const gpu = held?.classes[0];
  if (!pool || !held?.startup || !gpu) throw new Error('the plan has no pool that starts');
  const gib = (bytes: number) => bytes / GIB;
  return {
    engine: pool.engine,
    model: pool.model,
    gpu: gpuOf(deployment.cluster, pool.gpus[0]),
    fraction: pool.engine.memoryFraction,
    weights: gib(weightBytesOf(gpu)),
    activations: gib(gpu.activationBytes),
    total: gib(gpu.totalBytes),
    capacity: gib(gpu.capacityBytes),
    cache: gib(held.startup.account.cacheBytes),
    lines: held.startup.account.lines,
    tokens: held.startup.tokens ?? 0,
    bytesPerToken: held.kvBytesPerToken,
    requests: held.requestsThatFit,
  };
}
