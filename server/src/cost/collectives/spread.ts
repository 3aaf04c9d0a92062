import type { Cluster, Level, NodeGroup } from '../../plan/cluster.ts';

/**
 * The place of each GPU of a stage in the cluster, position by position. It is worked out once, so that the spread of any
 * group is a scan of small arrays.
 */
export interface StagePlaces {
  readonly cluster: Cluster;
  readonly gpus: readonly number[];
  /** Scale-up domain, node and rack of each position. */
  readonly domains: readonly number[];
  readonly racks: readonly number[];
  readonly groups: readonly NodeGroup[];
}

/** The links over which a group of GPUs communicates. Bandwidths in bytes/s per GPU and direction, latencies in seconds. */
export interface Spread {
  readonly size: number;
  /** Scale-up domains that the group spans, and the most of its GPUs in one domain. */
  readonly domains: number;
  readonly perDomain: number;
  readonly level: Level;
  readonly scaleUp: number;
  readonly scaleUpLatency: number;
  /** Bandwidth over the slowest level crossed; between racks divided by the oversubscription. */
  readonly scaleOut: number;
  readonly scaleOutLatency: number;
}

export function placesOf(cluster: Cluster, gpus: readonly number[]): StagePlaces {
  const domains: number[] = [];
  const racks: number[] = [];
  const groups: NodeGroup[] = [];
  for (const gpu of gpus) {
    let firstNode = 0;
    let firstDomain = 0;
    for (const group of cluster.groups) {
      const size = group.node.gpus * group.count;
      const local = gpu - group.firstGpu;
      if (local >= 0 && local < size) {
        const node = firstNode + Math.floor(local / group.node.gpus);
        domains.push(firstDomain + Math.floor(local / group.node.domain));
        racks.push(cluster.nodesPerRack === undefined ? 0 : Math.floor(node / cluster.nodesPerRack));
        groups.push(group);
        break;
      }
      firstNode += group.count;
      firstDomain += Math.ceil(size / group.node.domain);
    }
  }
  return { cluster, gpus, domains, racks, groups };
}

/**
 * The spread of the widest of equal groups: `size` positions that lie `stride` apart, in blocks of size x stride. A tp
 * group has stride 1, a dp group stride tp x cp.
 */
export function spreadOf(places: StagePlaces, size: number, stride: number): Spread {
  const count = places.gpus.length;
  let widest: Spread | undefined;
  for (let block = 0; block < count; block += size * stride) {
    for (let offset = 0; offset < stride && block + offset < count; offset++) {
      const spread = measure(places, block + offset, size, stride);
      if (!widest || spread.domains > widest.domains || rank(spread.level) > rank(widest.level)) widest = spread;
      // Groups of one GPU spread alike at every offset, so one offset of each block is enough.
      if (spread.level === 'gpu') break;
    }
  }
  return widest ?? measure(places, 0, 1, 1);
}

function rank(level: Level): number {
  return level === 'gpu' ? 0 : level === 'scale-up' ? 1 : level === 'scale-out' ? 2 : 3;
}

function measure(places: StagePlaces, start: number, size: number, stride: number): Spread {
  const first = places.groups[start];
  if (!first) throw new RangeError('a stage without GPUs has no links');
  const perDomain = new Map<number, number>();
  let { scaleUpBandwidth, scaleUpLatency, scaleOutBandwidth, scaleOutLatency } = first.node;
  let rackCrossed = false;
  let members = 0;
  for (let index = 0; index < size; index++) {
    const position = start + index * stride;
    const group = places.groups[position];
    if (!group) break;
    members++;
    const domain = places.domains[position] ?? 0;
    perDomain.set(domain, (perDomain.get(domain) ?? 0) + 1);
    if (places.racks[position] !== places.racks[start]) rackCrossed = true;
    if (group === first) continue;
    scaleUpBandwidth = Math.min(scaleUpBandwidth, group.node.scaleUpBandwidth);
    scaleUpLatency = Math.max(scaleUpLatency, group.node.scaleUpLatency);
    scaleOutBandwidth = Math.min(scaleOutBandwidth, group.node.scaleOutBandwidth);
    scaleOutLatency = Math.max(scaleOutLatency, group.node.scaleOutLatency);
  }
  let largest = 1;
  for (const inside of perDomain.values()) largest = Math.max(largest, inside);
  // On a mesh a group of g GPUs has g - 1 of the links to the domain's other GPUs.
  const mesh = first.node.topology === 'mesh' && first.node.domain > 1;
  const share = mesh ? Math.min(1, (largest - 1) / (first.node.domain - 1)) : 1;
  const level: Level = members === 1 ? 'gpu' : perDomain.size === 1 ? 'scale-up' : rackCrossed ? 'rack' : 'scale-out';
  return {
    size: members,
    domains: perDomain.size,
    perDomain: largest,
    level,
    scaleUp: largest > 1 ? scaleUpBandwidth * share : scaleUpBandwidth,
    scaleUpLatency,
    scaleOut: scaleOutBandwidth / (rackCrossed ? places.cluster.oversubscription : 1),
    scaleOutLatency,
  };
}

/**
 * Whether groups of equal size and stride lie alike in two stages: the same machines are at the same positions, and
 * positions that share a domain or rack in one stage share one in the other.
 */
export function areAlike(left: StagePlaces, right: StagePlaces): boolean {
  const count = left.gpus.length;
  if (left.cluster !== right.cluster || count !== right.gpus.length) return false;
  const domain = (right.domains[0] ?? 0) - (left.domains[0] ?? 0);
  const rack = (right.racks[0] ?? 0) - (left.racks[0] ?? 0);
  for (let index = 0; index < count; index++) {
    if (left.groups[index] !== right.groups[index]) return false;
    if ((right.domains[index] ?? 0) - (left.domains[index] ?? 0) !== domain) return false;
    if ((right.racks[index] ?? 0) - (left.racks[index] ?? 0) !== rack) return false;
  }
  return true;
}

/** The link from each position of a stage to the same position of the next. */
export function linkBetween(cluster: Cluster, from: readonly number[], to: readonly number[]): Spread {
  return linkOf(placesOf(cluster, from), placesOf(cluster, to));
}

/** The link between two stages with known places: the first of all pairs that crosses the slowest level. */
export function linkOf(from: StagePlaces, to: StagePlaces): Spread {
  const count = Math.max(from.gpus.length, to.gpus.length);
  let slowest: { readonly source: number; readonly target: number; readonly rank: number } | undefined;
  for (let index = 0; index < count; index++) {
    const source = index % from.gpus.length;
    const target = index % to.gpus.length;
    const level = rank(levelBetween(from, source, to, target));
    if (!slowest || level > slowest.rank) slowest = { source, target, rank: level };
    if (level === rank('rack')) break;
  }
  const source = from.gpus[slowest?.source ?? -1];
  const target = to.gpus[slowest?.target ?? -1];
  if (source === undefined || target === undefined) throw new RangeError('stages without GPUs have no link');
  return measure(placesOf(from.cluster, [source, target]), 0, source === target ? 1 : 2, 1);
}

function levelBetween(from: StagePlaces, source: number, to: StagePlaces, target: number): Level {
  if (from.gpus[source] === to.gpus[target]) return 'gpu';
  if (from.domains[source] === to.domains[target]) return 'scale-up';
  return from.racks[source] === to.racks[target] ? 'scale-out' : 'rack';
}
