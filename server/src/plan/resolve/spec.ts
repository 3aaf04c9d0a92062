import type { Entity, EvaluatedPlacement } from '../../language/entity.ts';
import type { Cluster } from '../cluster.ts';
import type { PoolRole, Workload } from '../deployment.ts';
import type { Model } from '../model.ts';
import { FLAGS, LAYER_COUNTS, NUMBERS, OFFLOAD, RECOMPUTE, SCHEDULES } from '../parallel.ts';
import type { Arrow, ParallelSpec, PlacementLine, PlanSpec, PoolSpec, StageSpec } from '../spec.ts';
import {
  childOf,
  childrenOf,
  flagOf,
  indexesOf,
  itemsOf,
  numberOf,
  textOf,
  wordOf,
  wordsOf,
  writtenFields,
} from '../values.ts';
import { inFlowOrder } from './flowOrder.ts';
import { typesWritten } from './types.ts';
import { engineWritten } from './workload.ts';

/** The blocks that say how one pool is laid out. */
export interface Holder {
  /** The `pool` block, or the deployment itself when it has none. */
  readonly block: Entity;
  readonly isWhole: boolean;
  readonly parallel: Entity | undefined;
  /** `stage` blocks in the order of their arrows. */
  readonly stages: readonly Entity[];
  /** Whether the stages are those of the deployment, which other pools may use too. */
  readonly areStagesCommon: boolean;
  readonly arrows: Entity['edges'];
  readonly balance: 'none' | 'eplb';
  readonly redundant: number;
  /** The `expert ... on gpu ...` lines of the deployment and the pool. A stage block has its own lines in addition. */
  readonly placements: readonly EvaluatedPlacement[];
}

export function holdersOf(entity: Entity): readonly Holder[] {
  const pools = childrenOf(entity, 'pool');
  return (pools.length > 0 ? pools : [entity]).map((block) => {
    const isWhole = block === entity;
    const ownStages = childrenOf(block, 'stage');
    const stagesOf = ownStages.length > 0 || isWhole ? block : entity;
    return {
      block,
      isWhole,
      parallel: childOf(block, 'parallel') ?? childOf(entity, 'parallel'),
      areStagesCommon: stagesOf !== block,
      stages: inFlowOrder(childrenOf(stagesOf, 'stage'), stagesOf.edges),
      arrows: stagesOf.edges,
      balance: (wordOf(block, 'balance') ?? wordOf(entity, 'balance')) === 'eplb' ? 'eplb' : 'none',
      redundant: numberOf(block, 'redundant-experts') ?? numberOf(entity, 'redundant-experts') ?? 0,
      placements: isWhole ? entity.placements : [...entity.placements, ...block.placements],
    };
  });
}

/** Reads what a deployment's block states about its model, cluster and workload. The result keeps nothing of the text. */
export function readSpec(
  entity: Entity,
  holders: readonly Holder[],
  named: { readonly model: Model; readonly cluster: Cluster; readonly workload: Workload },
): PlanSpec {
  const { model, cluster, workload } = named;
  const gpus = indexesWritten(entity, 'gpus');
  const order = entity.properties.get('order');
  return {
    name: entity.name ?? '',
    model,
    cluster,
    workload,
    ...(gpus && { gpus }),
    ...(order && {
      order: itemsOf(order.value).flatMap((item) => (item.kind === 'word' ? [item.text] : [])),
    }),
    pools: holders.map((holder) => poolWritten(entity, holder)),
    arrows: holders.some(({ isWhole }) => isWhole)
      ? []
      : arrowsBetween(
          holders.map(({ block }) => block),
          entity.edges,
        ),
  };
}

const ROLES: readonly PoolRole[] = ['prefill', 'decode', 'both'];

function poolWritten(entity: Entity, holder: Holder): PoolSpec {
  const { block, isWhole, stages, areStagesCommon, balance, redundant } = holder;
  const commonLines = isWhole ? 0 : entity.placements.length;
  const name = block.name ?? '';
  const role = ROLES.find((poolRole) => poolRole === (wordOf(block, 'role') ?? name));
  const gpus = isWhole ? undefined : indexesWritten(block, 'gpus');
  const replicas = numberOf(block, 'replicas');
  const types = childOf(block, 'types') ?? childOf(entity, 'types');
  return {
    name,
    ...(role && { role }),
    ...(gpus && { gpus }),
    ...(replicas !== undefined && { replicas }),
    parallel: parallelWritten(holder.parallel),
    engine: engineWritten(childOf(block, 'engine'), isWhole ? undefined : childOf(entity, 'engine')),
    ...(types && { types: typesWritten(types) }),
    stages: stages.map((stage) => stageWritten(stage, areStagesCommon)),
    arrows: arrowsBetween(stages, holder.arrows),
    balance,
    redundant,
    placements: holder.placements.map((line, index) => specLine(line, index < commonLines)),
  };
}

function stageWritten(block: Entity, isCommon: boolean): StageSpec {
  const [layers, gpus] = [indexesWritten(block, 'layers'), indexesWritten(block, 'gpus')];
  return {
    name: block.name ?? '',
    ...(layers && { layers }),
    ...(gpus && { gpus }),
    placements: block.placements.map((line) => specLine(line, isCommon)),
  };
}

/** The indexes of an `expert ... on gpu ...` line. */
export function lineOf({ experts, gpus, layers }: EvaluatedPlacement): PlacementLine {
  return { experts: indexesOf(experts), gpus: indexesOf(gpus), ...(layers && { layers: indexesOf(layers) }) };
}

function specLine(placement: EvaluatedPlacement, isCommon: boolean): PlacementLine {
  return { ...lineOf(placement), ...(isCommon && { isCommon }) };
}

/** What a `parallel` block says. */
function parallelWritten(block: Entity | undefined): ParallelSpec {
  const schedule = SCHEDULES.find((name) => name === wordOf(block, 'schedule'));
  const zero = numberOf(block, 'zero');
  const layout = textOf(block, 'layout');
  const offload = wordsOf(block?.properties.get('offload')).flatMap(
    (word) => OFFLOAD.find((name) => name === word) ?? [],
  );
  return {
    ...writtenFields(NUMBERS, (name) => numberOf(block, name)),
    ...writtenFields(LAYER_COUNTS, (name) => numberOf(block, name)),
    ...writtenFields(FLAGS, (name) => flagOf(block, name)),
    ...(layout !== undefined && { layout }),
    ...(offload.length > 0 && { offload }),
    recompute: wordsOf(block?.properties.get('recompute')).flatMap(
      (word) => RECOMPUTE.find((name) => name === word) ?? [],
    ),
    ...(schedule && { schedule }),
    ...((zero === 0 || zero === 1 || zero === 2 || zero === 3) && { zero }),
  };
}

function indexesWritten(block: Entity, name: string): readonly number[] | undefined {
  const value = block.properties.get(name)?.value;
  return value && indexesOf(value);
}

/** Each `->` between two of the named things, as a pair of indexes. */
function arrowsBetween(named: readonly { readonly name?: string }[], edges: Entity['edges']): readonly Arrow[] {
  const indexOf = new Map(named.map(({ name }, index) => [name, index]));
  return edges.flatMap(({ path }) =>
    path.slice(1).flatMap((word, step) => {
      const [from, to] = [indexOf.get(path[step]?.text), indexOf.get(word.text)];
      return from === undefined || to === undefined ? [] : [[from, to] as const];
    }),
  );
}
