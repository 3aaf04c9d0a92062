import type { Deployment, ExpertMap, Pool, Stage } from '../../plan/deployment.ts';
import { rankOf } from '../../plan/ranks.ts';
import type { Differences, MovedExperts } from '../preview/differencesProtocol.ts';

/** Nobody reads more rows than this. */
const MOST_ROWS = 100;
/** With more ranges than this the text gives their number instead. */
const MOST_PARTS = 4;

/**
 * Routed experts of each layer that lie on other GPUs. Pools are matched by name, or directly when each side has a single
 * pool.
 */
export function movedExperts(before: Deployment, after: Deployment): Differences['experts'] {
  const rows: MovedExperts[] = [];
  let [count, total] = [0, 0];
  for (const pool of after.pools) {
    const old = after.pools.length === 1 && before.pools.length === 1 ? before.pools[0] : named(before, pool.name);
    if (!old) continue;
    const [was, is] = [new Places(old), new Places(pool)];
    for (const layers of layersAlike(old, pool)) {
      const [first = 0] = layers;
      const [from, to] = [was.of(first), is.of(first)];
      const experts = [...new Set([...from.keys(), ...to.keys()])].sort((a, b) => a - b);
      // All GPUs count, including those that the text of a long list leaves out.
      const wayOf = (expert: number) => `${from.get(expert)?.join()} -> ${to.get(expert)?.join()}`;
      const moved = experts.filter((expert) => from.get(expert)?.join() !== to.get(expert)?.join());
      total += experts.length * layers.length;
      count += moved.length * layers.length;
      for (const run of runs(moved, wayOf)) {
        const [firstExpert = 0] = run;
        rows.push({
          pool: after.pools.length === 1 ? '' : pool.name,
          layers: rangesOf(layers),
          experts: rangesOf(run),
          ...tellApart(from.get(firstExpert), to.get(firstExpert)),
        });
      }
    }
  }
  return { moved: rows.slice(0, MOST_ROWS), more: Math.max(0, rows.length - MOST_ROWS), count, of: total };
}

function named({ pools }: Deployment, name: string): Pool | undefined {
  return pools.find((pool) => pool.name === name);
}

/** Groups layers whose experts lie alike before and alike after, so that each group is looked at once. */
function layersAlike(before: Pool, after: Pool): readonly (readonly number[])[] {
  const ids = new Map<Stage | ExpertMap | undefined, number>();
  const idOf = (thing: Stage | ExpertMap | undefined) => {
    const id = ids.get(thing) ?? ids.size;
    ids.set(thing, id);
    return id;
  };
  const groups = new Map<string, number[]>();
  const layers = new Set([before, after].flatMap(({ stages }) => stages.flatMap(({ experts }) => [...experts.keys()])));
  for (const layer of [...layers].sort((a, b) => a - b)) {
    const key = [before, after]
      .map(({ stages }) => stages.find(({ experts }) => experts.has(layer)))
      .map((stage) => `${idOf(stage)} ${idOf(stage?.experts.get(layer))}`)
      .join('|');
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()];
}

/** The places of a pool's experts. */
class Places {
  private readonly pool: Pool;
  private readonly gpusOfStages = new Map<Stage, readonly (readonly number[])[]>();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** GPUs of each expert of a layer, ascending. */
  of(layer: number): ReadonlyMap<number, readonly number[]> {
    const stage = this.pool.stages.find(({ experts }) => experts.has(layer));
    const map = stage?.experts.get(layer);
    const gpusOfExperts = new Map<number, Set<number>>();
    if (!stage || !map) return new Map();
    const gpusOfRank = this.gpusByRank(stage);
    for (const [rank, experts] of map.ranks.entries())
      for (const expert of experts) {
        const gpus = gpusOfExperts.get(expert) ?? new Set<number>();
        for (const gpu of gpusOfRank[rank] ?? []) gpus.add(gpu);
        gpusOfExperts.set(expert, gpus);
      }
    return new Map([...gpusOfExperts].map(([expert, gpus]) => [expert, [...gpus].sort((a, b) => a - b)]));
  }

  private gpusByRank(stage: Stage): readonly (readonly number[])[] {
    const cachedGpus = this.gpusOfStages.get(stage);
    if (cachedGpus) return cachedGpus;
    const made: number[][] = [];
    for (const [position, gpu] of stage.gpus.entries()) {
      const { ep } = rankOf(this.pool, stage, position);
      made[ep] = [...(made[ep] ?? []), gpu];
    }
    this.gpusOfStages.set(stage, made);
    return made;
  }
}

/** Groups neighbours that have the same key. */
function runs(numbers: readonly number[], keyOf: (number: number) => string): readonly (readonly number[])[] {
  const result: number[][] = [];
  let key: string | undefined;
  for (const number of numbers) {
    const numberKey = keyOf(number);
    if (numberKey === key) result.at(-1)?.push(number);
    else result.push([number]);
    key = numberKey;
  }
  return result;
}

/** Both places in a few words, or in full when the few words would be the same. */
function tellApart(before: readonly number[] | undefined, after: readonly number[] | undefined) {
  const few = { before: gpusText(before, MOST_PARTS), after: gpusText(after, MOST_PARTS) };
  return few.before === few.after
    ? { before: gpusText(before, Number.POSITIVE_INFINITY), after: gpusText(after, Number.POSITIVE_INFINITY) }
    : few;
}

function gpusText(gpus: readonly number[] | undefined, most: number): string {
  if (!gpus) return 'nowhere';
  return `${gpus.length === 1 ? 'GPU' : 'GPUs'} ${rangesOf(gpus, most)}`;
}

/** Ascending numbers as ranges (`0..3, 8`), with at most `most` parts. */
function rangesOf(numbers: readonly number[], most: number = MOST_PARTS): string {
  const parts: string[] = [];
  let [from, to] = [numbers[0] ?? 0, numbers[0] ?? 0];
  const close = () => parts.push(from === to ? String(from) : `${from}..${to}`);
  for (const number of numbers.slice(1)) {
    if (number !== to + 1) {
      close();
      from = number;
    }
    to = number;
  }
  if (numbers.length > 0) close();
  const kept = most - 1;
  return parts.length > most ? `${parts.slice(0, kept).join(', ')} and ${parts.length - kept} more` : parts.join(', ');
}
