import type { Entity } from '../language/entity.ts';
import { locationOfEntity } from '../language/entity.ts';
import type { Program } from '../language/program.ts';
import { claimsOfBlock } from './claims.ts';
import type { Cluster } from './cluster.ts';
import type { Deployment, Pool, PoolRole, Workload } from './deployment.ts';
import { invalidReason } from './layout.ts';
import type { Model } from './model.ts';
import { resolveCluster } from './resolveCluster.ts';
import type { PlanProblem, PoolSource, ResolvedDeployment, ResolvedPlan } from './resolved.ts';
import { resolveModel } from './resolveModel.ts';
import { resolveParallel } from './resolveParallel.ts';
import { inFlowOrder, orderOf, resolveStages } from './resolveStages.ts';
import { resolveTypes } from './resolveTypes.ts';
import { resolveEngine, resolveWorkload } from './resolveWorkload.ts';
import { childOf, childrenOf, indexesOf, numberOf, targetOf, textOf, wordOf } from './values.ts';

/** What `resolvePlan` keeps between calls: a block whose entity is the same object resolves to the same plan. */
export class PlanCache {
  readonly models = new WeakMap<
    Entity,
    { readonly model: Model | undefined; readonly problems: readonly PlanProblem[] }
  >();
  readonly clusters = new WeakMap<Entity, Cluster | undefined>();
  readonly workloads = new WeakMap<Entity, Workload | undefined>();
  readonly deployments = new WeakMap<Entity, ResolvedDeployment>();
}

/**
 * The plan that a program describes. Never throws for what a user writes: what cannot be resolved is absent, what is
 * wrong is a problem or is found by a rule.
 */
export function resolvePlan(program: Program, cache: PlanCache = new PlanCache()): ResolvedPlan {
  const deployments = program.own
    .filter((entity) => entity.keyword === 'deployment')
    .map((entity) => resolveDeployment(entity, cache));
  const models = new Set(program.own.filter((entity) => entity.keyword === 'model'));
  return {
    deployments,
    compares: program.compares,
    problems: [...models].flatMap((entity) => cachedModel(entity, cache).problems),
  };
}

function cachedModel(entity: Entity, cache: PlanCache) {
  const known = cache.models.get(entity);
  if (known) return known;
  const problems: PlanProblem[] = [];
  const resolved = { model: resolveModel(entity, (problem) => problems.push(problem)), problems };
  cache.models.set(entity, resolved);
  return resolved;
}

/** A model by itself, for hovers; nothing when too little of it is known. */
export function modelOf(entity: Entity, cache: PlanCache = new PlanCache()): Model | undefined {
  return cachedModel(entity, cache).model;
}

export function clusterOf(entity: Entity, cache: PlanCache = new PlanCache()): Cluster | undefined {
  return cached(cache.clusters, entity, resolveCluster);
}

function cached<Value>(known: WeakMap<Entity, Value>, entity: Entity, resolve: (entity: Entity) => Value): Value {
  const found = known.get(entity);
  if (found !== undefined) return found;
  const value = resolve(entity);
  known.set(entity, value);
  return value;
}

function resolveDeployment(entity: Entity, cache: PlanCache): ResolvedDeployment {
  return cached(cache.deployments, entity, () => {
    const measured = childOf(entity, 'measured');
    const source = textOf(measured, 'source');
    const common = {
      name: entity.name ?? '',
      entity,
      problems: [],
      claims: claimsOfBlock(childOf(entity, 'expect')),
      measured: claimsOfBlock(measured),
      ...(source !== undefined && { measuredSource: source }),
    };
    const modelEntity = targetOf(entity, 'model');
    const clusterEntity = targetOf(entity, 'cluster');
    const workloadEntity = targetOf(entity, 'workload');
    const model = modelEntity && cachedModel(modelEntity, cache).model;
    const cluster = clusterEntity && clusterOf(clusterEntity, cache);
    const workload = workloadEntity && cached(cache.workloads, workloadEntity, resolveWorkload);
    if (!model || !cluster || !workload) return { ...common, sources: [] };
    const { draft, sources } = draftOf(entity, model, cluster, workload);
    const invalid = invalidReason(draft);
    return { ...common, draft, sources, ...(invalid === undefined ? { deployment: draft } : { invalid }) };
  });
}

function draftOf(
  entity: Entity,
  model: Model,
  cluster: Cluster,
  workload: Workload,
): { draft: Deployment; sources: readonly PoolSource[] } {
  const all = entity.properties.get('gpus');
  const gpus = all ? indexesOf(all.value) : Array.from({ length: cluster.gpuCount }, (_, gpu) => gpu);
  const blocks = childrenOf(entity, 'pool');
  const holders = blocks.length > 0 ? blocks : [entity];
  const shares = shareGpus(holders, gpus);
  const pools = holders.map((holder, index) =>
    resolvePool(entity, holder, shares[index] ?? [], model, cluster, workload),
  );
  const names = pools.map(({ pool }) => pool.name);
  const written = entity.edges.flatMap(({ path }) =>
    path.slice(1).map((to, step) => [names.indexOf(path[step]?.text ?? ''), names.indexOf(to.text)] as const),
  );
  const prefill = pools.findIndex(({ pool }) => pool.role === 'prefill');
  const decode = pools.findIndex(({ pool }) => pool.role === 'decode');
  const implied = blocks.length > 0 && prefill >= 0 && decode >= 0 ? [[prefill, decode] as const] : [];
  const edges = blocks.length > 0 ? written.filter(([from, to]) => from >= 0 && to >= 0) : [];
  return {
    draft: {
      name: entity.name ?? '',
      model,
      cluster,
      workload,
      pools: pools.map(({ pool }) => pool),
      poolEdges: edges.length > 0 ? edges : implied,
      gpus: [...new Set(pools.flatMap(({ pool }) => pool.gpus))].sort((a, b) => a - b),
    },
    sources: pools.map(({ source }) => source),
  };
}

/** GPUs of each pool: as written, and an even share of the rest for pools that say nothing. */
function shareGpus(holders: readonly Entity[], gpus: readonly number[]): readonly (readonly number[])[] {
  const written = holders.map((holder) => {
    const value = holder.properties.get('gpus')?.value;
    return value && indexesOf(value);
  });
  const named = new Set(written.flatMap((each) => each ?? []));
  const rest = gpus.filter((gpu) => !named.has(gpu));
  let silent = written.filter((each) => !each).length;
  return written.map((each) => each ?? rest.splice(0, Math.ceil(rest.length / Math.max(1, silent--))));
}

const ROLES: readonly PoolRole[] = ['prefill', 'decode', 'both'];

function resolvePool(
  entity: Entity,
  holder: Entity,
  gpus: readonly number[],
  model: Model,
  cluster: Cluster,
  workload: Workload,
): { pool: Pool; source: PoolSource } {
  const isWhole = holder === entity;
  const parallelBlock = childOf(holder, 'parallel') ?? childOf(entity, 'parallel');
  const ownStages = childrenOf(holder, 'stage');
  const stagesOf = ownStages.length > 0 || isWhole ? holder : entity;
  const blocks = inFlowOrder(childrenOf(stagesOf, 'stage'), stagesOf.edges);
  const pp = numberOf(parallelBlock, 'pp') ?? Math.max(1, blocks.length);
  const replicas = numberOf(holder, 'replicas') ?? 1;
  const perInstance = Math.max(1, Math.floor(gpus.length / replicas));
  const instance = gpus.slice(0, perInstance);
  const firstStage = blocks[0]?.properties.get('gpus');
  const stageGpus = firstStage ? indexesOf(firstStage.value).length : Math.max(1, Math.floor(instance.length / pp));
  const { parallel, derived } = resolveParallel(parallelBlock, pp, stageGpus, workload);
  const types = childOf(holder, 'types') ?? childOf(entity, 'types');
  const own: Model = types ? { ...model, types: resolveTypes(types, undefined, model.types) } : model;
  const placements = isWhole ? entity.placements : [...entity.placements, ...holder.placements];
  const balance = (wordOf(holder, 'balance') ?? wordOf(entity, 'balance')) === 'eplb' ? 'eplb' : 'none';
  const redundant = numberOf(holder, 'redundant-experts') ?? numberOf(entity, 'redundant-experts') ?? 0;
  const stages = resolveStages({
    model: own,
    cluster,
    parallel,
    gpus: instance,
    blocks,
    order: orderOf(entity),
    balance,
    redundant,
    placements,
  });
  const name = holder.name ?? '';
  const role = ROLES.find((each) => each === (wordOf(holder, 'role') ?? name)) ?? 'both';
  const engine = resolveEngine(childOf(holder, 'engine'), isWhole ? undefined : childOf(entity, 'engine'));
  const staged = [...new Set(stages.flatMap((stage) => stage.gpus))];
  return {
    pool: { name, role, parallel, derived, engine, model: own, replicas, stages, gpus: replicas > 1 ? gpus : staged },
    source: {
      pool: locationOfEntity(holder),
      holder,
      ...(parallelBlock && { parallel: parallelBlock }),
      placement: { balance, redundant, written: placements },
      stages: stages.map((stage) => {
        const block = blocks[stage.index];
        return { location: locationOfEntity(block ?? holder), ...(block && { entity: block }) };
      }),
    },
  };
}
