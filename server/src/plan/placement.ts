import type { EvaluatedPlacement } from '../language/entity.ts';
import { balanceExperts } from './eplb.ts';
import { expertShares } from './popularity.ts';
import type { ExpertMap, Parallel } from './deployment.ts';
import { layerClass, type Experts, type Model } from './model.ts';
import { indexesOf } from './values.ts';

export interface PlacementRequest {
  readonly model: Model;
  readonly layers: readonly number[];
  /** In rank order. */
  readonly gpus: readonly number[];
  readonly parallel: Parallel;
  readonly balance: 'none' | 'eplb';
  readonly redundant: number;
  readonly nodes: number;
  /** `expert 0..3 on gpu 5`, all of the stage and of what holds it. */
  readonly written: readonly EvaluatedPlacement[];
}

/** Where the experts of each MoE layer of a stage lie. Layers with equal placement share one map. */
export function placeExperts(request: PlacementRequest): ReadonlyMap<number, ExpertMap> {
  const maps = new Map<number, ExpertMap>();
  const byExperts = new Map<Experts, ExpertMap>();
  const written = request.written.map((placement) => ({
    experts: indexesOf(placement.experts),
    layers: placement.layers && new Set(indexesOf(placement.layers)),
    gpus: indexesOf(placement.gpus),
  }));
  for (const layer of request.layers) {
    const { feedForward } = layerClass(request.model, layer);
    if (feedForward.kind !== 'moe') continue;
    const own = written.filter((placement) => !placement.layers || placement.layers.has(layer));
    const isCommon = own.every((placement) => !placement.layers);
    let map = isCommon ? byExperts.get(feedForward) : undefined;
    if (!map) {
      map = own.length > 0 ? placedByHand(request, own) : placedByRule(request, feedForward);
      if (isCommon) byExperts.set(feedForward, map);
    }
    maps.set(layer, map);
  }
  return maps;
}

function placedByHand(
  { parallel, gpus }: PlacementRequest,
  written: readonly { readonly experts: readonly number[]; readonly gpus: readonly number[] }[],
): ExpertMap {
  const ranks: number[][] = Array.from({ length: parallel.ep }, () => []);
  for (const placement of written) {
    for (const gpu of placement.gpus) {
      const position = gpus.indexOf(gpu);
      if (position < 0) continue;
      const rank = ranks[Math.floor(position / parallel.etp) % parallel.ep];
      for (const expert of placement.experts) if (rank && !rank.includes(expert)) rank.push(expert);
    }
  }
  return { ranks };
}

function placedByRule({ parallel, balance, redundant, nodes }: PlacementRequest, experts: Experts): ExpertMap {
  const { ep } = parallel;
  const physical = experts.count + redundant;
  if (balance === 'eplb' && physical % ep === 0 && ep > 1) {
    return { ranks: balanceExperts({ load: expertShares(experts), physical, groups: experts.groups, nodes, ranks: ep }) };
  }
  // Contiguous, replicas counting on from expert 0: what engines do before they have seen any load.
  const ranks: number[][] = [];
  let next = 0;
  for (let rank = 0; rank < ep; rank++) {
    const size = Math.floor(physical / ep) + (rank < physical % ep ? 1 : 0);
    ranks.push(Array.from({ length: size }, () => next++ % experts.count));
  }
  return { ranks };
}
