import { engineProfile } from '../../engines/index.ts';
import { Memo } from '../../language/memo.ts';
import { DEFAULT_ENGINE } from '../../language/vocabulary/engine.ts';
import { gpuOf } from '../cluster.ts';
import type { Deployment, Pool } from '../deployment.ts';
import type { Model } from '../model.ts';
import { once } from '../once.ts';
import type { Derivations, Parallel } from '../parallel.ts';
import { saysLayout } from '../pipelineLayout.ts';
import type { Arrow, PlanSpec, PoolSpec } from '../spec.ts';
import { faultsOfPlan, missingRole, type PlacedPools } from '../validity/plan.ts';
import { faultsOfPool } from '../validity/pool.ts';
import { completeEngine, lacksAcceptance } from './engine.ts';
import { planSentence, poolSentence, roleSentence } from './invalid.ts';
import { Layouts, type PoolLayout } from './layouts.ts';
import { derivationsOf, deriveParallel, pipelineStages } from './parallel.ts';
import { DEFAULT_ORDER, deriveStages } from './stages.ts';
import { modelInTypes } from './types.ts';

/** A plan after everything that the text leaves out has been derived, and whether the plan can work. */
export interface Derived {
  /** The deployment as far as it can be told, even when it cannot work. */
  readonly draft: Deployment;
  /** Why nothing can be computed of the plan, in a sentence. */
  readonly invalid?: string;
  /** Whether memory can be computed. When `invalid` is set too, it is about the prediction alone. */
  readonly isSized: boolean;
}

/**
 * Completes a plan. The function is pure: equal specifications give equal deployments. It keeps what the specification
 * states, even where that cannot hold, and then `invalid` says why. The work grows with the GPUs, layers and experts that
 * are named, unless `cache` has a plan with the same layout.
 */
export function derive(spec: PlanSpec, cache: Layouts = new Layouts()): Derived {
  const { cluster, workload } = spec;
  const shares = sharesOf(spec, cache);
  const layouts: PoolLayout[] = [];
  const pools = spec.pools.map((said, index) => {
    const gpus = shares[index] ?? [];
    const pp = pipelineStages(said);
    const replicas = said.replicas ?? 1;
    const perInstance = Math.max(1, Math.floor(gpus.length / replicas));
    const stageGpus = said.stages[0]?.gpus?.length ?? Math.max(1, Math.floor(Math.min(perInstance, gpus.length) / pp));
    const parallelPlace = { pp, gpus: stageGpus, workload, engine: said.engine };
    const parallel = deriveParallel(said.parallel, parallelPlace);
    const layout = layoutOf({ spec, said, parallel, gpus, perInstance, replicas }, cache);
    layouts.push(layout);
    const derived = once(() => derivationsOf(said.parallel, parallel, parallelPlace));
    return completePool(spec, said, { parallel, replicas, layout, derived });
  });
  const poolEdges = poolEdgesOf(spec.arrows, pools);
  const place = { spec, pools, poolEdges, layouts };
  const plan = cache.plan(planKey(place, cache), () => {
    const gpus = [...new Set(pools.flatMap((pool) => pool.gpus))].sort((a, b) => a - b);
    const invalid = invalidPlan(place);
    return { gpus, ...(invalid !== undefined && { invalid }) };
  });
  const draft: Deployment = {
    name: spec.name,
    model: spec.model,
    cluster,
    workload,
    pools,
    poolEdges,
    gpus: plan.gpus,
  };
  const wrong = plan.invalid;
  const isOpen = workload.kind === 'serving' && spec.pools.some(({ engine }) => lacksAcceptance(engine));
  const invalid = wrong ?? withoutPrediction(draft, isOpen);
  // Concurrency is known where it is written. With a request rate it follows from the prediction.
  const isSized = wrong === undefined && (!isOpen || workload.concurrency !== undefined);
  return { draft, ...(invalid !== undefined && { invalid }), isSized };
}

/** GPUs of each pool: those it names, or an even share of the GPUs that no pool names. */
function sharesOf({ cluster, gpus, pools }: PlanSpec, cache: Layouts): readonly (readonly number[])[] {
  const allowed = gpus ?? cache.gpusOf(cluster);
  let key = `${cache.idOf(allowed)}`;
  for (const pool of pools) key += `,${cache.idOf(pool.gpus)}`;
  return cache.share(key, () => {
    const named = new Set(pools.flatMap((pool) => pool.gpus ?? []));
    const unnamed = allowed.filter((gpu) => !named.has(gpu));
    let silent = pools.filter((pool) => !pool.gpus).length;
    return pools.map((pool) => pool.gpus ?? unnamed.splice(0, Math.ceil(unnamed.length / Math.max(1, silent--))));
  });
}

interface PoolPlace {
  readonly spec: PlanSpec;
  readonly said: PoolSpec;
  readonly parallel: Parallel;
  readonly gpus: readonly number[];
  /** GPUs of one replica. */
  readonly perInstance: number;
  readonly replicas: number;
}

function layoutOf(place: PoolPlace, cache: Layouts): PoolLayout {
  const { spec, said, parallel, gpus, perInstance, replicas } = place;
  const { tp, cp, dp, etp, ep, edp, pp } = parallel;
  const { cluster, model, order } = spec;
  const { layout, firstStageLayers, lastStageLayers } = parallel;
  const chunks = saysLayout(parallel)
    ? `${layout},${firstStageLayers},${lastStageLayers},${parallel.vpp},${model.mtpModules}`
    : '';
  const layers = `${cache.idOf(model.layers)},${cache.idOf(model.classes)},${cache.idOf(said.stages)},${chunks}`;
  const experts = `${cache.idOf(said.placements)},${said.balance},${said.redundant},${said.engine.name}`;
  const key = `${cache.idOf(cluster)},${cache.idOf(order)},${layers},${experts},${tp},${cp},${dp},${etp},${ep},${edp},${pp}`;
  return cache.pool(`${key},${cache.idOf(gpus)},${replicas}`, () => {
    const stages = cache.stages(`${key},${instanceKey(gpus, perInstance, cache)}`, () =>
      deriveStages({
        model,
        cluster,
        parallel,
        gpus: gpus.slice(0, perInstance),
        stages: said.stages,
        order: order ?? DEFAULT_ORDER,
        balance: said.balance,
        redundant: said.redundant,
        split: engineProfile(said.engine.name ?? DEFAULT_ENGINE).degrees.split,
        placements: said.placements,
      }),
    );
    const poolGpus = replicas > 1 ? gpus : [...new Set(stages.flatMap((stage) => stage.gpus))];
    const writtenStages = said.stages.length;
    const namesLayers = said.stages.some((stage) => stage.layers);
    const place = { cluster, model, parallel, replicas, stages, gpus: poolGpus, writtenStages, namesLayers };
    const [fault] = faultsOfPool(place);
    const invalid = fault && poolSentence(fault, place);
    return { stages, gpus: poolGpus, ...(invalid !== undefined && { invalid }) };
  });
}

/** The GPUs of the first instance: a run of them by its ends. */
function instanceKey(gpus: readonly number[], count: number, cache: Layouts): string {
  const [first = 0, last = 0] = [gpus[0], gpus[Math.min(count, gpus.length) - 1]];
  for (let index = 0; index < count && index < gpus.length; index++)
    if (gpus[index] !== first + index) return `${cache.idOf(gpus)}:${count}`;
  return `${first}..${last}`;
}

interface PoolParts {
  readonly parallel: Parallel;
  readonly replicas: number;
  readonly layout: PoolLayout;
  readonly derived: () => Derivations;
}

function completePool(
  { model, cluster }: PlanSpec,
  said: PoolSpec,
  { parallel, replicas, layout, derived }: PoolParts,
): Pool {
  const role = said.role ?? 'both';
  const typedModel = said.types ? withTypes(model, said.types) : model;
  const gpu = gpuOf(cluster, layout.gpus[0]);
  const engine = completeEngine(said.engine, { parallel, model: typedModel, role, gpu });
  return new CompletedPool(said, { parallel, replicas, layout, derived }, { role, engine, model: typedModel });
}

class CompletedPool implements Pool {
  readonly name: string;
  readonly role: Pool['role'];
  readonly parallel: Parallel;
  readonly engine: Pool['engine'];
  readonly model: Model;
  readonly replicas: number;
  readonly stages: Pool['stages'];
  readonly arrows: readonly Arrow[];
  readonly gpus: readonly number[];
  readonly #derived: () => Derivations;

  constructor(
    { name, arrows }: PoolSpec,
    { parallel, replicas, layout, derived }: PoolParts,
    { role, engine, model }: Pick<Pool, 'role' | 'engine' | 'model'>,
  ) {
    this.name = name;
    this.role = role;
    this.parallel = parallel;
    this.engine = engine;
    this.model = model;
    this.replicas = replicas;
    this.stages = layout.stages;
    this.arrows = arrows;
    this.gpus = layout.gpus;
    this.#derived = derived;
  }

  /** These are sentences, so they are made only when something shows them. */
  get derived(): Derivations {
    return this.#derived();
  }
}

const typed = new Memo<Model, Map<string, Model>>();

/** Returns the same model object for the same types, so that what is cached for the model is found again. */
function withTypes(model: Model, said: NonNullable<PoolSpec['types']>): Model {
  const ofModel = typed.get(model) ?? new Map<string, Model>();
  typed.set(model, ofModel);
  const key = Object.entries(said).join();
  const typedModel = ofModel.get(key) ?? modelInTypes(model, said);
  ofModel.set(key, typedModel);
  return typedModel;
}

/**
 * Arrows between pools as written. Without any, one arrow leads from the pool that reads prompts to the one that generates.
 */
function poolEdgesOf(arrows: readonly Arrow[], pools: readonly Pool[]): Deployment['poolEdges'] {
  if (arrows.length > 0) return arrows;
  const prefill = pools.findIndex(({ role }) => role === 'prefill');
  const decode = pools.findIndex(({ role }) => role === 'decode');
  return prefill >= 0 && decode >= 0 ? [[prefill, decode]] : [];
}

/** What a prediction lacks though memory can be computed. */
function withoutPrediction(draft: Deployment, isOpen: boolean): string | undefined {
  const role = missingRole(draft);
  if (role) return roleSentence(role);
  return isOpen ? '`speculative-tokens` is written without `acceptance`' : undefined;
}

interface PlanPlace extends PlacedPools {
  readonly layouts: readonly PoolLayout[];
}

/** Why nothing can be computed of a plan: the first fault that is found. */
function invalidPlan(place: PlanPlace): string | undefined {
  const { layouts } = place;
  const invalid = layouts.find((layout) => layout.invalid !== undefined)?.invalid;
  if (invalid !== undefined) return invalid;
  const [fault] = faultsOfPlan(place);
  return fault && planSentence(fault);
}

function planKey({ spec, pools, layouts }: PlanPlace, cache: Layouts): string {
  let key = `${spec.workload.kind},${cache.idOf(spec.arrows)}`;
  for (const [index, { role }] of pools.entries()) key += `,${role}${cache.idOf(layouts[index])}`;
  return key;
}
