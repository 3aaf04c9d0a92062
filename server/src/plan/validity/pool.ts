import type { Cluster } from '../cluster.ts';
import type { Pool, Stage } from '../deployment.ts';
import { layerClass } from '../model.ts';
import { chunksOfStages, saysLayout } from '../pipelineLayout.ts';
import { unplacedExperts } from '../unplaced.ts';
import type { PoolFault } from './faults.ts';

/** What is looked at of one pool. */
export interface PlacedPool extends Pick<Pool, 'parallel' | 'replicas' | 'stages' | 'gpus' | 'model'> {
  readonly cluster: Cluster;
  /** How many stages the specification names. None when all stages are alike. */
  readonly writtenStages: number;
  /** Whether any of them names its layers. */
  readonly namesLayers: boolean;
}

/**
 * Every GPU must exist and be used once, every layer must be in one stage, every expert must be on a GPU, and the degrees
 * must multiply to the GPUs of each stage. Faults are worked out as they are asked for: who wants to know whether there is
 * one takes the first.
 */
export function* faultsOfPool(pool: PlacedPool): Generator<PoolFault, void, undefined> {
  const { parallel, model, stages, writtenStages, cluster } = pool;
  const { tp, cp, dp, etp, ep, edp, pp } = parallel;
  if (writtenStages > 0 && pp !== writtenStages) yield { kind: 'stages', pp, written: writtenStages };
  else yield* layoutFaults(pool);
  const stageGpus = new Set<number>();
  const layers = new Set<number>();
  for (const stage of stages) {
    const size = stage.gpus.length;
    if (tp * cp * dp !== size) yield { kind: 'degrees', part: 'attention', stage };
    if (etp * ep * edp !== size && stage.experts.size > 0) yield { kind: 'degrees', part: 'experts', stage };
    for (const gpu of stage.gpus) {
      if (stageGpus.has(gpu)) yield { kind: 'gpu-in-two-stages', gpu };
      stageGpus.add(gpu);
    }
    for (const layer of stage.layers) {
      if (layer >= model.layers.length) {
        yield { kind: 'layer-outside', stage, layer };
        continue;
      }
      if (layers.has(layer)) yield { kind: 'layer-in-two-stages', layer };
      layers.add(layer);
    }
    yield* missingExperts(pool, stage);
  }
  if (layers.size < model.layers.length) {
    yield {
      kind: 'layers-missing',
      layers: model.layers.map((_, layer) => layer).filter((layer) => !layers.has(layer)),
    };
  }
  if (pool.replicas > 1 && pool.gpus.length !== stageGpus.size * pool.replicas)
    yield { kind: 'replicas', perReplica: stageGpus.size };
  for (const gpu of gpusInUse(pool)) if (isAbsent(cluster, gpu)) yield { kind: 'gpu-absent', gpu };
}

function* layoutFaults({ parallel, model, namesLayers }: PlacedPool): Generator<PoolFault, void, undefined> {
  if (!saysLayout(parallel)) return;
  if (namesLayers) {
    const fault = { reason: '`stage` blocks name their layers too', remedy: 'leave out the one or the other' };
    yield { kind: 'layout', fault };
    return;
  }
  const chunks = chunksOfStages(parallel, model);
  if ('reason' in chunks) yield { kind: 'layout', fault: chunks };
}

/** Nothing would compute an expert that lies on no GPU: without it the model is another, smaller one. */
function* missingExperts({ model }: PlacedPool, stage: Stage): Generator<PoolFault, void, undefined> {
  for (const layer of new Set(stage.layers)) {
    if (layer >= model.layers.length) continue;
    const { feedForward } = layerClass(model, layer);
    if (feedForward.kind !== 'moe') continue;
    const experts = unplacedExperts(stage.experts.get(layer), feedForward.count);
    if (experts.length > 0) yield { kind: 'experts-missing', stage, layer, experts };
  }
}

/** The GPUs of a pool. Replicas have a list of their own, and a stage may name others beside it. */
export function gpusInUse({ gpus, replicas, stages }: Pick<Pool, 'gpus' | 'replicas' | 'stages'>): readonly number[] {
  if (replicas <= 1) return gpus;
  const own = new Set(gpus);
  const beside = stages.flatMap((stage) => stage.gpus.filter((gpu) => !own.has(gpu)));
  return beside.length === 0 ? gpus : [...gpus, ...beside];
}

export function isAbsent({ gpuCount }: Cluster, gpu: number): boolean {
  return !Number.isInteger(gpu) || gpu < 0 || gpu >= gpuCount;
}
