import type { Cluster } from '../cluster.ts';
import type { Deployment, Pool, Stage } from '../deployment.ts';
import { unlinked } from '../links.ts';
import { layerClass } from '../model.ts';
import { linesOfStage, misplaced, mostExtraCopies } from '../placement.ts';
import type { PlanSpec } from '../spec.ts';
import { unplacedExperts } from '../unplaced.ts';
import type { PoolLayout } from './layouts.ts';

/*
 * Says why nothing can be computed of a plan. Every GPU must exist and be used once, every layer must be in one stage,
 * every expert must be on a GPU, and the degrees must multiply to the GPUs of each stage. Rules report the same at the
 * place of the mistake.
 */

/** Checks the roles of the pools. */
export function invalidRoles({ workload, pools }: Pick<Deployment, 'workload' | 'pools'>): string | undefined {
  if (workload.kind !== 'serving') return undefined;
  if (pools.every(({ role }) => role === 'prefill')) return 'no pool generates tokens';
  if (pools.every(({ role }) => role === 'decode')) return 'no pool reads prompts';
  return undefined;
}

/** What is checked of one pool by itself. */
export interface PlacedPool extends Pick<Pool, 'parallel' | 'replicas' | 'stages' | 'gpus' | 'model'> {
  readonly cluster: Cluster;
}

export function invalidPool(pool: PlacedPool): string | undefined {
  const { tp, cp, dp, etp, ep, edp, pp } = pool.parallel;
  if (pp !== pool.stages.length) return `pp is ${pp}, and ${pool.stages.length} stages are written`;
  const stageGpus = new Set<number>();
  const layers = new Set<number>();
  for (const stage of pool.stages) {
    const size = stage.gpus.length;
    if (tp * cp * dp !== size || (etp * ep * edp !== size && stage.experts.size > 0)) {
      return `stage ${stage.name} has ${size} GPUs, attention needs tp ${tp} x cp ${cp} x dp ${dp} and the experts etp ${etp} x ep ${ep} x edp ${edp}`;
    }
    for (const gpu of stage.gpus) {
      if (stageGpus.has(gpu)) return `GPU ${gpu} is in two stages`;
      stageGpus.add(gpu);
    }
    for (const layer of stage.layers) {
      if (layer >= pool.model.layers.length) return `layer ${layer} is not a layer of model ${pool.model.name}`;
      if (layers.has(layer)) return `layer ${layer} is in two stages`;
      layers.add(layer);
    }
    const unplaced = unplacedExpert(pool, stage);
    if (unplaced) return unplaced;
  }
  if (layers.size < pool.model.layers.length) return `${pool.model.layers.length - layers.size} layers are in no stage`;
  if (pool.replicas > 1 && pool.gpus.length !== stageGpus.size * pool.replicas) {
    return `${pool.gpus.length} GPUs cannot be shared by ${pool.replicas} replicas of ${stageGpus.size}`;
  }
  const { cluster } = pool;
  const absent = pool.gpus.find((gpu) => gpu >= cluster.gpuCount);
  return absent === undefined
    ? undefined
    : `GPU ${absent} is not one of the ${cluster.gpuCount} GPUs of cluster ${cluster.name}`;
}

/** Nothing would compute an expert that lies on no GPU: without it the model is another, smaller one. */
function unplacedExpert({ model }: PlacedPool, { layers, experts }: Stage): string | undefined {
  for (const layer of layers) {
    const { feedForward } = layerClass(model, layer);
    if (feedForward.kind !== 'moe') continue;
    const [expert] = unplacedExperts(experts.get(layer), feedForward.count);
    if (expert !== undefined) return `expert ${expert} of layer ${layer} lies on no GPU`;
  }
  return undefined;
}

/** The pools of a plan together with their layouts. */
export interface PlanPlace extends Pick<Deployment, 'pools' | 'poolEdges'> {
  readonly spec: PlanSpec;
  readonly layouts: readonly PoolLayout[];
}

/** Checks pools together. Each pool has been checked by itself. */
export function invalidPlan({ spec, pools, poolEdges }: PlanPlace): string | undefined {
  const { cluster, workload } = spec;
  const used = new Set<number>();
  for (const { gpus } of pools) {
    for (const gpu of gpus) {
      if (used.has(gpu)) return `GPU ${gpu} is given out twice`;
      used.add(gpu);
    }
  }
  if (used.size === 0) return 'no GPU is given to it';
  if (unlinked({ cluster, workload, pools, poolEdges })) return 'GPUs exchange data that nothing links';
  return invalidPlacement(spec, pools, used);
}

/** Why experts do not lie as the lines say. Cutting a line short would make another plan. */
function invalidPlacement(
  { pools: said }: PlanSpec,
  pools: readonly Pool[],
  used: ReadonlySet<number>,
): string | undefined {
  for (const [index, pool] of pools.entries()) {
    const { placements = [], redundant = 0, stages = [] } = said[index] ?? {};
    if (placements.some((line) => misplaced(line, pool.model, used))) return 'an `expert` line names what is not there';
    for (const [stage, { gpus, layers }] of pool.stages.entries()) {
      const stagePlacements = stages[stage]?.placements ?? [];
      if (stagePlacements.some((line) => misplaced(line, pool.model, used)))
        return 'an `expert` line names what is not there';
      if (mostExtraCopies(linesOfStage(placements, stagePlacements, gpus, pool.parallel), layers) > redundant)
        return 'an expert is placed twice';
    }
  }
  return undefined;
}
