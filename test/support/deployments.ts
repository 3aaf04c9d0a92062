import type { Attention } from '../../server/src/plan/attention.ts';
import type { Cluster, Gpu, Node } from '../../server/src/plan/cluster.ts';
import type { Deployment, Engine, ExpertMap, Pool, Stage, Workload } from '../../server/src/plan/deployment.ts';
import type { DenseFeedForward, Experts, LayerClass, Model } from '../../server/src/plan/model.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';

/** Plain deployments for tests, built without the language: small parts with defaults that a test overrides. */

export const H100: Gpu = {
  name: 'H100-SXM',
  family: 'hopper',
  memoryBytes: 80 * 2 ** 30,
  memoryBandwidth: 3.35e12,
  peak: { fp32: 67e12, bf16: 989e12, fp8: 1979e12 },
  multiprocessors: 132,
};

export const H200: Gpu = {
  ...H100,
  name: 'H200-SXM',
  family: 'hopper',
  memoryBytes: 141e9,
  memoryBandwidth: 4.8e12,
};

export function node(gpu: Gpu = H100, changes: Partial<Node> = {}): Node {
  return {
    name: 'node',
    gpu,
    gpus: 8,
    domain: 8,
    hostGpus: changes.gpus ?? 8,
    topology: 'switch',
    scaleUpBandwidth: 450e9,
    scaleUpLatency: 2e-6,
    scaleOutBandwidth: 50e9,
    scaleOutLatency: 5e-6,
    ...changes,
  };
}

export function cluster(nodes: number, of: Node = node(), changes: Partial<Cluster> = {}): Cluster {
  return {
    name: 'cluster',
    groups: [{ name: 'nodes', node: of, count: nodes, firstGpu: 0 }],
    gpuCount: nodes * of.gpus,
    nodeCount: nodes,
    oversubscription: 1,
    ...changes,
  };
}

const ATTENTION = {
  name: 'attention',
  bias: false,
  outputBias: false,
  qkNorm: false,
  sinks: false,
  outputGate: false,
} as const;

export function gqa(heads: number, kvHeads: number, headSize: number, changes: object = {}): Attention {
  return { ...ATTENTION, kind: 'gqa', heads, kvHeads, headSize, valueHeadSize: headSize, ...changes };
}

/** DeepSeek-V3's latent attention. */
export const MLA: Attention = {
  ...ATTENTION,
  kind: 'mla',
  heads: 128,
  queryRank: 1536,
  kvRank: 512,
  nopeSize: 128,
  ropeSize: 64,
  valueSize: 128,
};

export function experts(count: number, topK: number, ffn: number, changes: Partial<Experts> = {}): Experts {
  return {
    kind: 'moe',
    count,
    topK,
    ffn,
    gated: true,
    bias: false,
    shared: 0,
    sharedFfn: 0,
    sharedGate: false,
    zero: 0,
    groups: 1,
    topGroups: 1,
    routerBias: false,
    popularity: { kind: 'uniform' },
    ...changes,
  };
}

export function dense(ffn: number, changes: Partial<DenseFeedForward> = {}): DenseFeedForward {
  return { kind: 'dense', ffn, gated: true, bias: false, ...changes };
}

export function layer(
  name: string,
  attention: Attention,
  feedForward: LayerClass['feedForward'],
  norms = 2,
): LayerClass {
  return { name, attention, feedForward, norms };
}

export function model(
  hidden: number,
  classes: readonly LayerClass[],
  layers: readonly number[],
  changes: Partial<Model> = {},
): Model {
  return {
    name: 'model',
    hidden,
    classes,
    layers,
    vocabulary: 0,
    tied: false,
    mtpModules: 0,
    visionBytes: 0,
    types: { weights: 'bf16', experts: 'bf16', attention: 'bf16', embedding: 'bf16', kv: 'bf16', activations: 'bf16' },
    ...changes,
  };
}

/** `count` layers of class `index`. */
export function times(count: number, index = 0): number[] {
  return new Array<number>(count).fill(index);
}

/** The analysed model: 4 layers of 16 experts, 4,096 wide, two matrices each. */
export const ANALYSIS_MODEL: Model = model(
  4096,
  [layer('moe', gqa(32, 32, 128), experts(16, 2, 32768, { gated: false }))],
  times(4),
  { name: 'moe-4l' },
);

export const DEEPSEEK_V3: Model = model(
  7168,
  [
    layer('dense', MLA, dense(18432)),
    layer('moe', MLA, experts(256, 8, 2048, { shared: 1, sharedFfn: 2048, groups: 8, topGroups: 4, routerBias: true })),
  ],
  [...times(3, 0), ...times(58, 1)],
  { name: 'DeepSeek-V3', vocabulary: 129280 },
);

export const FP8_TYPES: Model['types'] = {
  weights: 'fp8-block',
  experts: 'fp8-block',
  attention: 'fp8-block',
  embedding: 'bf16',
  kv: 'bf16',
  activations: 'bf16',
};

export const MIXTRAL: Model = model(4096, [layer('moe', gqa(32, 8, 128), experts(8, 2, 14336))], times(32), {
  name: 'Mixtral-8x7B',
  vocabulary: 32000,
});

export const QWEN3_235B: Model = model(
  4096,
  [layer('moe', gqa(64, 4, 128, { qkNorm: true }), experts(128, 8, 1536))],
  times(94),
  { name: 'Qwen3-235B-A22B', vocabulary: 151936 },
);

const ENGINE: Engine = {
  name: 'ideal',
  graphs: true,
  allToAll: 'nccl',
  dispatchTokens: 128,
  twoBatchOverlap: false,
  sharedOverlap: false,
  speculativeTokens: 0,
  acceptance: 0,
  memoryFraction: 1,
  stepTokens: 8192,
  graphBatch: 512,
  pageTokens: 64,
};

/** Experts in order over the ranks, as many on each. */
export function contiguousMap(count: number, ep: number): ExpertMap {
  const ranks: number[][] = Array.from({ length: ep }, () => []);
  for (let expert = 0; expert < count; expert++) ranks[Math.floor((expert * ep) / count)]?.push(expert);
  return { ranks };
}

export interface PoolChanges {
  readonly parallel?: Partial<Parallel>;
  readonly engine?: Partial<Engine>;
  readonly role?: Pool['role'];
  readonly replicas?: number;
  readonly name?: string;
  readonly map?: ExpertMap;
}

/** A pool of even stages over `gpus`, experts in order; `dp` and `edp` are derived when left out. */
export function pool(of: Model, gpus: readonly number[], changes: PoolChanges = {}): Pool {
  const replicas = changes.replicas ?? 1;
  const { tp = 1, cp = 1, pp = 1, ep = 1, etp } = changes.parallel ?? {};
  const perStage = gpus.length / replicas / pp;
  const etpSize = etp ?? perStage / ep;
  const parallel: Parallel = {
    tp,
    cp,
    dp: perStage / (tp * cp),
    etp: etpSize,
    ep,
    edp: perStage / (etpSize * ep),
    pp,
    vpp: 1,
    schedule: '1f1b',
    microBatches: 1,
    sequenceParallel: false,
    zero: 0,
    recompute: [],
    ...changes.parallel,
  };
  const maps = new Map<number, ExpertMap>();
  const stages: Stage[] = [];
  const perStageLayers = Math.ceil(of.layers.length / pp);
  for (let index = 0; index < pp; index++) {
    const layers = of.layers.map((_, at) => at).slice(index * perStageLayers, (index + 1) * perStageLayers);
    const placed = new Map<number, ExpertMap>();
    for (const at of layers) {
      const feedForward = of.classes[of.layers[at] ?? 0]?.feedForward;
      if (feedForward?.kind !== 'moe') continue;
      const map = changes.map ?? maps.get(feedForward.count) ?? contiguousMap(feedForward.count, parallel.ep);
      maps.set(feedForward.count, map);
      placed.set(at, map);
    }
    stages.push({
      name: `stage-${index}`,
      index,
      layers,
      gpus: gpus.slice(index * perStage, (index + 1) * perStage),
      experts: placed,
    });
  }
  return {
    name: changes.name ?? 'main',
    role: changes.role ?? 'both',
    parallel,
    derived: {},
    engine: { ...ENGINE, ...changes.engine },
    model: of,
    replicas,
    stages,
    gpus,
  };
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

export function deployment(of: Model, on: Cluster, workload: Workload, pools: readonly Pool[]): Deployment {
  return {
    name: 'deployment',
    model: of,
    cluster: on,
    workload,
    pools,
    poolEdges: [],
    gpus: pools.flatMap((one) => one.gpus).sort((a, b) => a - b),
  };
}

export const LONG_BATCH: Workload = { kind: 'batch', name: 'long-batch', sequences: 128, length: 10_000 };

/** The analysis: 16 H100 on two nodes. */
export function analysis(parallel: Partial<Parallel>, workload: Workload = LONG_BATCH): Deployment {
  return deployment(ANALYSIS_MODEL, cluster(2), workload, [pool(ANALYSIS_MODEL, range(0, 16), { parallel })]);
}
