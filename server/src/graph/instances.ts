import type { Operation } from '../cost/operation.ts';
import { Memo } from '../language/memo.ts';
import type { Pool, Stage } from '../plan/deployment.ts';
import { groupsOf, rankOf } from '../plan/ranks.ts';
import type { DagOptions } from './types.ts';

/** The GPUs that run one instance of an operation, and how many equal instances it stands for. */
export interface Instance {
  /** Part of the node's key: `gpu3`, `tp[0-7]`, `all`. */
  readonly key: string;
  readonly gpus: readonly number[];
  readonly copies: number;
  /** Whether everything in the stage is drawn once, including this. */
  readonly isWhole?: boolean;
}

/** Partitions of a stage's GPUs by kind of group. Each is made once. */
export class StageInstances {
  private readonly pool: Pool;
  private readonly stage: Stage;
  private readonly options: DagOptions;
  private readonly instancesOfGroups = new Map<string, readonly Instance[]>();

  constructor(pool: Pool, stage: Stage, options: DagOptions) {
    this.pool = pool;
    this.stage = stage;
    this.options = options;
  }

  of(group: Operation['group']): readonly Instance[] {
    let instances = this.instancesOfGroups.get(group);
    if (!instances) {
      instances = this.make(group);
      this.instancesOfGroups.set(group, instances);
    }
    return instances;
  }

  private make(group: Operation['group']): readonly Instance[] {
    const { stage, pool, options } = this;
    const groups = this.groups(group).map((gpus) => gpus.toSorted((left, right) => left - right));
    const lanes = options.unfolded?.lanes(pool, stage) ?? [];
    if (lanes.length > 1) return this.byLanes(group, groups, lanes);
    if (options.gpus === 'folded') {
      const gpus = stage.gpus.toSorted((left, right) => left - right);
      return [{ key: 'all', gpus, copies: groups.length * pool.replicas, isWhole: true }];
    }
    return groups.map((gpus) => ({ key: keyOf(group, gpus), gpus, copies: pool.replicas }));
  }

  /** Groups in the same lanes are equal, so one instance represents all of them. */
  private byLanes(
    group: Operation['group'],
    groups: readonly (readonly number[])[],
    lanes: readonly (readonly number[])[],
  ): readonly Instance[] {
    const laneOf = new Map(lanes.flatMap((gpus, index) => gpus.map((gpu) => [gpu, index] as const)));
    const alike = new Map<string, { readonly gpus: number[]; count: number }>();
    for (const gpus of groups) {
      const key = [...new Set(gpus.map((gpu) => laneOf.get(gpu) ?? -1))].join();
      const instance = alike.get(key) ?? { gpus: [], count: 0 };
      instance.gpus.push(...gpus);
      instance.count += 1;
      alike.set(key, instance);
    }
    return [...alike.values()].map(({ gpus, count }) => {
      const sorted = gpus.sort((left, right) => left - right);
      return { key: keyOf(group, sorted), gpus: sorted, copies: count * this.pool.replicas };
    });
  }

  private groups(group: Operation['group']): readonly (readonly number[])[] {
    const { pool, stage } = this;
    if (group === 'gpu') return stage.gpus.map((gpu) => [gpu]);
    if (group === 'stage') return [stage.gpus];
    if (group !== 'expert-group') return groupsOf(pool, stage, group);
    // All GPUs that hold one copy of the experts: every rank with equal `edp`.
    const byCopy = new Map<number, number[]>();
    stage.gpus.forEach((gpu, position) => {
      const { edp } = rankOf(pool, stage, position);
      const copy = byCopy.get(edp);
      if (copy) copy.push(gpu);
      else byCopy.set(edp, [gpu]);
    });
    return [...byCopy.values()];
  }
}

function keyOf(group: string, gpus: readonly number[]): string {
  const [first] = gpus;
  if (gpus.length === 1) return `gpu${first}`;
  const name = group === 'expert-group' ? 'experts' : group;
  return `${name}[${rangesOf(gpus)}]`;
}

/** `0-3,8`: ranges of ascending numbers, because a name must stay short even for a thousand GPUs. */
export function rangesOf(ascending: readonly number[]): string {
  const parts: string[] = [];
  let start = 0;
  for (let index = 1; index <= ascending.length; index++) {
    const previous = ascending[index - 1] ?? 0;
    if (index < ascending.length && ascending[index] === previous + 1) continue;
    parts.push(start === index - 1 ? String(previous) : `${ascending[start] ?? 0}-${previous}`);
    start = index;
  }
  return parts.join(',');
}

/** Experts that a GPU of a stage holds in a layer. */
export function expertsOnGpu(pool: Pool, stage: Stage, layer: number, gpu: number): readonly number[] {
  const position = positionsOf(stage).get(gpu);
  const map = stage.experts.get(layer);
  return position === undefined || !map ? [] : (map.ranks[rankOf(pool, stage, position).ep] ?? []);
}

const positions = new Memo<Stage, ReadonlyMap<number, number>>();

/** Positions of GPUs in a stage. Searching for each GPU in turn would take quadratic time. */
function positionsOf(stage: Stage): ReadonlyMap<number, number> {
  const positionOfGpu = positions.get(stage) ?? new Map(stage.gpus.map((gpu, position) => [gpu, position]));
  positions.set(stage, positionOfGpu);
  return positionOfGpu;
}

/** Groups positions of two stages of one size whose GPUs lie in the same two lanes. */
export function alikePositions(
  stage: Stage,
  next: Stage,
  lanes: readonly (readonly (readonly number[])[])[],
): readonly (readonly number[])[] {
  const [from, to] = lanes.map(
    (stageLanes) => new Map(stageLanes.flatMap((gpus, lane) => gpus.map((gpu) => [gpu, lane] as const))),
  );
  const pairs = new Map<string, number[]>();
  for (const [position, gpu] of stage.gpus.entries()) {
    const key = `${from?.get(gpu) ?? 0} ${to?.get(next.gpus[position] ?? -1) ?? 0}`;
    const samePair = pairs.get(key);
    if (samePair) samePair.push(position);
    else pairs.set(key, [position]);
  }
  return [...pairs.values()];
}
