import type { Entity } from '../../language/entity.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { Memo } from '../../language/memo.ts';
import type { Program } from '../../language/program.ts';
import type { Cluster } from '../cluster.ts';
import type { Deployment, Pool, Workload } from '../deployment.ts';
import { type Derived, derive } from '../derive/derive.ts';
import type { Model } from '../model.ts';
import { once } from '../once.ts';
import type { PlanSpec } from '../spec.ts';
import { childOf, rejectedInPlan, targetOf, textOf } from '../values.ts';
import { claimsOfBlock } from './claims.ts';
import { resolveCluster } from './cluster.ts';
import { resolveModel } from './model.ts';
import {
  type Claim,
  type PlanProblem,
  type PoolSource,
  type ResolvedBlock,
  type ResolvedDeployment,
  type ResolvedPlan,
  writtenLine,
} from './resolved.ts';
import { type DeploymentSize, excessOf, MOST_PARTS_OF_FILE, sizeOfDeployment, tooLarge } from './size.ts';
import { type Holder, holdersOf, readSpec } from './spec.ts';
import { resolveWorkload } from './workload.ts';

/**
 * What `resolvePlan` keeps between calls. Plain data is kept by the identity of its block and so outlives edits elsewhere.
 * Data that points into the text is kept by the entity, which lasts until the text changes.
 */
export class PlanCache {
  readonly models = new Memo<object, ModelWithProblems>();
  readonly clusters = new Memo<object, { readonly value: Cluster | undefined }>();
  readonly workloads = new Memo<object, { readonly value: Workload | undefined }>();
  readonly drafts = new Memo<object, { readonly value: Drafted | undefined }>();
  readonly sizes = new Memo<object, { readonly value: DeploymentSize }>();
  readonly deployments = new Memo<Entity, ResolvedDeployment>();
}

/** For callers without one. What is kept goes with the entities, whose fields it is. */
const planCacheOfAll = new PlanCache();

interface ModelWithProblems {
  readonly model: Model | undefined;
  readonly problems: readonly PlanProblem[];
}

/** The plain part of a resolved deployment. */
interface Drafted extends Derived {
  readonly spec: PlanSpec;
}

/** What is done with an error of ours: it is thrown, or only the block concerned is left out and tells it. */
type OnError = 'throw' | 'leave out';

/**
 * Resolves the plan that a program describes, each block when it is first looked at. It never throws for what a user writes: what
 * cannot be resolved is absent, and what is wrong is a problem or found by a rule.
 */
export function resolvePlan(
  program: Pick<Program, 'own' | 'compares'>,
  cache: PlanCache = planCacheOfAll,
  onError: OnError = 'throw',
): ResolvedPlan {
  let parts = 0;
  const blocks = program.own.map((entity): ResolvedBlock => {
    if (entity.keyword !== 'deployment') return new BlockOnDemand(entity, cache, onError);
    const measured = attempt(() => cached(cache.sizes, entity, () => sizeOfDeployment(entity)), onError);
    if ('error' in measured) return { entity, deployments: NO_DEPLOYMENTS, problems: NO_PROBLEMS, failure: measured };
    // A deployment that is too large by itself is reported by its own size.
    if (excessOf(measured.value) === undefined) {
      if (parts + measured.value.parts > MOST_PARTS_OF_FILE) return leftOut(entity);
      parts += measured.value.parts;
    }
    return new BlockOnDemand(entity, cache, onError);
  });
  const byEntity = once(() => new Map(blocks.map((block) => [block.entity, block])));
  const blockOf = (entity: Entity) => byEntity().get(entity) ?? new BlockOnDemand(entity, cache, 'throw');
  return new PlanOnDemand(blocks, program.compares, blockOf);
}

class PlanOnDemand implements ResolvedPlan {
  readonly blocks: readonly ResolvedBlock[];
  readonly compares: ResolvedPlan['compares'];
  readonly blockOf: ResolvedPlan['blockOf'];
  private resolved: readonly ResolvedDeployment[] | undefined;

  constructor(blocks: readonly ResolvedBlock[], compares: ResolvedPlan['compares'], blockOf: ResolvedPlan['blockOf']) {
    this.blocks = blocks;
    this.compares = compares;
    this.blockOf = blockOf;
  }

  get deployments(): readonly ResolvedDeployment[] {
    this.resolved ??= this.blocks.flatMap((block) => block.deployments);
    return this.resolved;
  }
}

type Attempt<Value> = { readonly value: Value } | { readonly error: unknown };

function attempt<Value>(make: () => Value, onError: OnError): Attempt<Value> {
  try {
    return { value: make() };
  } catch (error) {
    if (onError === 'throw') throw error;
    return { error };
  }
}

/** A block that is resolved when it is first looked at. Every keystroke makes one for each block of the text. */
class BlockOnDemand implements ResolvedBlock {
  readonly entity: Entity;
  private readonly cache: PlanCache;
  private readonly onError: OnError;
  private resolved: Attempt<Pick<ResolvedBlock, 'deployments' | 'problems'>> | undefined;

  constructor(entity: Entity, cache: PlanCache, onError: OnError) {
    this.entity = entity;
    this.cache = cache;
    this.onError = onError;
  }

  get deployments(): readonly ResolvedDeployment[] {
    const outcome = this.outcome();
    return 'error' in outcome ? NO_DEPLOYMENTS : outcome.value.deployments;
  }

  get problems(): readonly PlanProblem[] {
    const outcome = this.outcome();
    return 'error' in outcome ? NO_PROBLEMS : outcome.value.problems;
  }

  get failure(): { readonly error: unknown } | undefined {
    const outcome = this.outcome();
    return 'error' in outcome ? outcome : undefined;
  }

  private outcome(): Attempt<Pick<ResolvedBlock, 'deployments' | 'problems'>> {
    this.resolved ??= attempt(() => resolveBlock(this.entity, this.cache), this.onError);
    return this.resolved;
  }
}

/** A deployment that is left out because those before it used up what one file may hold. */
function leftOut(entity: Entity): ResolvedBlock {
  const message = `with the deployments above that are computed this one has more than ${MOST_PARTS_OF_FILE} GPUs, layers and experts, and no more are computed of one file: write it into a file of its own`;
  const resolved: ResolvedDeployment = {
    name: entity.name ?? '',
    entity,
    invalid: 'the file has more deployments than are computed',
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

const NO_DEPLOYMENTS: readonly ResolvedDeployment[] = [];
const NO_PROBLEMS: readonly PlanProblem[] = [];

function resolveBlock(entity: Entity, cache: PlanCache): Pick<ResolvedBlock, 'deployments' | 'problems'> {
  const deployments = entity.keyword === 'deployment' ? [resolveDeployment(entity, cache)] : NO_DEPLOYMENTS;
  const problems = entity.keyword === 'model' ? cachedModel(entity, cache).problems : NO_PROBLEMS;
  return { deployments, problems };
}

function cachedModel(entity: Entity, cache: PlanCache): ModelWithProblems {
  const resolvedModel = (entity.identity && cache.models.get(entity.identity)) ?? cache.models.get(entity);
  if (resolvedModel) return resolvedModel;
  const problems: PlanProblem[] = [];
  const resolved = { model: resolveModel(entity, (problem) => problems.push(problem)), problems };
  // Problems point into the text, so a model that has some must not outlive the text.
  cache.models.set((problems.length === 0 && entity.identity) || entity, resolved);
  return resolved;
}

/** A model by itself, for hovers. Undefined when too little of it is known. */
export function modelOf(entity: Entity, cache: PlanCache = planCacheOfAll): Model | undefined {
  return cachedModel(entity, cache).model;
}

export function clusterOf(entity: Entity, cache: PlanCache = planCacheOfAll): Cluster | undefined {
  return cached(cache.clusters, entity, () => resolveCluster(entity));
}

function cached<Value>(cache: Memo<object, { readonly value: Value }>, entity: Entity, resolve: () => Value): Value {
  const key = entity.identity ?? entity;
  const entry = cache.get(key);
  if (entry) return entry.value;
  const value = resolve();
  cache.set(key, { value });
  return value;
}

function resolveDeployment(entity: Entity, cache: PlanCache): ResolvedDeployment {
  const cachedDeployment = cache.deployments.get(entity);
  if (cachedDeployment) return cachedDeployment;
  // Contents are read only when asked for, because most blocks of a text have not changed.
  const holders = once(() => holdersOf(entity));
  const drafted = cached(cache.drafts, entity, () => draftOf(entity, holders, cache));
  const resolved = new DraftedDeployment(entity, drafted, holders);
  cache.deployments.set(entity, resolved);
  return resolved;
}

/** What the block says in places of the text is read when it is asked for. */
class DraftedDeployment implements ResolvedDeployment {
  readonly name: string;
  readonly entity: Entity;
  readonly spec?: PlanSpec;
  readonly draft?: Deployment;
  readonly deployment?: Deployment;
  readonly invalid?: string;
  readonly sized?: Deployment;
  private readonly holders: () => readonly Holder[];
  private sourcesRead: readonly PoolSource[] | undefined;
  private claimsRead: readonly Claim[] | undefined;
  private measuredRead: readonly Claim[] | undefined;

  constructor(entity: Entity, drafted: Drafted | undefined, holders: () => readonly Holder[]) {
    this.name = entity.name ?? '';
    this.entity = entity;
    this.holders = holders;
    if (!drafted) return;
    this.spec = drafted.spec;
    this.draft = drafted.draft;
    if (drafted.invalid === undefined) this.deployment = drafted.draft;
    else this.invalid = drafted.invalid;
    if (drafted.isSized) this.sized = drafted.draft;
  }

  get sources(): readonly PoolSource[] {
    const { draft } = this;
    this.sourcesRead ??= draft ? this.holders().map((holder, index) => sourceOf(holder, draft.pools[index])) : [];
    return this.sourcesRead;
  }

  get claims(): readonly Claim[] {
    this.claimsRead ??= claimsOfBlock(childOf(this.entity, 'expect'));
    return this.claimsRead;
  }

  get measured(): readonly Claim[] {
    this.measuredRead ??= claimsOfBlock(childOf(this.entity, 'measured'));
    return this.measuredRead;
  }

  get measuredSource(): string | undefined {
    return textOf(childOf(this.entity, 'measured'), 'source');
  }
}

function draftOf(entity: Entity, holders: () => readonly Holder[], cache: PlanCache): Drafted | undefined {
  const modelEntity = targetOf(entity, 'model');
  const clusterEntity = targetOf(entity, 'cluster');
  const workloadEntity = targetOf(entity, 'workload');
  const model = modelEntity && modelOf(modelEntity, cache);
  const cluster = clusterEntity && clusterOf(clusterEntity, cache);
  const workload = workloadEntity && cached(cache.workloads, workloadEntity, () => resolveWorkload(workloadEntity));
  if (!model || !cluster || !workload || tooLarge(entity) !== undefined) return undefined;
  const spec = readSpec(entity, holders(), { model, cluster, workload });
  const derived = derive(spec);
  const rejected = rejectedInPlan(entity);
  return rejected === undefined
    ? { spec, ...derived }
    : {
        spec,
        draft: derived.draft,
        invalid: `what is written for \`${rejected}\` is not understood`,
        isSized: false,
      };
}

function sourceOf(holder: Holder, pool: Pool | undefined): PoolSource {
  const { block, parallel, stages, balance, redundant, placements } = holder;
  return {
    pool: locationOfEntity(block),
    holder: block,
    ...(parallel && { parallel }),
    placement: { balance, redundant, written: placements.map(writtenLine) },
    stages: (pool?.stages ?? []).map(({ index }) => {
      const stage = stages[index];
      return { location: locationOfEntity(stage ?? block), ...(stage && { entity: stage }) };
    }),
  };
}
