import { expertsOf } from '../../cost/parameters/parameters.ts';
import type { Entity, Property, Value } from '../../language/entity.ts';
import { locationOfEntity, locationOfProperty } from '../../language/entity.ts';
import type { Program } from '../../language/program.ts';
import type { Location } from '../../language/span.ts';
import { claimsOfBlock } from '../../plan/resolve/claims.ts';
import { resolveNode } from '../../plan/resolve/cluster.ts';
import { clusterOf } from '../../plan/resolve/plan.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { PlanSpec, PoolSpec } from '../../plan/spec.ts';
import { childOf, childrenOf, indexesOf, itemsOf, targetOf, wordOf, wordsOf } from '../../plan/values.ts';
import { METRIC_NAMES, type MetricName } from '../../search/metrics.ts';
import {
  type Bound,
  DEGREE_AXES,
  type NamedCluster,
  type PlanAxes,
  type PoolAxes,
  type RankedBy,
  type Scalar,
  SETTING_AXES,
  type SearchSpace,
  type Tried,
} from '../../search/space.ts';
import { pairOf } from '../../search/twoPools.ts';
import type { Analysis } from '../analysis.ts';

/** A search that can be run. */
export interface ReadSearch {
  readonly name: string;
  readonly space: SearchSpace;
  readonly by: RankedBy;
  readonly base: ResolvedDeployment;
}

/** Why a search cannot be run, and where. */
export interface SearchFault extends Location {
  readonly message: string;
}

/** The `search` blocks of a file. */
export function searchesOf({ program }: Analysis): readonly Entity[] {
  return program.own.filter(({ keyword }) => keyword === 'search');
}

/** Reads a `search` block, or says all that keeps it from being run. */
export function readSearch(analysis: Analysis, entity: Entity): ReadSearch | readonly SearchFault[] {
  const baseEntity = targetOf(entity, 'base');
  if (!baseEntity) return [];
  const base = analysis.plan.blockOf(baseEntity).deployments[0];
  const at = entity.properties.get('base');
  const place = at ? locationOfProperty(at) : locationOfEntity(entity);
  if (!base?.spec)
    return [
      { ...place, message: `nothing can be searched from ${baseEntity.name ?? 'it'}: too little of it is known` },
    ];
  const reading = new Reading(analysis, entity, base, base.spec, place);
  return reading.read();
}

/** The search of a deployment for which none is written: its degrees on the same GPUs, and what hides communication. */
export function searchFrom(base: ResolvedDeployment): ReadSearch | undefined {
  const { spec, name } = base;
  if (!spec || !isSearched(spec)) return undefined;
  const { kind } = spec.workload;
  return {
    name,
    base,
    by: 'lower-edge',
    space: spaceOf(
      spec,
      { plan: {}, pools: spec.pools.map((pool) => usualAxes(spec, pool)) },
      usualObjectives(kind),
      [],
    ),
  };
}

class Reading {
  private readonly faults: SearchFault[] = [];
  private readonly analysis: Analysis;
  private readonly entity: Entity;
  private readonly base: ResolvedDeployment;
  private readonly spec: PlanSpec;
  private readonly place: Location;

  constructor(analysis: Analysis, entity: Entity, base: ResolvedDeployment, spec: PlanSpec, place: Location) {
    this.analysis = analysis;
    this.entity = entity;
    this.base = base;
    this.spec = spec;
    this.place = place;
  }

  read(): ReadSearch | readonly SearchFault[] {
    const { entity, spec, base } = this;
    if (!isSearched(spec))
      this.fault(
        this.place,
        'a search varies plans of one pool, or of one that reads prompts and one that generates tokens',
      );
    const axes = this.axes();
    const objectives = this.objectives();
    const bounds = this.bounds();
    if (this.faults.length > 0) return this.faults;
    const whole = wordOf(entity, 'whole');
    return {
      name: entity.name ?? '',
      base,
      by: wordOf(entity, 'by') === 'middle' ? 'middle' : 'lower-edge',
      space: {
        ...spaceOf(spec, axes, objectives, bounds),
        ...((whole === 'node' || whole === 'domain') && { whole }),
      },
    };
  }

  private fault(at: Location, message: string): void {
    this.faults.push({ uri: at.uri, span: at.span, message });
  }

  private axes(): Pick<SearchSpace, 'plan' | 'pools'> {
    const { entity, spec } = this;
    const blocks = childrenOf(entity, 'vary');
    if (blocks.length === 0) return { plan: {}, pools: spec.pools.map((pool) => usualAxes(spec, pool)) };
    const isWhole = this.base.sources.some(({ holder }) => holder === this.base.entity);
    const names = isWhole ? [] : spec.pools.map(({ name }) => name);
    for (const block of blocks) {
      if (block.name === undefined || names.includes(block.name)) continue;
      const known = names.length > 0 ? `its pools are ${names.join(' and ')}` : 'it has one, without a name';
      this.fault(locationOfEntity(block), `${this.base.name} has no pool \`${block.name}\`: ${known}`);
    }
    const pools = spec.pools.map((pool) => {
      const own = blocks.filter(({ name }) => name === undefined || name === pool.name);
      return this.poolAxes(own);
    });
    this.checkByHand(pools);
    this.checkPools(pools, blocks);
    return { plan: this.planAxes(blocks), pools };
  }

  private poolAxes(blocks: readonly Entity[]): PoolAxes {
    const axes: { -readonly [Name in keyof PoolAxes]: PoolAxes[Name] } = {};
    for (const { properties } of blocks) {
      for (const property of properties.values()) this.checkValues(property);
      for (const name of [...DEGREE_AXES, 'gpus'] as const) {
        const tried = numbersOf(properties.get(name));
        if (tried) axes[name] = tried;
      }
      for (const name of SETTING_AXES) {
        const tried = scalarsOf(properties.get(name));
        if (tried) axes[name] = tried;
      }
    }
    return axes;
  }

  private planAxes(blocks: readonly Entity[]): PlanAxes {
    const { workload } = this.spec;
    const axes: { -readonly [Name in keyof PlanAxes]: PlanAxes[Name] } = {};
    for (const { properties } of blocks) {
      const [nodes, concurrency, microBatch] = ['node', 'concurrency', 'micro-batch'].map((name) =>
        properties.get(name),
      );
      if (nodes) axes.clusters = this.clusters(nodes);
      if (concurrency) {
        if (workload.kind !== 'serving')
          this.fault(
            locationOfProperty(concurrency),
            `\`concurrency\` is of serving, and ${workload.name} is ${workload.kind}`,
          );
        else if (workload.concurrency === undefined)
          this.fault(
            locationOfProperty(concurrency),
            `${workload.name} states a \`request-rate\`, from which the requests in flight follow`,
          );
        else axes.concurrency = numbersOf(concurrency) ?? 'all';
      }
      if (microBatch) {
        if (workload.kind !== 'training')
          this.fault(
            locationOfProperty(microBatch),
            `\`micro-batch\` is of training, and ${workload.name} is ${workload.kind}`,
          );
        else axes['micro-batch'] = numbersOf(microBatch) ?? 'all';
      }
    }
    return axes;
  }

  /** The base's cluster with other machines, as many GPUs as it has. */
  private clusters(property: Property): readonly NamedCluster[] {
    const { program, planCache } = this.analysis;
    const entity = targetOf(this.base.entity, 'cluster');
    const cluster = entity && clusterOf(entity, planCache);
    const [group, ...others] = cluster?.groups ?? [];
    if (!cluster || !group || others.length > 0) {
      this.fault(locationOfProperty(property), 'other machines can be tried where a cluster has machines of one kind');
      return [];
    }
    return [...new Set(wordsOf(property))].flatMap((name) => {
      const node = nodeNamed(program, name);
      if (!node) return [];
      const count = cluster.gpuCount / node.gpus;
      if (!Number.isInteger(count)) {
        const why = `${node.gpus} GPUs of \`${name}\` do not divide the ${cluster.gpuCount} of ${cluster.name}`;
        this.fault(locationOfProperty(property), `${why}: plans of as many GPUs are compared`);
        return [];
      }
      const changed = { ...group, node, count };
      return [
        { node: name, cluster: { ...cluster, groups: [changed], gpuCount: count * node.gpus, nodeCount: count } },
      ];
    });
  }

  /** Axes of what the base does not have. */
  private checkPools(pools: readonly PoolAxes[], blocks: readonly Entity[]): void {
    const { cluster, model } = this.spec;
    const placeOf = (name: string) => {
      const property = blocks.flatMap(({ properties }) => properties.get(name) ?? [])[0];
      return property ? locationOfProperty(property) : this.place;
    };
    const isMoved = pools.some(({ gpus }) => gpus !== undefined);
    if (isMoved && cluster.groups.length > 1)
      this.fault(
        placeOf('gpus'),
        `${cluster.name} has several groups of machines, and \`gpus\` says how many, not which: search from a cluster of one`,
      );
    for (const name of OF_EXPERTS) {
      if (expertsOf(model) || !pools.some((axes) => axes[name] !== undefined)) continue;
      this.fault(placeOf(name), `\`${name}\` is of experts, and ${model.name} has none`);
    }
    pools.forEach((axes, index) => {
      const drafted = axes['speculative-tokens'];
      const isDrafting = drafted === 'all' || drafted?.some((tokens) => tokens !== 0) === true;
      if (isDrafting && this.spec.pools[index]?.engine.acceptance === undefined)
        this.fault(
          placeOf('speculative-tokens'),
          `\`speculative-tokens\` needs the \`acceptance\` that ${this.base.name} does not state`,
        );
    });
    const whole = this.entity.properties.get('whole');
    if (whole && pools.some(({ gpus }) => gpus === undefined))
      this.fault(locationOfProperty(whole), '`whole` is of pools whose `gpus` are tried: vary those of each');
  }

  /** So many values that nobody means to try them, and numbers of which there is at least one. */
  private checkValues(property: Property): void {
    const { name } = property.spec;
    const numbers = numbersOf(property);
    if (numbers === undefined || numbers === 'all' || !COUNTED.some((axis) => axis === name)) return;
    const at = locationOfProperty(property);
    if (numbers.length > MOST_VALUES)
      this.fault(
        at,
        `\`${name}\` has ${numbers.length} values: name at most ${MOST_VALUES}, with a step such as \`64..4096 by 64\``,
      );
    if (numbers.some((value) => value < 1)) this.fault(at, `\`${name}\` is at least 1`);
  }

  /** Stages and experts that are placed by hand leave no degrees to try. */
  private checkByHand(pools: readonly PoolAxes[]): void {
    for (const [index, axes] of pools.entries()) {
      const pool = this.spec.pools[index];
      const isLaidOut = [...DEGREE_AXES, 'gpus' as const].some((name) => axes[name] !== undefined);
      if (!pool || !isLaidOut || (pool.stages.length === 0 && pool.placements.length === 0)) continue;
      const what = pool.stages.length > 0 ? 'stages' : 'places of experts';
      this.fault(
        this.place,
        `${this.base.name} writes ${what} by hand, which fit one layout only: vary settings alone, or take a base without them`,
      );
    }
  }

  private objectives(): readonly MetricName[] {
    const property = this.entity.properties.get('objective');
    const { kind } = this.spec.workload;
    const inOrder = [...new Set(wordsOf(property).flatMap((word) => METRIC_NAMES.find((name) => name === word) ?? []))];
    if (!property || inOrder.length === 0) return usualObjectives(kind);
    if (inOrder.length > 2)
      this.fault(locationOfProperty(property), 'an objective is one figure, or two of which a front is drawn');
    for (const name of inOrder) {
      if (name === 'tokens-per-price' && this.spec.cluster.pricePerGpuHour === undefined)
        this.fault(locationOfProperty(property), `${this.spec.cluster.name} states no \`price\` of a GPU hour`);
      if (SERVED.includes(name) && kind !== 'serving')
        this.fault(
          locationOfProperty(property),
          `\`${name}\` is of serving, and ${this.spec.workload.name} is ${kind}`,
        );
    }
    const [first, second] = inOrder;
    if (!first) return usualObjectives(kind);
    const other = usualObjectives(kind).find((name) => name !== first);
    return [first, second ?? other ?? 'gpus-used'];
  }

  /** That plans have such a figure. */
  private checkMetric(name: MetricName, property: Property): void {
    const { cluster, workload } = this.spec;
    const at = locationOfProperty(property);
    if (PRICED.includes(name) && cluster.pricePerGpuHour === undefined)
      this.fault(at, `${cluster.name} states no \`price\` of a GPU hour`);
    if (SERVED.includes(name) && workload.kind !== 'serving')
      this.fault(at, `\`${name}\` is of serving, and ${workload.name} is ${workload.kind}`);
  }

  private bounds(): readonly Bound[] {
    return claimsOfBlock(childOf(this.entity, 'require')).flatMap(({ name, operator, value, property }) => {
      const metric = METRIC_NAMES.find((known) => known === name);
      if (!metric) return [];
      if (operator === '=') {
        this.fault(
          locationOfProperty(property),
          `what a plan must keep is a bound: write \`${name} <=\` or \`${name} >=\``,
        );
        return [];
      }
      this.checkMetric(metric, property);
      return [{ metric, operator, value }];
    });
  }
}

/** Values of one axis that are tried at most. */
const MOST_VALUES = 4_096;

/** Axes of which there is at least one. */
const COUNTED = [...DEGREE_AXES, 'gpus', 'concurrency', 'micro-batch'] as const;

const OF_EXPERTS = ['ep', 'etp', 'edp', 'experts', 'redundant-experts'] as const;

const PRICED: readonly MetricName[] = ['tokens-per-price', 'price-per-hour'];

const SERVED: readonly MetricName[] = ['ttft', 'tpot', 'tokens-per-user'];

function nodeNamed(program: Program, name: string) {
  return resolveNode(program.lookup('node', name));
}

function numbersOf(property: Property | undefined): Tried<number> | undefined {
  if (!property) return undefined;
  return isAll(property.value) ? 'all' : [...new Set(indexesOf(property.value))];
}

function scalarsOf(property: Property | undefined): Tried<Scalar> | undefined {
  if (!property) return undefined;
  if (isAll(property.value)) return 'all';
  const scalars = itemsOf(property.value).flatMap((item): Scalar[] => {
    if (item.kind === 'quantity') return [item.value];
    if (item.kind === 'range') return indexesOf(item);
    if (item.kind !== 'word') return [];
    return [item.text === 'true' ? true : item.text === 'false' ? false : item.text];
  });
  return [...new Set(scalars)];
}

function isAll(value: Value): boolean {
  return value.kind === 'word' && value.text === 'all';
}

function isSearched(spec: PlanSpec): boolean {
  return spec.pools.length === 1 || pairOf(spec) !== undefined;
}

function usualObjectives(kind: PlanSpec['workload']['kind']): readonly MetricName[] {
  return kind === 'serving' ? ['throughput-per-gpu', 'tokens-per-user'] : ['step', 'memory-per-gpu'];
}

/** Axes of a search for which none are written. */
function usualAxes({ workload, model }: PlanSpec, { parallel, stages, placements }: PoolSpec): PoolAxes {
  const hasExperts = expertsOf(model) !== undefined;
  const stated = (['etp', 'edp'] as const).filter((name) => parallel[name] !== undefined);
  const layout: PoolAxes =
    stages.length > 0 || placements.length > 0
      ? {}
      : {
          tp: 'all',
          dp: 'all',
          pp: 'all',
          ...(hasExperts && { ep: 'all' }),
          ...Object.fromEntries(stated.map((name) => [name, 'all' as const])),
        };
  if (workload.kind === 'training')
    return {
      ...layout,
      ...(stages.length === 0 && { vpp: 'all', ...(hasExperts && { etp: 'all' as const }) }),
      recompute: 'all',
    };
  if (workload.kind === 'batch') return layout;
  return {
    ...layout,
    ...(stages.length === 0 && { replicas: 'all' }),
    ...(hasExperts && { 'all-to-all': 'all', 'two-batch-overlap': 'all' }),
  };
}

/**
 * The space as plain data. Micro-batches of training follow from the batch and dp, so those that the base states are left out where
 * degrees are tried.
 */
function spaceOf(
  spec: PlanSpec,
  { plan, pools }: Pick<SearchSpace, 'plan' | 'pools'>,
  [objective = 'throughput', against = 'gpus-used']: readonly MetricName[],
  bounds: readonly Bound[],
): SearchSpace {
  const base: PlanSpec = {
    ...spec,
    pools: spec.pools.map((pool, index) => {
      const axes = pools[index];
      const isFollowing = DEGREE_AXES.some((name) => axes?.[name] !== undefined) || plan['micro-batch'] !== undefined;
      if (spec.workload.kind !== 'training' || !isFollowing) return pool;
      const { microBatches: _, ...parallel } = pool.parallel;
      return { ...pool, parallel };
    }),
  };
  return { base, plan, pools, objective, against, bounds };
}
