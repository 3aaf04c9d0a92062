import type { Deployment, Pool } from '../deployment.ts';
import type { Model } from '../model.ts';
import { linesOfStage, misplaced, mostExtraCopies } from '../placement.ts';
import type { Arrow, PlanSpec, PoolSpec } from '../spec.ts';
import { completeEngine, lacksAcceptance } from './engine.ts';
import { invalidReason } from './invalid.ts';
import { deriveParallel } from './parallel.ts';
import { DEFAULT_ORDER, deriveStages } from './stages.ts';
import { completeTypes } from './types.ts';

/** A plan with everything derived that was left out, and whether it can work. */
export interface Derived {
  /** As far as it can be told, whether it can work or not. */
  readonly draft: Deployment;
  /** Why nothing can be computed of it, in a sentence. */
  readonly invalid?: string;
  /** `invalid` is about the prediction alone: memory can be computed. */
  readonly isSized: boolean;
}

/**
 * Completes a plan. Pure: equal specifications give equal deployments. What is said is kept as said, even where it cannot
 * hold: then `invalid` says why. Work grows with GPUs, layers and experts that are named.
 */
export function derive(spec: PlanSpec): Derived {
  const { cluster, workload } = spec;
  const allowed = spec.gpus ?? Array.from({ length: cluster.gpuCount }, (_, gpu) => gpu);
  const shares = shareGpus(spec.pools, allowed);
  const pools = spec.pools.map((pool, index) => derivePool(spec, pool, shares[index] ?? []));
  const draft: Deployment = {
    name: spec.name,
    model: spec.model,
    cluster,
    workload,
    pools,
    poolEdges: poolEdgesOf(spec.arrows, pools),
    gpus: [...new Set(pools.flatMap((pool) => pool.gpus))].sort((a, b) => a - b),
  };
  const wrong = invalidReason(draft) ?? invalidPlacement(spec.pools, pools);
  const isOpen = workload.kind === 'serving' && spec.pools.some(({ engine }) => lacksAcceptance(engine));
  const invalid = wrong ?? (isOpen ? '`speculative-tokens` is written without `acceptance`' : undefined);
  // How many requests are in flight is known where it is written; where they arrive, it follows from the prediction.
  const isSized = wrong === undefined && (!isOpen || workload.concurrency !== undefined);
  return { draft, ...(invalid !== undefined && { invalid }), isSized };
}

/** GPUs of each pool: as said, and an even share of the rest for pools that say nothing. */
function shareGpus(pools: readonly PoolSpec[], gpus: readonly number[]): readonly (readonly number[])[] {
  const named = new Set(pools.flatMap((pool) => pool.gpus ?? []));
  const rest = gpus.filter((gpu) => !named.has(gpu));
  let silent = pools.filter((pool) => !pool.gpus).length;
  return pools.map((pool) => pool.gpus ?? rest.splice(0, Math.ceil(rest.length / Math.max(1, silent--))));
}

function derivePool({ cluster, workload, model, order }: PlanSpec, said: PoolSpec, gpus: readonly number[]): Pool {
  const pp = said.parallel.pp ?? Math.max(1, said.stages.length);
  const replicas = said.replicas ?? 1;
  const perInstance = Math.max(1, Math.floor(gpus.length / replicas));
  const instance = gpus.slice(0, perInstance);
  const stageGpus = said.stages[0]?.gpus?.length ?? Math.max(1, Math.floor(instance.length / pp));
  const { parallel, derived } = deriveParallel(said.parallel, pp, stageGpus, workload);
  const own: Model = said.types ? { ...model, types: completeTypes(said.types, model.types) } : model;
  const stages = deriveStages({
    model: own,
    cluster,
    parallel,
    gpus: instance,
    stages: said.stages,
    order: order ?? DEFAULT_ORDER,
    balance: said.balance,
    redundant: said.redundant,
    placements: said.placements,
  });
  const staged = [...new Set(stages.flatMap((stage) => stage.gpus))];
  return {
    name: said.name,
    role: said.role ?? 'both',
    parallel,
    derived,
    engine: completeEngine(said.engine),
    model: own,
    replicas,
    stages,
    arrows: said.arrows,
    gpus: replicas > 1 ? gpus : staged,
  };
}

/** Arrows between pools as said; without any, from the pool that reads prompts to the one that generates. */
function poolEdgesOf(arrows: readonly Arrow[], pools: readonly Pool[]): Deployment['poolEdges'] {
  if (arrows.length > 0) return arrows;
  const prefill = pools.findIndex(({ role }) => role === 'prefill');
  const decode = pools.findIndex(({ role }) => role === 'decode');
  return prefill >= 0 && decode >= 0 ? [[prefill, decode]] : [];
}

/** Why experts do not lie as the lines say: what is left when a line is cut short is another plan. */
function invalidPlacement(said: readonly PoolSpec[], pools: readonly Pool[]): string | undefined {
  const all = new Set(pools.flatMap(({ gpus }) => gpus));
  for (const [index, pool] of pools.entries()) {
    const { placements = [], redundant = 0, stages = [] } = said[index] ?? {};
    if (placements.some((line) => misplaced(line, pool.model, all))) return 'an `expert` line names what is not there';
    for (const [stage, { gpus, layers }] of pool.stages.entries()) {
      const own = stages[stage]?.placements ?? [];
      if (own.some((line) => misplaced(line, pool.model, all))) return 'an `expert` line names what is not there';
      if (mostExtraCopies(linesOfStage(placements, own, gpus, pool.parallel), layers) > redundant)
        return 'an expert is placed twice';
    }
  }
  return undefined;
}
