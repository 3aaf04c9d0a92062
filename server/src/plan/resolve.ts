import type { Entity } from '../language/entity.ts';
import { locationOfEntity } from '../language/entity.ts';
import type { Program } from '../language/program.ts';
import { claimsOfBlock } from './claims.ts';
import type { Cluster } from './cluster.ts';
import type { Deployment, Pool, PoolRole, Workload } from './deployment.ts';
import { invalidReason } from './layout.ts';
import type { Model } from './model.ts';
import { linesOfStage, misplaced, mostExtraCopies } from './placement.ts';
import { resolveCluster } from './resolveCluster.ts';
import type {
  PlacementSource,
  PlanProblem,
  PoolSource,
  ResolvedBlock,
  ResolvedDeployment,
  ResolvedPlan,
} from './resolved.ts';
import { resolveModel } from './resolveModel.ts';
import { resolveParallel } from './resolveParallel.ts';
import { inFlowOrder, orderOf, resolveStages } from './resolveStages.ts';
import { resolveTypes } from './resolveTypes.ts';
import { lacksAcceptance, resolveEngine, resolveWorkload } from './resolveWorkload.ts';
import { type DeploymentSize, excessOf, MOST_PARTS_OF_FILE, sizeOfDeployment, tooLarge } from './size.ts';
import { childOf, childrenOf, indexesOf, numberOf, rejectedIn, targetOf, textOf, wordOf } from './values.ts';

/**
 * What `resolvePlan` keeps between calls. Plain data is kept by the identity of its block, so that it outlives edits
 * elsewhere; what points into the text is kept by the entity, which lasts as long as the text stands still.
 */
export class PlanCache {
  readonly models = new WeakMap<object, ModelWithProblems>();
  readonly clusters = new WeakMap<object, { readonly value: Cluster | undefined }>();
  readonly workloads = new WeakMap<object, { readonly value: Workload | undefined }>();
  readonly drafts = new WeakMap<object, { readonly value: Drafted | undefined }>();
  readonly sizes = new WeakMap<object, { readonly value: DeploymentSize }>();
  readonly deployments = new WeakMap<Entity, ResolvedDeployment>();
}

interface ModelWithProblems {
  readonly model: Model | undefined;
  readonly problems: readonly PlanProblem[];
}

/** The plain part of a resolved deployment. */
interface Drafted {
  readonly draft: Deployment;
  readonly invalid: string | undefined;
  /** `invalid` is about the prediction alone. */
  readonly isSized: boolean;
}

/**
 * The plan that a program describes. Never throws for what a user writes: what cannot be resolved is absent, what is
 * wrong is a problem or is found by a rule. A mistake of ours is told to `failed`, and only its block is left out.
 */
export function resolvePlan(
  program: Program,
  cache: PlanCache = new PlanCache(),
  failed?: (entity: Entity, error: unknown) => void,
): ResolvedPlan {
  let parts = 0;
  const blocks = program.own.map((entity): ResolvedBlock => {
    try {
      if (entity.keyword === 'deployment') {
        // Kept by the block's identity: measuring it reads its contents.
        const size = cached(cache.sizes, entity, () => sizeOfDeployment(entity));
        // One that is too large by itself is told by its own size.
        if (excessOf(size) === undefined) {
          parts += size.parts;
          if (parts > MOST_PARTS_OF_FILE) return leftOut(entity);
        }
      }
      return resolveBlock(entity, cache);
    } catch (error) {
      if (!failed) throw error;
      failed(entity, error);
      return { entity, deployments: [], problems: [] };
    }
  });
  const byEntity = once(() => new Map(blocks.map((block) => [block.entity, block])));
  return {
    blocks,
    blockOf: (entity) => byEntity().get(entity) ?? resolveBlock(entity, cache),
    deployments: blocks.flatMap(({ deployments }) => deployments),
    compares: program.compares,
  };
}

/** A deployment that comes after more of them than are computed of one file. */
function leftOut(entity: Entity): ResolvedBlock {
  const message = `the deployments above have more than ${MOST_PARTS_OF_FILE} GPUs, layers and experts together, and no more are computed of one file: write this one into a file of its own`;
  const resolved: ResolvedDeployment = {
    name: entity.name ?? '',
    entity,
    invalid: 'the file has more deployments than are computed',
    problems: [],
    sources: [],
    claims: [],
    measured: [],
  };
  return {
    entity,
    deployments: [resolved],
    problems: [{ ...locationOfEntity(entity), rule: 'plan-too-large', message }],
    dependsOnOthers: true,
  };
}

function resolveBlock(entity: Entity, cache: PlanCache): ResolvedBlock {
  const deployments = entity.keyword === 'deployment' ? [resolveDeployment(entity, cache)] : [];
  return { entity, deployments, problems: entity.keyword === 'model' ? cachedModel(entity, cache).problems : [] };
}

function cachedModel(entity: Entity, cache: PlanCache): ModelWithProblems {
  const known = (entity.identity && cache.models.get(entity.identity)) ?? cache.models.get(entity);
  if (known) return known;
  const problems: PlanProblem[] = [];
  const resolved = { model: resolveModel(entity, (problem) => problems.push(problem)), problems };
  // Problems point into the text: a model that has some must not outlive it.
  cache.models.set((problems.length === 0 && entity.identity) || entity, resolved);
  return resolved;
}

/** A model by itself, for hovers; nothing when too little of it is known. */
export function modelOf(entity: Entity, cache: PlanCache = new PlanCache()): Model | undefined {
  return cachedModel(entity, cache).model;
}

export function clusterOf(entity: Entity, cache: PlanCache = new PlanCache()): Cluster | undefined {
  return cached(cache.clusters, entity, () => resolveCluster(entity));
}

function cached<Value>(known: WeakMap<object, { readonly value: Value }>, entity: Entity, resolve: () => Value): Value {
  const key = entity.identity ?? entity;
  const found = known.get(key);
  if (found) return found.value;
  const value = resolve();
  known.set(key, { value });
  return value;
}

function resolveDeployment(entity: Entity, cache: PlanCache): ResolvedDeployment {
  const known = cache.deployments.get(entity);
  if (known) return known;
  // What is read of the block's contents is read when asked for: most blocks of a text have not changed.
  const holders = once(() => holdersOf(entity));
  const drafted = cached(cache.drafts, entity, () => draftOf(entity, holders, cache));
  const measured = once(() => childOf(entity, 'measured'));
  const claims = once(() => claimsOfBlock(childOf(entity, 'expect')));
  const measuredClaims = once(() => claimsOfBlock(measured()));
  const sources = once(() =>
    drafted ? holders().map((holder, index) => sourceOf(holder, drafted.draft.pools[index])) : [],
  );
  const resolved: ResolvedDeployment = {
    name: entity.name ?? '',
    entity,
    problems: [],
    get claims() {
      return claims();
    },
    get measured() {
      return measuredClaims();
    },
    get measuredSource() {
      return textOf(measured(), 'source');
    },
    get sources() {
      return sources();
    },
    ...(drafted && { draft: drafted.draft }),
    ...(drafted && (drafted.invalid === undefined ? { deployment: drafted.draft } : { invalid: drafted.invalid })),
    ...(drafted?.isSized && { sized: drafted.draft }),
  };
  cache.deployments.set(entity, resolved);
  return resolved;
}

/** Computes a value when it is first asked for. */
function once<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

function draftOf(entity: Entity, holdersOfBlock: () => readonly Holder[], cache: PlanCache): Drafted | undefined {
  const modelEntity = targetOf(entity, 'model');
  const clusterEntity = targetOf(entity, 'cluster');
  const workloadEntity = targetOf(entity, 'workload');
  const model = modelEntity && modelOf(modelEntity, cache);
  const cluster = clusterEntity && clusterOf(clusterEntity, cache);
  const workload = workloadEntity && cached(cache.workloads, workloadEntity, () => resolveWorkload(workloadEntity));
  if (!model || !cluster || !workload || tooLarge(entity) !== undefined) return undefined;
  const holders = holdersOfBlock();
  const all = entity.properties.get('gpus');
  const gpus = all ? indexesOf(all.value) : Array.from({ length: cluster.gpuCount }, (_, gpu) => gpu);
  const shares = shareGpus(
    holders.map(({ block }) => block),
    gpus,
  );
  const pools = holders.map((holder, index) =>
    resolvePool(entity, holder, shares[index] ?? [], model, cluster, workload),
  );
  const draft = {
    name: entity.name ?? '',
    model,
    cluster,
    workload,
    pools,
    poolEdges: poolEdgesOf(entity, holders, pools),
    gpus: [...new Set(pools.flatMap((pool) => pool.gpus))].sort((a, b) => a - b),
  };
  const rejected = rejectedIn(entity);
  const wrong =
    rejected === undefined
      ? (invalidReason(draft) ?? invalidPlacement(pools, holders))
      : `what is written for \`${rejected}\` is not understood`;
  const isOpen = workload.kind === 'serving' && isAcceptanceOpen(entity, holders);
  const invalid = wrong ?? (isOpen ? '`speculative-tokens` is written without `acceptance`' : undefined);
  // How many requests are in flight is known where it is written; where they arrive, it follows from the prediction.
  const isSized = invalid === undefined || (wrong === undefined && isOpen && workload.concurrency !== undefined);
  return { draft, invalid, isSized };
}

/** Why experts do not lie as the `expert` lines of the pools say: what is left when a line is cut short is another plan. */
function invalidPlacement(pools: readonly Pool[], holders: readonly Holder[]): string | undefined {
  const all = new Set(pools.flatMap(({ gpus }) => gpus));
  for (const [index, pool] of pools.entries()) {
    const holder = holders[index];
    if (!holder) continue;
    const { written, redundant } = holder.placement;
    if (written.some((line) => misplaced(line, pool.model, all))) return 'an `expert` line names what is not there';
    for (const [stage, { gpus, layers }] of pool.stages.entries()) {
      const own = holder.stages[stage]?.placements ?? [];
      if (own.some((line) => misplaced(line, pool.model, all))) return 'an `expert` line names what is not there';
      if (mostExtraCopies(linesOfStage(written, own, gpus, pool.parallel), layers) > redundant)
        return 'an expert is placed twice';
    }
  }
  return undefined;
}

/** Whether tokens are drafted of which nothing says how many are accepted: no default stands for that. */
function isAcceptanceOpen(entity: Entity, holders: readonly Holder[]): boolean {
  return holders.some(({ block, isWhole }) =>
    lacksAcceptance(childOf(block, 'engine'), isWhole ? undefined : childOf(entity, 'engine')),
  );
}

/** Arrows between pools as written; without any, from the pool that reads prompts to the one that generates. */
function poolEdgesOf(entity: Entity, holders: readonly Holder[], pools: readonly Pool[]): Deployment['poolEdges'] {
  if (holders.some(({ isWhole }) => isWhole)) return [];
  const edges = arrowsBetween(pools, entity.edges);
  if (edges.length > 0) return edges;
  const prefill = pools.findIndex(({ role }) => role === 'prefill');
  const decode = pools.findIndex(({ role }) => role === 'decode');
  return prefill >= 0 && decode >= 0 ? [[prefill, decode]] : [];
}

/** Each `->` between two of the named things, by their indexes. */
function arrowsBetween(
  named: readonly { readonly name?: string }[],
  edges: Entity['edges'],
): readonly (readonly [from: number, to: number])[] {
  const indexOf = new Map(named.map(({ name }, index) => [name, index]));
  return edges.flatMap(({ path }) =>
    path.slice(1).flatMap((word, step) => {
      const [from, to] = [indexOf.get(path[step]?.text), indexOf.get(word.text)];
      return from === undefined || to === undefined ? [] : [[from, to] as const];
    }),
  );
}

/** The blocks that say how one pool is laid out. */
interface Holder {
  /** The `pool` block, or the deployment itself when it has none. */
  readonly block: Entity;
  readonly isWhole: boolean;
  readonly parallel: Entity | undefined;
  /** `stage` blocks in the order of their arrows. */
  readonly stages: readonly Entity[];
  readonly arrows: Entity['edges'];
  readonly placement: PlacementSource;
}

function holdersOf(entity: Entity): readonly Holder[] {
  const pools = childrenOf(entity, 'pool');
  return (pools.length > 0 ? pools : [entity]).map((block) => {
    const isWhole = block === entity;
    const ownStages = childrenOf(block, 'stage');
    const stagesOf = ownStages.length > 0 || isWhole ? block : entity;
    return {
      block,
      isWhole,
      parallel: childOf(block, 'parallel') ?? childOf(entity, 'parallel'),
      stages: inFlowOrder(childrenOf(stagesOf, 'stage'), stagesOf.edges),
      arrows: stagesOf.edges,
      placement: {
        balance: (wordOf(block, 'balance') ?? wordOf(entity, 'balance')) === 'eplb' ? 'eplb' : 'none',
        redundant: numberOf(block, 'redundant-experts') ?? numberOf(entity, 'redundant-experts') ?? 0,
        written: isWhole ? entity.placements : [...entity.placements, ...block.placements],
      },
    };
  });
}

function sourceOf({ block, parallel, stages, placement }: Holder, pool: Pool | undefined): PoolSource {
  return {
    pool: locationOfEntity(block),
    holder: block,
    ...(parallel && { parallel }),
    placement,
    stages: (pool?.stages ?? []).map(({ index }) => {
      const stage = stages[index];
      return { location: locationOfEntity(stage ?? block), ...(stage && { entity: stage }) };
    }),
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
  { block, isWhole, parallel: written, stages: blocks, arrows, placement }: Holder,
  gpus: readonly number[],
  model: Model,
  cluster: Cluster,
  workload: Workload,
): Pool {
  const pp = numberOf(written, 'pp') ?? Math.max(1, blocks.length);
  const replicas = numberOf(block, 'replicas') ?? 1;
  const perInstance = Math.max(1, Math.floor(gpus.length / replicas));
  const instance = gpus.slice(0, perInstance);
  const firstStage = blocks[0]?.properties.get('gpus');
  const stageGpus = firstStage ? indexesOf(firstStage.value).length : Math.max(1, Math.floor(instance.length / pp));
  const { parallel, derived } = resolveParallel(written, pp, stageGpus, workload);
  const types = childOf(block, 'types') ?? childOf(entity, 'types');
  const own: Model = types ? { ...model, types: resolveTypes(types, undefined, model.types) } : model;
  const stages = resolveStages({
    model: own,
    cluster,
    parallel,
    gpus: instance,
    blocks,
    order: orderOf(entity),
    balance: placement.balance,
    redundant: placement.redundant,
    placements: placement.written,
  });
  const name = block.name ?? '';
  const role = ROLES.find((each) => each === (wordOf(block, 'role') ?? name)) ?? 'both';
  const engine = resolveEngine(childOf(block, 'engine'), isWhole ? undefined : childOf(entity, 'engine'));
  const staged = [...new Set(stages.flatMap((stage) => stage.gpus))];
  return {
    name,
    role,
    parallel,
    derived,
    engine,
    model: own,
    replicas,
    stages,
    arrows: arrowsBetween(blocks, arrows),
    gpus: replicas > 1 ? gpus : staged,
  };
}
