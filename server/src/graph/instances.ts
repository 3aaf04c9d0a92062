import type { Operation } from '../cost/operation.ts';
import type { Pool, Stage } from '../plan/deployment.ts';
import { groupsOf, rankOf } from '../plan/ranks.ts';
import type { DagOptions } from './types.ts';

/** The GPUs that run one instance of an operation, and how many equal instances it stands for. */
export interface Instance {
  /** Part of the node's key: `gpu3`, `tp[0-7]`, `all`. */
  readonly key: string;
  readonly gpus: readonly number[];
  readonly copies: number;
}

/** Partitions of a stage's GPUs by kind of group, each made once. */
export class StageInstances {
  private readonly pool: Pool;
  private readonly stage: Stage;
  private readonly options: DagOptions;
  private readonly known = new Map<string, readonly Instance[]>();

  constructor(pool: Pool, stage: Stage, options: DagOptions) {
    this.pool = pool;
    this.stage = stage;
    this.options = options;
  }

  of(group: Operation['group']): readonly Instance[] {
    let instances = this.known.get(group);
    if (!instances) {
      instances = this.make(group);
      this.known.set(group, instances);
    }
    return instances;
  }

  private make(group: Operation['group']): readonly Instance[] {
    const { stage, pool, options } = this;
    const groups = this.groups(group).map((gpus) => gpus.toSorted((left, right) => left - right));
    if (options.gpus === 'folded') {
      return [
        { key: 'all', gpus: stage.gpus.toSorted((left, right) => left - right), copies: groups.length * pool.replicas },
      ];
    }
    return groups.map((gpus) => ({ key: keyOf(group, gpus), gpus, copies: pool.replicas }));
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
  const last = gpus.at(-1) ?? 0;
  const name = group === 'expert-group' ? 'experts' : group;
  return last - (first ?? 0) === gpus.length - 1 ? `${name}[${first}-${last}]` : `${name}[${gpus.join(',')}]`;
}

/** Experts that a GPU of a stage holds in a layer. */
export function expertsOnGpu(pool: Pool, stage: Stage, layer: number, gpu: number): readonly number[] {
  const position = positionsOf(stage).get(gpu);
  const map = stage.experts.get(layer);
  return position === undefined || !map ? [] : (map.ranks[rankOf(pool, stage, position).ep] ?? []);
}

const positions = new WeakMap<Stage, ReadonlyMap<number, number>>();

/** Places of GPUs in a stage: searched for each GPU in turn they would take quadratic time. */
function positionsOf(stage: Stage): ReadonlyMap<number, number> {
  const known = positions.get(stage) ?? new Map(stage.gpus.map((gpu, position) => [gpu, position]));
  positions.set(stage, known);
  return known;
}
