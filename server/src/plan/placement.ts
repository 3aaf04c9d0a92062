import { Memo } from '../language/memo.ts';
import type { ExpertMap } from './deployment.ts';
import { balanceExperts } from './eplb.ts';
import { type Experts, layerClass, type Model } from './model.ts';
import type { Parallel } from './parallel.ts';
import { expertShares } from './popularity.ts';
import type { PlacementLine } from './spec.ts';

/** The part of an `expert ... on gpu ...` line that names something that does not exist. */
export interface Misplaced {
  readonly what: 'experts' | 'gpus' | 'layers' | 'dense-layers' | 'no-experts';
  readonly indexes: readonly number[];
}

/** The first reason why a line does not fit a model and the GPUs that it may name. */
export function misplaced(
  { experts, gpus, layers = [] }: PlacementLine,
  model: Model,
  allowed: ReadonlySet<number>,
): Misplaced | undefined {
  const count = mostExperts(model);
  if (count === 0) return { what: 'no-experts', indexes: [] };
  const reasons: readonly Misplaced[] = [
    { what: 'experts', indexes: experts.filter((expert) => expert >= count) },
    { what: 'gpus', indexes: gpus.filter((gpu) => !allowed.has(gpu)) },
    { what: 'layers', indexes: layers.filter((layer) => layer >= model.layers.length) },
    {
      what: 'dense-layers',
      indexes: layers.filter(
        (layer) => layer < model.layers.length && layerClass(model, layer).feedForward.kind !== 'moe',
      ),
    },
  ];
  return reasons.find(({ indexes }) => indexes.length > 0);
}

/** The largest number of routed experts in any layer. */
export function mostExperts({ classes }: Model): number {
  return classes.reduce(
    (most, { feedForward }) => (feedForward.kind === 'moe' ? Math.max(most, feedForward.count) : most),
    0,
  );
}

/** Copies beyond the first of the experts of one layer, over all lines of a stage. */
function extraCopies(lines: readonly PlacedLine[], layer: number): number {
  const ranksOf = new Map<number, Set<number>>();
  for (const line of lines) {
    if (line.layers && !line.layers.has(layer)) continue;
    for (const [rank, experts] of line.ranks) {
      for (const expert of experts) {
        const ranks = ranksOf.get(expert) ?? new Set<number>();
        ranksOf.set(expert, ranks.add(rank));
      }
    }
  }
  return [...ranksOf.values()].reduce((sum, ranks) => sum + ranks.size - 1, 0);
}

/** The largest number of extra copies in any layer. Layers with the same lines are counted once. */
export function mostExtraCopies(lines: readonly PlacedLine[], layers: readonly number[]): number {
  const copiesByLines = new Map<string, number>();
  let most = 0;
  for (const layer of lines.length === 0 ? [] : layers) {
    const key = lines.map((line) => (!line.layers || line.layers.has(layer) ? '1' : '0')).join('');
    const copies = copiesByLines.get(key) ?? extraCopies(lines, layer);
    copiesByLines.set(key, copies);
    most = Math.max(most, copies);
  }
  return most;
}

export interface PlacementRequest {
  readonly model: Model;
  readonly layers: readonly number[];
  /** GPUs of the stage in rank order. */
  readonly gpus: readonly number[];
  readonly parallel: Parallel;
  readonly balance: 'none' | 'eplb';
  readonly redundant: number;
  readonly nodes: number;
  /** The `expert ... on gpu ...` lines of the block that holds the stage. `own` has those of the stage. */
  readonly written: readonly PlacementLine[];
  readonly own: readonly PlacementLine[];
}

/** A written placement, applied to the ranks of one stage. */
export interface PlacedLine<Line extends PlacementLine = PlacementLine> {
  readonly written: Line;
  /** Layers for which it holds. Absent when it holds for all. */
  readonly layers?: ReadonlySet<number>;
  /** Experts that the line puts on each rank of the expert group. */
  readonly ranks: ReadonlyMap<number, readonly number[]>;
}

/**
 * The written placements that concern a stage: those that name one of its GPUs. Experts are spread evenly over the ranks of
 * the GPUs, in order. When there are fewer experts than ranks, each expert is on several ranks.
 */
export function linesOfStage<Line extends PlacementLine>(
  written: readonly Line[],
  ownLines: readonly Line[],
  gpus: readonly number[],
  parallel: Parallel,
): PlacedLine<Line>[] {
  return [...placedOn(written, gpus, parallel), ...placedOn(ownLines, gpus, parallel)];
}

function placedOn<Line extends PlacementLine>(
  written: readonly Line[],
  gpus: readonly number[],
  { etp, ep }: Parallel,
): PlacedLine<Line>[] {
  if (written.length === 0) return [];
  const index = byGpu(written);
  const met = new Map<number, { order: number; rank: number }[]>();
  gpus.forEach((gpu, position) => {
    for (const { at, order } of index.get(gpu) ?? []) {
      const places = met.get(at) ?? [];
      met.set(at, places);
      places.push({ order, rank: Math.floor(position / etp) % ep });
    }
  });
  return [...met]
    .sort(([left], [right]) => left - right)
    .flatMap(([at, places]) => {
      const line = written[at];
      if (!line) return [];
      const ranks = new Set(places.sort((left, right) => left.order - right.order).map(({ rank }) => rank));
      const layers = line.layers && new Set(line.layers);
      return { written: line, ...(layers && { layers }), ranks: spread(line.experts, [...ranks]) };
    });
}

interface Named {
  /** The line's place among the lines, and the GPU's place in the line. */
  readonly at: number;
  readonly order: number;
}

const indexes = new Memo<readonly PlacementLine[], ReadonlyMap<number, readonly Named[]>>();

/** Indexes lines by the GPUs that they name, because many stages look among the lines of one pool. */
function byGpu(written: readonly PlacementLine[]): ReadonlyMap<number, readonly Named[]> {
  const cachedIndex = indexes.get(written);
  if (cachedIndex) return cachedIndex;
  const index = new Map<number, Named[]>();
  written.forEach((line, at) => {
    for (const [order, gpu] of line.gpus.entries()) {
      const named = index.get(gpu);
      if (named) named.push({ at, order });
      else index.set(gpu, [{ at, order }]);
    }
  });
  indexes.set(written, index);
  return index;
}

function spread(experts: readonly number[], ranks: readonly number[]): Map<number, number[]> {
  const placed = new Map<number, number[]>(ranks.map((rank) => [rank, []]));
  const steps = Math.max(experts.length, ranks.length);
  for (let step = 0; step < steps; step++) {
    const expert = experts[Math.floor((step * experts.length) / steps)];
    const rank = ranks[Math.floor((step * ranks.length) / steps)];
    if (expert !== undefined && rank !== undefined) placed.get(rank)?.push(expert);
  }
  return placed;
}

/**
 * Where the experts of each MoE layer of a stage lie: as written where a line concerns the layer, otherwise by rule. Layers
 * with equal placement share one map. Stages that pass the same `knownMaps` share the maps that are made by rule.
 */
export function placeExperts(
  request: PlacementRequest,
  knownMaps: Map<Experts, ExpertMap> = new Map(),
): ReadonlyMap<number, ExpertMap> {
  const maps = new Map<number, ExpertMap>();
  const lines = linesOfStage(request.written, request.own, request.gpus, request.parallel);
  const byExperts = lines.length === 0 ? knownMaps : new Map<Experts, ExpertMap>();
  for (const layer of request.layers) {
    const { feedForward } = layerClass(request.model, layer);
    if (feedForward.kind !== 'moe') continue;
    const layerLines = lines.filter((line) => !line.layers || line.layers.has(layer));
    const isCommon = layerLines.every((line) => !line.layers);
    let map = isCommon ? byExperts.get(feedForward) : undefined;
    if (!map) {
      map =
        layerLines.length > 0
          ? placedByHand(layerLines, feedForward, request.parallel.ep)
          : placedByRule(request, feedForward);
      if (isCommon) byExperts.set(feedForward, map);
    }
    maps.set(layer, map);
  }
  return maps;
}

function placedByHand(lines: readonly PlacedLine[], { count }: Experts, ep: number): ExpertMap {
  const ranks = Array.from({ length: ep }, () => new Set<number>());
  for (const line of lines) {
    for (const [rank, experts] of line.ranks)
      for (const expert of experts) if (expert < count) ranks[rank]?.add(expert);
  }
  return { ranks: ranks.map((experts) => [...experts]) };
}

/**
 * Placements by rule of the experts of one model. They follow from a few numbers, and a plan that is typed in has the same ones
 * after each letter. So do plans that are alike, and then what is counted of a placement is counted once for all of them.
 */
const placedBefore = new Memo<Experts, Map<string, ExpertMap>>();

/** More placements than these are not kept of one model, however many degrees are tried. */
const MOST_PLACED = 16;

function placedByRule(request: PlacementRequest, experts: Experts): ExpertMap {
  const { parallel, balance, redundant, nodes } = request;
  const { ep } = parallel;
  // A degree larger than the GPUs is reported elsewhere, and may be any number. No list of that length is made.
  if (ep > request.gpus.length) return { ranks: [] };
  const placements = placedBefore.get(experts) ?? new Map<string, ExpertMap>();
  placedBefore.set(experts, placements);
  const key = `${ep} ${redundant} ${balance} ${nodes}`;
  const placedAlready = placements.get(key);
  if (placedAlready) return placedAlready;
  if (placements.size >= MOST_PLACED) placements.clear();
  const map = mapByRule(request, experts);
  placements.set(key, map);
  return map;
}

function mapByRule({ parallel, balance, redundant, nodes }: PlacementRequest, experts: Experts): ExpertMap {
  const { ep } = parallel;
  const physical = experts.count + redundant;
  if (balance === 'eplb' && physical % ep === 0 && ep > 1) {
    return {
      ranks: balanceExperts({ load: expertShares(experts), physical, groups: experts.groups, nodes, ranks: ep }),
    };
  }
  // Contiguous, with replicas counting on from expert 0, as engines place experts before they have seen any load.
  const ranks: number[][] = [];
  let next = 0;
  for (let rank = 0; rank < ep; rank++) {
    const size = Math.floor(physical / ep) + (rank < physical % ep ? 1 : 0);
    ranks.push(Array.from({ length: size }, () => next++ % experts.count));
  }
  return { ranks };
}
