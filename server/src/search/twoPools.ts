import { Scorer } from '../cost/score.ts';
import type { ServingWorkload } from '../cost/serving/serving.ts';
import type { Cluster } from '../plan/cluster.ts';
import type { PlanSpec, PoolSpec } from '../plan/spec.ts';
import { ROOM } from './loads.ts';
import { gpuCounts, gpusOfBase } from './options.ts';
import type { Refusal } from './refusal.ts';
import {
  clustersOf,
  ORDERS,
  PARTS,
  type PartResult,
  type Progress,
  Ranges,
  Run,
  type SearchPlace,
  scenariosOf,
} from './run.ts';
import { bestOf, type Side, type Sides, sidesOf } from './sides.ts';
import type { Chosen, SearchSpace } from './space.ts';

/** Where the two pools lie: prompts are read on the first GPUs, tokens generated from `start` on. */
interface Block {
  readonly cluster: Cluster;
  readonly before: readonly Chosen[];
  readonly workload: ServingWorkload;
  readonly prefill: number;
  readonly decode: number;
  readonly start: number;
  readonly order: number;
}

/**
 * Searches one part of the space of a plan whose prompts are read in one pool and whose tokens are generated in another. What a
 * pool can do by itself is worked out once for all of its partners. A pair then lies on the curve of the pool that generates,
 * which bounds it without a score. A part has all pairs with some sizes of that pool. It pauses after each pair that
 * is scored, and often enough between others.
 */
export function* searchTwoPools(place: SearchPlace, part: number): Generator<Progress, PartResult> {
  const search = new PairSearch(place);
  for (const block of blocksOf(place.space, part)) {
    yield* search.decide(block);
    yield search.run.progress;
  }
  return search.run.result(part);
}

/** The places of the pool that reads prompts and of the one that generates. Undefined where a plan is no such pair. */
export function pairOf({ pools }: PlanSpec): readonly [prefill: number, decode: number] | undefined {
  if (pools.length !== 2) return undefined;
  const prefill = pools.findIndex(({ role }) => role === 'prefill');
  const decode = pools.findIndex(({ role }) => role === 'decode');
  return prefill >= 0 && decode >= 0 ? [prefill, decode] : undefined;
}

function* blocksOf(space: SearchSpace, part: number): Generator<Block> {
  const pair = pairOf(space.base);
  if (!pair) return;
  let order = 0;
  let share = 0;
  for (const { cluster, chosen } of clustersOf(space)) {
    const [prefills = [], decodes = []] = pair.map((pool) =>
      gpuCounts(space, cluster, pool, gpusOfBase(space, cluster, pool)),
    );
    for (const { workload, chosen: load } of scenariosOf(space)) {
      if (workload.kind !== 'serving') continue;
      for (const decode of decodes) {
        const isOwn = share++ % PARTS === part;
        for (const prefill of prefills) {
          order++;
          const start = startOf(space, cluster, prefill, decode);
          if (!isOwn || start + decode > cluster.gpuCount) continue;
          yield { cluster, before: [...chosen, ...load], workload, prefill, decode, start, order };
        }
      }
    }
  }
}

/** Whether pools keep the GPUs that the base names. */
function keepsGpus({ pools }: SearchSpace): boolean {
  return pools.every(({ gpus }) => gpus === undefined);
}

/** The first GPU of the pool that generates: behind the other, and in a machine of its own where it does not fit beside it. */
export function startOf(space: SearchSpace, { groups }: Cluster, prefill: number, decode: number): number {
  const node = groups[0]?.node.gpus ?? 1;
  const used = prefill % node;
  if (keepsGpus(space) || used === 0 || decode <= node - used) return prefill;
  return prefill + node - used;
}

/** Pairs that are only bounded between two pauses. */
const BOUNDED_AT_ONCE = 1024;

/** Pairs after which the scorer forgets, so that its memory stays bounded. */
const SCORES_KEPT = 512;

class PairSearch {
  readonly run: Run;
  private readonly space: SearchSpace;
  private readonly ranges = new Ranges();
  private readonly sides: SearchPlace['sides'];
  private readonly pair: readonly [number, number];
  private scorer = new Scorer();
  private scores = 0;
  private boundedPairs = 0;

  constructor(place: SearchPlace) {
    this.run = new Run(place);
    this.space = place.space;
    this.sides = place.sides;
    this.pair = pairOf(place.space.base) ?? [0, 1];
  }

  *decide(block: Block): Generator<Progress, void> {
    const { tally } = this.run;
    const [first, second] = this.pair;
    const prefills = yield* this.sidesAt(block, first, block.prefill, 0);
    const decodes = yield* this.sidesAt(block, second, block.decode, block.start);
    let order = block.order * ORDERS;
    const before: readonly Chosen[] = [...block.before, ...this.gpusChosen(block)];
    for (const { refusal, chosen, count } of prefills.fallen)
      tally.refused(refusal, order++, [...before, ...chosen], count * decodes.count);
    const held = prefills.list.length + prefills.equal;
    for (const { refusal, chosen, count } of decodes.fallen)
      tally.refused(refusal, order++, [...before, ...chosen], count * held);
    tally.leftOut(held * (decodes.list.length + decodes.equal) - prefills.list.length * decodes.list.length);
    const fastest = prefills.list[0];
    if (!fastest) return;
    for (const decode of decodes.list) {
      if (!this.couldEnterAnywhere(block, fastest.rate, decode)) {
        tally.leftOut(prefills.list.length);
        order += prefills.list.length;
        yield this.run.progress;
        continue;
      }
      for (const prefill of prefills.list) {
        order++;
        const { rate, tpot } = bestOf(prefill, decode, block.workload);
        const isScored = this.couldEnter(block, rate, tpot);
        if (isScored) this.score(block, prefill, decode, order, before);
        else tally.leftOut(1);
        if (isScored || ++this.boundedPairs % BOUNDED_AT_ONCE === 0) yield this.run.progress;
      }
    }
  }

  /** Whether any point of a pool's curve could enter a list, were prompts read at this rate. */
  private couldEnterAnywhere(block: Block, read: number, { curve }: Side): boolean {
    return curve.some(({ rate }, index) => {
      const before = curve[Math.max(0, index - 1)];
      return (before?.rate ?? 0) <= read && this.couldEnter(block, Math.min(rate, read), before?.tpot ?? 0);
    });
  }

  /** Whether a plan of at most this rate and at least this time per token could enter a list. */
  private couldEnter({ cluster, workload, prefill, decode }: Block, rate: number, tpot: number): boolean {
    const gpus = prefill + decode;
    const most = (1 + ROOM) * rate * workload.output;
    const { pricePerGpuHour: price } = cluster;
    return this.run.couldEnterAtMost({
      throughput: most,
      'throughput-per-gpu': most / gpus,
      'tokens-per-user': (1 + ROOM) / tpot,
      tpot: tpot / (1 + ROOM),
      'gpus-used': gpus,
      ...(price !== undefined && {
        'tokens-per-price': (most * 3600) / (price * gpus),
        'price-per-hour': price * gpus,
      }),
    });
  }

  private score(block: Block, prefill: Side, decode: Side, order: number, before: readonly Chosen[]): void {
    if (this.scores++ % SCORES_KEPT === 0) this.scorer = new Scorer();
    const spec = this.specOf(block, prefill.option.pool, decode.option.pool);
    const score = this.scorer.score(spec);
    const chosen = [...before, ...this.inOrder(prefill, decode).flatMap(({ option }) => option.chosen)];
    if ('invalid' in score) {
      this.run.tally.refused({ reason: 'layout', message: () => score.invalid }, order, chosen, 1);
      return;
    }
    this.run.take(score, block, order, chosen, (): Refusal | undefined => {
      const draft = this.scorer.deploymentOf(spec);
      return draft && this.run.rules.refuseTogether(spec, draft);
    });
  }

  private inOrder<Value>(prefill: Value, decode: Value): readonly Value[] {
    return this.pair[0] < this.pair[1] ? [prefill, decode] : [decode, prefill];
  }

  private specOf({ cluster, workload, prefill, decode, start }: Block, first: PoolSpec, second: PoolSpec): PlanSpec {
    const { base } = this.space;
    if (keepsGpus(this.space)) return { ...base, cluster, workload, pools: this.inOrder(first, second) };
    const { gpus: _, ...plan } = base;
    const placed = [
      { ...first, gpus: this.ranges.of(0, prefill) },
      { ...second, gpus: this.ranges.of(start, decode) },
    ] as const;
    return { ...plan, cluster, workload, pools: this.inOrder(...placed) };
  }

  private gpusChosen({ prefill, decode }: Block): readonly Chosen[] {
    if (keepsGpus(this.space)) return [];
    return [
      { axis: 'gpus', pool: this.pair[0], value: prefill },
      { axis: 'gpus', pool: this.pair[1], value: decode },
    ];
  }

  /** The sides of one pool. GPUs that lie alike in machines and domains are worked out once. */
  private *sidesAt(
    { cluster, workload }: Block,
    index: number,
    gpus: number,
    start: number,
  ): Generator<Progress, Sides> {
    const domain = cluster.groups[0]?.node.domain ?? 1;
    const isUniform = cluster.groups.length === 1 && cluster.nodesPerRack === undefined;
    const place = isUniform && start >= domain ? domain + (start % domain) : start;
    const key = `${cluster.groups.map(({ node }) => node.name)},${workload.concurrency},${index},${gpus},${place}`;
    const known = this.sides.get(key);
    if (known) return known;
    const making = sidesOf({
      at: { space: this.space, cluster, index, gpus },
      workload,
      rules: this.run.rules,
      planOf: (pool) => this.alone(cluster, workload, pool, this.ranges.of(place, gpus)),
    });
    for (;;) {
      const step = making.next();
      if (step.done) {
        this.sides.set(key, step.value);
        return step.value;
      }
      yield this.run.progress;
    }
  }

  private alone(cluster: Cluster, workload: ServingWorkload, pool: PoolSpec, range: readonly number[]): PlanSpec {
    const { gpus: _, ...plan } = this.space.base;
    const placed = keepsGpus(this.space) ? pool : { ...pool, gpus: range };
    return { ...plan, cluster, workload, pools: [placed], arrows: [] };
  }
}
