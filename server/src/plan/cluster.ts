import type { GpuFamily } from '../language/vocabulary/gpuFamilies.ts';

/** The machines as plain data. Bandwidths are per GPU and in one direction, in bytes/s. */

/** Dense peak rates in FLOP/s by type of arithmetic. */
export interface PeakRates {
  readonly fp32?: number;
  readonly bf16: number;
  readonly fp8?: number;
  readonly fp4?: number;
  readonly int8?: number;
}

export interface Gpu {
  readonly name: string;
  /** The family whose measured constants hold for this GPU. */
  readonly family: GpuFamily;
  /** Set when neither the GPU nor one that it extends names its family, so that the nearest family stands in. */
  readonly isFamilyGuessed?: boolean;
  /** What the driver gives to an engine, which is less than the GPU is sold with. */
  readonly memoryBytes: number;
  readonly memoryBandwidth: number;
  readonly peak: PeakRates;
  readonly multiprocessors: number;
}

export interface Node {
  readonly name: string;
  readonly gpu: Gpu;
  readonly gpus: number;
  /**
   * GPUs in one scale-up domain: `gpus`, or more when nodes share a fabric, or fewer when the fabric joins only part of a
   * node.
   */
  readonly domain: number;
  /** GPUs of one host: fewer than `gpus` in a rack of several trays. */
  readonly hostGpus: number;
  readonly topology: 'switch' | 'mesh';
  /** 0 when nothing links the GPU. `links.ts` then refuses traffic that would need the link. */
  readonly scaleUpBandwidth: number;
  readonly scaleUpLatency: number;
  readonly scaleOutBandwidth: number;
  readonly scaleOutLatency: number;
}

export interface NodeGroup {
  readonly name: string;
  readonly node: Node;
  readonly count: number;
  /** Index of the group's first GPU in the cluster. */
  readonly firstGpu: number;
}

export interface Cluster {
  readonly name: string;
  readonly groups: readonly NodeGroup[];
  readonly gpuCount: number;
  readonly nodeCount: number;
  /** Scale-out bandwidth is divided by this between racks. */
  readonly oversubscription: number;
  readonly nodesPerRack?: number;
  readonly pricePerGpuHour?: number;
}

/** Where a GPU stands: its group, node, host and scale-up domain, each counted through the cluster. */
export interface GpuPlace {
  readonly gpu: number;
  readonly group: NodeGroup;
  readonly node: number;
  readonly host: number;
  readonly domain: number;
}

/** The kind of a GPU. For one that the cluster does not have, which rules report, that of the first. */
export function gpuOf({ groups }: Cluster, gpu = 0): Gpu {
  const group = groups.find(({ node, count, firstGpu }) => gpu < firstGpu + node.gpus * count) ?? groups[0];
  if (!group) throw new RangeError('a cluster has at least one group of nodes');
  return group.node.gpu;
}

/**
 * Throws a RangeError for a GPU that the cluster does not have. Rules report such a GPU before anything asks for its place.
 */
export function placeOf(cluster: Cluster, gpu: number): GpuPlace {
  let nodes = 0;
  let hosts = 0;
  let domains = 0;
  for (const group of cluster.groups) {
    const size = group.node.gpus * group.count;
    const local = gpu - group.firstGpu;
    const hostsPerNode = Math.ceil(group.node.gpus / group.node.hostGpus);
    if (local >= 0 && local < size) {
      const node = Math.floor(local / group.node.gpus);
      const host = node * hostsPerNode + Math.floor((local % group.node.gpus) / group.node.hostGpus);
      return {
        gpu,
        group,
        node: nodes + node,
        host: hosts + host,
        domain: domains + Math.floor(local / group.node.domain),
      };
    }
    nodes += group.count;
    hosts += group.count * hostsPerNode;
    domains += Math.ceil(size / group.node.domain);
  }
  throw new RangeError(`cluster ${cluster.name} has no GPU ${gpu}`);
}

/** How far apart the GPUs of a group are: the slowest level that their traffic must cross. */
export type Level = 'gpu' | 'scale-up' | 'scale-out' | 'rack';

export function levelOf(cluster: Cluster, gpus: readonly number[]): Level {
  const first = gpus[0];
  if (first === undefined || gpus.length === 1) return 'gpu';
  const home = placeOf(cluster, first);
  let level: Level = 'scale-up';
  for (const gpu of gpus) {
    const place = placeOf(cluster, gpu);
    if (place.group === home.group && place.domain === home.domain) continue;
    const perRack = cluster.nodesPerRack;
    if (perRack !== undefined && Math.floor(place.node / perRack) !== Math.floor(home.node / perRack)) return 'rack';
    level = 'scale-out';
  }
  return level;
}
