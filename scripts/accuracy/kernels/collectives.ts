import {
  allGather,
  allReduce,
  allToAll,
  pointToPoint,
  reduceScatter,
} from '../../../server/src/cost/collectives/collectives.ts';
import { placesOf, type Spread, spreadOf } from '../../../server/src/cost/collectives/spread.ts';
import {
  type CollectiveConstants,
  collectiveConstants,
  type Link,
  type LinkKind,
  linkSet,
  type ShotConstants,
  shotSet,
} from '../../../server/src/cost/constants/collectives.ts';
import { type Family, familyOf } from '../../../server/src/cost/constants/family.ts';
import type { Cost } from '../../../server/src/cost/kernels/primitive.ts';
import type { Node } from '../../../server/src/plan/cluster.ts';
import { type CsvRow, number, text } from '../csv.ts';
import { describe, type KernelCase, microseconds, type Unread } from './case.ts';
import { nodeOf } from './machines.ts';

type Collective = (spread: Spread, constants: CollectiveConstants, size: number, shots: boolean) => Cost;

interface Kind {
  readonly family: string;
  readonly run: Collective;
  /** Bytes that cross a link by the bus-bandwidth convention, per byte of the full buffer. */
  readonly bus: (ranks: number) => number;
  /** The constants that it is fitted with. */
  readonly link?: { readonly name: LinkKind; readonly part: 'allReduce' | 'gather' | 'allToAll' };
}

const share = (ranks: number) => (ranks - 1) / ranks;
const GATHER = { name: 'gather', part: 'gather' } as const;
const ALL_TO_ALL: Kind = {
  family: 'all-to-all',
  run: allToAll,
  bus: share,
  link: { name: 'all-to-all', part: 'allToAll' },
};
const PAIR: Kind = { family: 'p2p', run: pointToPoint, bus: () => 1 };

const KINDS: Readonly<Record<string, Kind>> = {
  all_reduce: {
    family: 'all-reduce',
    run: allReduce,
    bus: (ranks) => 2 * share(ranks),
    link: { name: 'all-reduce', part: 'allReduce' },
  },
  all_gather: { family: 'all-gather', run: allGather, bus: share, link: GATHER },
  reduce_scatter: { family: 'reduce-scatter', run: reduceScatter, bus: share, link: GATHER },
  alltoall: ALL_TO_ALL,
  all_to_all: ALL_TO_ALL,
  p2p: PAIR,
  p2p_copy: PAIR,
  sendrecv: PAIR,
};

/** A size at which a bandwidth has reached its peak. */
const LARGE = 8 * 2 ** 30;

/** A row of `collectives.csv` of the library: the full buffer in bytes and a latency, or a bandwidth of a stated convention. */
export function readLibrary(row: CsvRow, index: number): KernelCase<Link> | Unread | undefined {
  if (isOwn(row)) return undefined;
  const about = aboutOf(row, index);
  if ('reason' in about) return about;
  const { kind, spread, size, family } = about;
  const shipped = collectiveConstants(family);
  const fitted = kind.link;
  return {
    ...common(about),
    engine: 'nccl',
    predicted: () => kind.run(spread, shipped, size, false).seconds,
    ...(fitted !== undefined &&
      spread.domains === 1 && {
        trial: {
          set: linkSet(family, fitted.name),
          shape: shapeOf(spread, size),
          seconds: (link: Link) => kind.run(spread, { ...shipped, [fitted.part]: link }, size, false).seconds,
        },
      }),
  };
}

/** A row of an engine's own all-reduce. */
export function readOwn(row: CsvRow, index: number): KernelCase<ShotConstants> | Unread | undefined {
  if (!isOwn(row)) return undefined;
  const about = aboutOf(row, index);
  if ('reason' in about) return about;
  const { kind, spread, size, family } = about;
  const shipped = collectiveConstants(family);
  return {
    ...common(about),
    engine: 'custom',
    predicted: () => kind.run(spread, shipped, size, true).seconds,
    trial: {
      set: shotSet(family),
      shape: shapeOf(spread, size),
      seconds: (shots) => kind.run(spread, { ...shipped, shots }, size, true).seconds,
    },
  };
}

function isOwn(row: CsvRow): boolean {
  return text(row, 'op') === 'all_reduce' && /custom|one.?shot|two.?shot|trt|vllm|mnnvl/i.test(text(row, 'kernel'));
}

interface About {
  readonly id: string;
  readonly kind: Kind;
  readonly gpu: string;
  readonly family: Family;
  readonly spread: Spread;
  readonly size: number;
  readonly measured: number;
  readonly aside?: string;
}

function aboutOf(row: CsvRow, index: number): About | Unread {
  const id = describe('collectives.csv', index, row);
  const gpuName = text(row, 'gpu');
  const kind = KINDS[text(row, 'op')];
  const unread = (reason: string, headline: boolean): Unread => ({
    id,
    family: kind?.family ?? 'collective',
    gpu: gpuName,
    reason,
    headline,
  });
  if (!kind) return unread(`operation ${text(row, 'op')} is not known`, false);
  const ranks = number(row, 'num_gpus');
  if (ranks === undefined || ranks < 2) return unread('number of GPUs is not stated', false);
  const node = nodeOf(gpuName);
  if (!node) return unread(`GPU ${gpuName} is not in the catalogue`, !/not stated|^any$/i.test(gpuName));
  const spread = spreadFor(node, ranks, number(row, 'num_nodes'));
  if (!spread) return unread(`${ranks} GPUs do not fill whole nodes`, false);
  const stated = sizeOf(row, ranks);
  const size = stated ?? LARGE;
  const measured = measuredOf(row, kind, size, ranks);
  if (measured === undefined) return unread('neither latency nor a bandwidth of a known convention', false);
  const about = { id, kind, gpu: node.gpu.name, family: familyOf(node.gpu), spread, size, measured };
  if (stated !== undefined) return about;
  if (microseconds(row) !== undefined) return unread('message size is not stated', false);
  return { ...about, aside: 'a peak whose message size is not stated: taken at 8 GiB' };
}

function common({ id, kind, gpu, measured, aside }: About) {
  return { id, family: kind.family, gpu, measured, ...(aside !== undefined && { aside }) };
}

/** Sizes of one octave of octaves and one number of GPUs are held out together. */
function shapeOf(spread: Spread, size: number): string {
  return `${spread.size} ${Math.floor(Math.log2(size) / 3)}`;
}

/** Bytes of the full buffer. `per_gpu_mbytes` is what one GPU puts in (all-gather) or takes out (reduce-scatter). */
function sizeOf(row: CsvRow, ranks: number): number | undefined {
  const bytes = number(row, 'bytes');
  if (bytes !== undefined && bytes > 0) return bytes;
  const each = number(row, 'per_gpu_mbytes');
  return each !== undefined && each > 0 ? each * 2 ** 20 * ranks : undefined;
}

function measuredOf(row: CsvRow, kind: Kind, size: number, ranks: number): number | undefined {
  const latency = microseconds(row);
  if (latency !== undefined) return latency;
  const rate = number(row, 'gb_per_s');
  if (rate === undefined || rate <= 0) return undefined;
  const convention = text(row, 'bw_kind').toLowerCase();
  if (convention.startsWith('busbw') || convention === 'unidirectional') return (size * kind.bus(ranks)) / (rate * 1e9);
  return convention.startsWith('algbw') ? size / (rate * 1e9) : undefined;
}

const spreads = new Map<string, Spread | undefined>();

/** `ranks` GPUs over as few nodes as hold them, or over as many as the row states. */
export function spreadFor(node: Node, ranks: number, nodes: number | undefined): Spread | undefined {
  const key = `${node.name} ${ranks} ${nodes ?? ''}`;
  if (spreads.has(key)) return spreads.get(key);
  const spread = measure(node, ranks, nodes ?? Math.ceil(ranks / node.gpus));
  spreads.set(key, spread);
  return spread;
}

function measure(node: Node, ranks: number, nodes: number): Spread | undefined {
  const each = ranks / nodes;
  if (!Number.isInteger(each)) return undefined;
  // A table's node may hold more GPUs than the catalogue's, as a tray of another size in the same rack.
  const real: Node = each > node.gpus ? { ...node, gpus: each, domain: Math.max(node.domain, each) } : node;
  const groups = [{ name: 'nodes', node: real, count: nodes, firstGpu: 0 }];
  const cluster = { name: 'cluster', groups, gpuCount: nodes * real.gpus, nodeCount: nodes, oversubscription: 1 };
  const gpus = Array.from({ length: ranks }, (_, rank) => Math.floor(rank / each) * real.gpus + (rank % each));
  return spreadOf(placesOf(cluster, gpus), ranks, 1);
}
