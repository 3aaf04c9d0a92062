import type { Entity } from '../../language/entity.ts';
import { type GpuFamily, isGpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import { MOST_GPUS } from '../../language/vocabulary/types.ts';
import type { Cluster, Gpu, Node, NodeGroup, PeakRates } from '../cluster.ts';
import { childOf, childrenOf, numberOf, rejectedIn, targetOf, wordOf } from '../values.ts';

/** Default latencies where a node does not state its own: one NVLink/xGMI hop, one InfiniBand/RoCE hop. */
const SCALE_UP_LATENCY = 2e-6;
const SCALE_OUT_LATENCY = 5e-6;

/** A `cluster` block as plain data. Undefined when one of its nodes or GPUs is not known, or when it has too many GPUs. */
export function resolveCluster(entity: Entity): Cluster | undefined {
  if (rejectedIn(entity) !== undefined || contradictionOf(entity) !== undefined) return undefined;
  const groups: NodeGroup[] = [];
  let firstGpu = 0;
  const sources = childrenOf(entity, 'group');
  for (const source of sources.length > 0 ? sources : [entity]) {
    const node = contradictionOf(source) === undefined ? machineOf(source) : undefined;
    if (!node) return undefined;
    const count = numberOf(source, 'count') ?? 1;
    groups.push({ name: source.name ?? entity.name ?? '', node, count, firstGpu });
    firstGpu += node.gpus * count;
  }
  if (firstGpu > MOST_GPUS) return undefined;
  const nodesPerRack = numberOf(entity, 'rack');
  const price = numberOf(entity, 'price') ?? numberOf(targetOf(entity, 'node') ?? targetOf(entity, 'gpu'), 'price');
  return {
    name: entity.name ?? '',
    groups,
    gpuCount: firstGpu,
    nodeCount: groups.reduce((sum, group) => sum + group.count, 0),
    oversubscription: numberOf(entity, 'oversubscription') ?? 1,
    ...(nodesPerRack !== undefined && { nodesPerRack }),
    ...(price !== undefined && { pricePerGpuHour: price }),
  };
}

/** The node that a cluster or group names, or a node that consists of one loose GPU. */
function machineOf(source: Entity): Node | undefined {
  const node = targetOf(source, 'node');
  const named = targetOf(source, 'gpu');
  if (!named) return resolveNode(node);
  const gpu = resolveGpu(named);
  return gpu && { ...LOOSE, name: gpu.name, gpu };
}

/** The node of a GPU that has no link to any other. */
const LOOSE: Omit<Node, 'name' | 'gpu'> = {
  gpus: 1,
  domain: 1,
  hostGpus: 1,
  topology: 'switch',
  scaleUpBandwidth: 0,
  scaleUpLatency: SCALE_UP_LATENCY,
  scaleOutBandwidth: 0,
  scaleOutLatency: SCALE_OUT_LATENCY,
};

/** A `node` block as plain data. Undefined when a required fact is missing. */
export function resolveNode(entity: Entity | undefined): Node | undefined {
  const gpu = entity && resolveGpu(targetOf(entity, 'gpu'));
  const gpus = numberOf(entity, 'gpus');
  const domain = numberOf(entity, 'domain') ?? gpus;
  const scaleUp = numberOf(entity, 'scale-up') ?? (domain === 1 ? 0 : undefined);
  if (
    !entity ||
    rejectedIn(entity) !== undefined ||
    !gpu ||
    gpus === undefined ||
    domain === undefined ||
    scaleUp === undefined
  )
    return undefined;
  return {
    name: entity.name ?? '',
    gpu,
    gpus,
    domain,
    hostGpus: Math.min(gpus, numberOf(entity, 'tray') ?? gpus),
    topology: wordOf(entity, 'topology') === 'mesh' ? 'mesh' : 'switch',
    scaleUpBandwidth: scaleUp,
    scaleUpLatency: numberOf(entity, 'scale-up-latency') ?? SCALE_UP_LATENCY,
    // A node without a network of its own sends its traffic over the scale-up fabric.
    scaleOutBandwidth: numberOf(entity, 'scale-out') ?? scaleUp,
    scaleOutLatency: numberOf(entity, 'scale-out-latency') ?? SCALE_OUT_LATENCY,
  };
}

/**
 * The family of a GPU that does not name one: the family with the same narrowest type, because each generation added a
 * narrower type than the one before. Peak rates do not count: a faster GPU must never be taken for a slower kind.
 */
function nearestFamily({ fp8, fp4 }: PeakRates): GpuFamily {
  if (fp4 !== undefined) return 'blackwell';
  return fp8 === undefined ? 'ampere' : 'hopper';
}

/** A `gpu` block as plain data. Undefined when a required fact is missing. */
export function resolveGpu(entity: Entity | undefined): Gpu | undefined {
  const memory = numberOf(entity, 'memory');
  const bandwidth = numberOf(entity, 'bandwidth');
  const bf16 = numberOf(entity, 'bf16');
  if (
    !entity ||
    rejectedIn(entity) !== undefined ||
    memory === undefined ||
    bandwidth === undefined ||
    bf16 === undefined
  )
    return undefined;
  const fp32 = numberOf(entity, 'fp32');
  const fp8 = numberOf(entity, 'fp8');
  const fp4 = numberOf(entity, 'fp4');
  const int8 = numberOf(entity, 'int8');
  const peak: PeakRates = {
    bf16,
    ...(fp32 !== undefined && { fp32 }),
    ...(fp8 !== undefined && { fp8 }),
    ...(fp4 !== undefined && { fp4 }),
    ...(int8 !== undefined && { int8 }),
  };
  const family = wordOf(entity, 'family');
  return {
    name: entity.name ?? '',
    ...(isGpuFamily(family) ? { family } : { family: nearestFamily(peak), isFamilyGuessed: true }),
    // A size in GiB may come to a fraction of a byte.
    memoryBytes: Math.max(1, Math.floor(driverMemory(entity, memory))),
    memoryBandwidth: bandwidth,
    peak,
    multiprocessors: numberOf(entity, 'multiprocessors') ?? 132,
  };
}

/**
 * What the driver reports of a GPU's memory. Where a GPU changes the memory of the one that it extends and not what is
 * reported, the same share of the new memory is.
 */
function driverMemory(entity: Entity, memory: number): number {
  const reported = numberOf(entity, 'driver-memory');
  if (reported === undefined) return memory;
  for (let heir = entity; heir.base; heir = heir.base) {
    const before = numberOf(heir.base, 'memory');
    if (numberOf(heir, 'driver-memory') !== numberOf(heir.base, 'driver-memory')) break;
    if (before !== undefined && before !== numberOf(heir, 'memory'))
      return memory * (driverMemory(heir.base, before) / before);
  }
  return reported;
}

/** GPUs of a cluster, even of one with too many GPUs to be resolved. Undefined when a count is not known. */
export function gpusWritten(entity: Entity): number | undefined {
  const sources = childrenOf(entity, 'group');
  let gpus = 0;
  for (const source of sources.length > 0 ? sources : [entity]) {
    const gpusPerUnit = targetOf(source, 'gpu') ? 1 : numberOf(targetOf(source, 'node'), 'gpus');
    if (gpusPerUnit === undefined) return undefined;
    gpus += gpusPerUnit * (numberOf(source, 'count') ?? 1);
  }
  return gpus;
}

/** Why the machines that a cluster or group names cannot be counted. */
export function contradictionOf(entity: Entity): string | undefined {
  const [node, gpu] = ['node', 'gpu'].map((name) => entity.properties.has(name));
  if (node && gpu)
    return '`node` is a machine and `gpu` one without a machine: leave one of them out, or write a `group` for each';
  return (node || gpu) && childOf(entity, 'group')
    ? `the groups say the machines, and so does \`${node ? 'node' : 'gpu'}\`: leave it out, or write a \`group\` for it`
    : undefined;
}
