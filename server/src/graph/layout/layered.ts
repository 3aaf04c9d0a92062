import type { Dag, Scene, SceneEdge, SceneNode } from '../types.ts';
import { edgesOf } from './edges.ts';
import { BLOCK_GAP, COLUMN_GAP, MARGIN, NODE_HEIGHT, STACK_GAP } from './metrics.ts';
import { nodeWidth } from './nodeText.ts';
import { placer } from './place.ts';

/**
 * Limit on the work of ordering, in edges looked at. Counting work instead of reading a clock gives equal pictures for
 * equal graphs on any machine. It takes about 50 ms.
 */
const BUDGET = 3_000_000;
/** Number of sweeps without a better order after which the best is taken. */
const PATIENCE = 4;
const ALIGNMENTS = 6;
/** Height of an edge where it passes a layer. */
const PASSAGE = 10;
const GAP = 24;

interface Item {
  /** Index of the node, or -1 for the place where an edge passes. */
  readonly node: number;
  readonly height: number;
  readonly before: number[];
  readonly after: number[];
  y: number;
}

interface Layers {
  readonly items: readonly Item[];
  /** Items of each layer, from top to bottom. */
  order: number[][];
  /** The items that each edge of the graph passes. */
  readonly passages: ReadonlyMap<string, readonly number[]>;
}

/**
 * For graphs without stages. Layers follow the longest way from the start, barycentre sweeps find an order with few
 * crossings in each layer, and places are near those of the neighbours (K. Sugiyama, S. Tagawa, M. Toda, 1981, "Methods for
 * visual understanding of hierarchical system structures"). Edges pass between nodes, never through one.
 */
export function layoutLayered(dag: Dag, budget = BUDGET): Scene {
  const ids = dag.nodes();
  const layers = layersOf(dag, ids);
  orderLayers(layers, budget);
  alignLayers(layers);
  return sceneOf(dag, ids, layers);
}

function layersOf(dag: Dag, ids: readonly string[]): Layers {
  const index = new Map(ids.map((id, at) => [id, at]));
  const rank = new Array<number>(ids.length).fill(0);
  const edges: { readonly key: string; readonly from: number; readonly to: number }[] = [];
  dag.forEachEdge((key, _, source, target) => {
    const [from = 0, to = 0] = [index.get(source), index.get(target)];
    // Nodes are in the order of the dataflow. An edge back closes a circle and does not affect the order.
    if (from < to) edges.push({ key, from, to });
  });
  edges.sort((a, b) => a.from - b.from);
  for (const { from, to } of edges) rank[to] = Math.max(rank[to] ?? 0, (rank[from] ?? 0) + 1);
  const items: Item[] = ids.map((_, node) => ({ node, height: NODE_HEIGHT, before: [], after: [], y: 0 }));
  const order: number[][] = [];
  const put = (item: number, layer: number) => {
    for (let at = order.length; at <= layer; at++) order.push([]);
    order[layer]?.push(item);
  };
  for (const [node, layer] of rank.entries()) put(node, layer);
  const passages = new Map<string, number[]>();
  const join = (from: number, to: number) => {
    items[from]?.after.push(to);
    items[to]?.before.push(from);
  };
  for (const { key, from, to } of edges) {
    let last = from;
    const passed: number[] = [];
    for (let layer = (rank[from] ?? 0) + 1; layer < (rank[to] ?? 0); layer++) {
      const item = items.length;
      items.push({ node: -1, height: PASSAGE, before: [], after: [], y: 0 });
      put(item, layer);
      join(last, item);
      passed.push(item);
      last = item;
    }
    join(last, to);
    if (passed.length > 0) passages.set(key, passed);
  }
  return { items, order, passages };
}

/** Sweeps down and up as long as this helps and the budget lasts. The best order is kept. */
function orderLayers(layers: Layers, budget: number): void {
  const { items } = layers;
  const place = new Float64Array(items.length);
  const number = () => {
    for (const layer of layers.order) for (const [at, item] of layer.entries()) place[item] = at;
  };
  number();
  let least = crossings(layers, place);
  let best = layers.order.map((layer) => [...layer]);
  const links = items.reduce((sum, { after }) => sum + after.length, 0);
  let spent = 0;
  for (let sweep = 0, idle = 0; idle < PATIENCE && least > 0 && spent + 3 * links <= budget; sweep++) {
    const isDown = sweep % 2 === 0;
    const sequence = isDown ? layers.order.keys() : [...layers.order.keys()].toReversed();
    for (const at of sequence) {
      const layer = layers.order[at] ?? [];
      const weight = new Map(
        layer.map((item) => {
          const beside = (isDown ? items[item]?.before : items[item]?.after) ?? [];
          const ownPlace = place[item] ?? 0;
          return [
            item,
            beside.length > 0
              ? beside.reduce((sum, neighbour) => sum + (place[neighbour] ?? 0), 0) / beside.length
              : ownPlace,
          ];
        }),
      );
      layer.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0) || (place[a] ?? 0) - (place[b] ?? 0));
      for (const [position, item] of layer.entries()) place[item] = position;
    }
    spent += 3 * links;
    const count = crossings(layers, place);
    idle = count < least ? 0 : idle + 1;
    if (count >= least) continue;
    least = count;
    best = layers.order.map((layer) => [...layer]);
  }
  layers.order = best;
}

/** Counts pairs of edges between neighbouring layers that cross, with a tree of sums (Barth, Mutzel, Jünger, 2004). */
function crossings({ items, order }: Layers, place: Float64Array): number {
  let total = 0;
  for (const [at, layer] of order.entries()) {
    const size = order[at + 1]?.length ?? 0;
    if (size < 2) continue;
    const tree = new Uint32Array(size + 1);
    let entered = 0;
    for (const item of layer) {
      const ends = (items[item]?.after ?? []).map((source) => place[source] ?? 0).sort((a, b) => a - b);
      for (const end of ends) {
        let notBehind = 0;
        for (let index = end + 1; index > 0; index -= index & -index) notBehind += tree[index] ?? 0;
        total += entered - notBehind;
      }
      for (const end of ends) {
        entered += 1;
        for (let index = end + 1; index <= size; index += index & -index) tree[index] = (tree[index] ?? 0) + 1;
      }
    }
  }
  return total;
}

/** Moves every item as near to the middle of its neighbours as its layer allows. */
function alignLayers({ items, order }: Layers): void {
  for (const layer of order) {
    let y = 0;
    for (const index of layer) {
      const item = items[index];
      if (!item) continue;
      item.y = y;
      y += item.height + GAP;
    }
  }
  for (let round = 0; round < ALIGNMENTS; round++) {
    const isDown = round % 2 === 0;
    for (const layer of isDown ? order : order.toReversed()) {
      const wanted = layer.map((index) => {
        const item = items[index];
        const beside = (isDown ? item?.before : item?.after) ?? [];
        if (!item || beside.length === 0) return item?.y ?? 0;
        const middle = beside.reduce(
          (sum, neighbour) => sum + (items[neighbour]?.y ?? 0) + (items[neighbour]?.height ?? 0) / 2,
          0,
        );
        return middle / beside.length - item.height / 2;
      });
      settle(layer, items, wanted);
    }
  }
}

/** Frees the wanted places of overlaps: runs of items that would overlap get the middle of what they want. */
function settle(layer: readonly number[], items: readonly Item[], wanted: readonly number[]): void {
  const runs: { sum: number; count: number; height: number; readonly members: number[] }[] = [];
  const topOf = ({ sum, count }: { sum: number; count: number }) => sum / count;
  for (const [at, index] of layer.entries()) {
    const height = (items[index]?.height ?? 0) + GAP;
    let run = { sum: wanted[at] ?? 0, count: 1, height, members: [index] };
    for (let last = runs.at(-1); last && topOf(last) + last.height > topOf(run); last = runs.at(-1)) {
      runs.pop();
      // The members of the run below want to start higher by the height of the run above.
      const sum = last.sum + run.sum - run.count * last.height;
      run = {
        sum,
        count: last.count + run.count,
        height: last.height + run.height,
        members: [...last.members, ...run.members],
      };
    }
    runs.push(run);
  }
  for (const run of runs) {
    let y = topOf(run);
    for (const index of run.members) {
      const item = items[index];
      if (!item) continue;
      item.y = y;
      y += item.height + GAP;
    }
  }
}

function sceneOf(dag: Dag, ids: readonly string[], { items, order, passages }: Layers): Scene {
  const place = placer(dag);
  const top = items.reduce((least, { y }) => Math.min(least, y), Number.POSITIVE_INFINITY);
  const lift = ids.length > 0 ? MARGIN - top : 0;
  const nodes = new Map<string, SceneNode>();
  const lefts = new Map<number, number>();
  let x = MARGIN;
  let bottom = MARGIN;
  for (const layer of order) {
    const layerItems = layer.map((item) => ({ item, id: ids[items[item]?.node ?? -1] }));
    const width = layerItems.reduce(
      (most, { id }) => Math.max(most, id === undefined ? 0 : nodeWidth(dag.getNodeAttributes(id))),
      0,
    );
    for (const { item, id } of layerItems) {
      const y = (items[item]?.y ?? 0) + lift;
      lefts.set(item, x);
      bottom = Math.max(bottom, y + (items[item]?.height ?? 0));
      if (id !== undefined) nodes.set(id, place(id, x, y, width, NODE_HEIGHT));
    }
    // Between layers with many edges their vertical parts need room to stay distinct.
    x += width + Math.max(BLOCK_GAP, Math.min(4 * COLUMN_GAP, layer.length * 2));
  }
  let back = 0;
  const edges: SceneEdge[] = edgesOf(dag, nodes, (source, target, key) => {
    const points = [source.x + source.width, source.y + source.height / 2];
    if (target.x <= source.x) {
      // An edge that closes a circle runs back below everything.
      back += 1;
      const below = bottom + STACK_GAP * (1 + (back % 4));
      const [out, into] = [source.x + source.width + COLUMN_GAP / 3, target.x - COLUMN_GAP / 3];
      const end = target.y + target.height / 2;
      return [...points, out, points[1] ?? 0, out, below, into, below, into, end, target.x, end];
    }
    const ways = (passages.get(key) ?? []).map((item) => ({
      x: lefts.get(item) ?? 0,
      y: (items[item]?.y ?? 0) + lift + PASSAGE / 2,
    }));
    for (const way of [...ways, { x: target.x, y: target.y + target.height / 2 }]) {
      const last = points.at(-1) ?? 0;
      const turn = way.x - COLUMN_GAP / 2;
      if (Math.abs(last - way.y) > 0.5) points.push(turn, last, turn, way.y);
    }
    points.push(target.x, target.y + target.height / 2);
    return points;
  });
  return {
    width: Math.max(...[...nodes.values()].map((node) => node.x + node.width), 0) + MARGIN,
    height: bottom + (back > 0 ? 6 * STACK_GAP : 0) + MARGIN,
    groups: [],
    nodes: [...nodes.values()],
    edges,
  };
}
