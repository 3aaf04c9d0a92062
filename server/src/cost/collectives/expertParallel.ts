import { engineProfile } from '../../engines/index.ts';
import type { GpuFamily } from '../../language/vocabulary/gpuFamilies.ts';
import type { Engine } from '../../plan/deployment.ts';
import type { Experts } from '../../plan/model.ts';
import type { CollectiveConstants } from '../constants/collectives.ts';
import {
  DEEPEP_MULTIPROCESSORS,
  type LocalConstants,
  type LowLatencyConstants,
  localConstants,
  lowLatencyConstants,
  NVLINK_PREPARE,
  type NvlinkConstants,
  nvlinkConstants,
  type RemoteConstants,
  remoteConstants,
  type StartUp,
  type Way,
} from '../constants/expertParallel.ts';
import type { Constants } from '../constants/row.ts';
import { type Cost, joined, NOTHING, only } from '../kernels/primitive.ts';
import { realChoices } from '../load.ts';
import type { Phase } from '../operation.ts';
import { allGather, allToAll, reduceScatter } from './collectives.ts';
import { groupLimitedDestinations } from './destinations.ts';
import type { Spread } from './spread.ts';

/** The inputs of dispatch and combine. Tokens are those that one GPU sends. */
export interface Exchange {
  readonly spread: Spread;
  readonly constants: CollectiveConstants;
  readonly experts: Experts;
  readonly ep: number;
  readonly tokens: number;
  /** Elements of a token that are sent: hidden, or the latent width. */
  readonly width: number;
  readonly dispatchBytes: number;
  readonly combineBytes: number;
  /** Load of the fullest rank over the mean. */
  readonly imbalance: number;
}

export type Transport = 'nccl' | 'deepep-normal' | 'deepep-low-latency' | 'gather' | 'nvlink';

/**
 * `deepep` means its low-latency kernels in decode and its normal kernels elsewhere. With the library's all-to-all, an
 * engine that has an exchange of its own uses it for inference inside one scale-up domain.
 */
export function transportOf(
  engine: Pick<Engine, 'name' | 'allToAll'>,
  phase: Phase,
  family: GpuFamily,
  domains: number,
): Transport {
  if (engine.allToAll === 'deepep') return phase === 'decode' ? 'deepep-low-latency' : 'deepep-normal';
  const isLeftToLibrary = engine.allToAll === 'nccl' && phase !== 'training' && domains === 1;
  const hasOwn = engineProfile(engine.name).kernels.ownExchange.includes(family);
  return isLeftToLibrary && hasOwn ? 'nvlink' : engine.allToAll;
}

export function dispatch(transport: Transport, exchange: Exchange): Cost {
  const { spread, constants, tokens, width, dispatchBytes, imbalance } = exchange;
  switch (transport) {
    case 'gather':
      return allGather(spread, constants, tokens * spread.size * width * dispatchBytes);
    case 'deepep-normal':
      return normal(exchange, dispatchBytes, 'dispatch');
    case 'deepep-low-latency':
      return lowLatency(exchange, 'dispatch');
    case 'nvlink':
      return nvlinkWith(nvlinkConstants('dispatch', 'one-sided'), exchange, dispatchBytes, 'dispatch');
    case 'nccl': {
      const size = tokens * realChoices(exchange.experts) * width * dispatchBytes;
      return allToAll(spread, constants, size * imbalance);
    }
  }
}

export function combine(transport: Transport, exchange: Exchange): Cost {
  const { spread, constants, tokens, width, combineBytes, imbalance } = exchange;
  switch (transport) {
    case 'gather':
      return reduceScatter(spread, constants, tokens * spread.size * width * combineBytes);
    case 'deepep-normal':
      return normal(exchange, combineBytes, 'combine');
    case 'deepep-low-latency':
      return lowLatency(exchange, 'combine');
    case 'nvlink':
      return nvlinkWith(nvlinkConstants('combine', 'one-sided'), exchange, combineBytes, 'combine');
    case 'nccl': {
      const size = tokens * realChoices(exchange.experts) * width * combineBytes;
      return allToAll(spread, constants, size * imbalance);
    }
  }
}

/** DeepEP's normal kernels, which run on `multiprocessors`. */
function normal(exchange: Exchange, bytesPerElement: number, way: Way): Cost {
  if (exchange.ep <= 1) return nothing(`deepep-normal-${way}`);
  return exchange.spread.domains === 1
    ? normalLocalWith(localConstants(way), exchange, bytesPerElement, way)
    : normalRemoteWith(remoteConstants(way), exchange, bytesPerElement, way);
}

/**
 * Exponent that joins what runs at the same time: the slower part counts, and a little more when both take equally long.
 */
const PIPELINED = 8;

/**
 * In one domain a token of B bytes crosses the links once per remote rank, and the kernel's multiprocessors copy it once
 * per rank. The time is the longer of the two: `T (work B U / SMs, B U (R-1)/R / (eta NVL))`.
 */
export function normalLocalWith(
  constants: LocalConstants,
  exchange: Exchange,
  bytesPerElement: number,
  way: Way,
  multiprocessors: number = DEEPEP_MULTIPROCESSORS,
): Cost {
  const { spread, experts, ep, tokens, width, imbalance } = exchange;
  const bytes = width * bytesPerElement;
  const ranks = destinations(experts, ep);
  const remote = (ranks * (ep - 1)) / ep;
  const work = (constants.work * bytes * ranks) / multiprocessors;
  const link = (bytes * remote) / (constants.link * spread.scaleUp);
  const volume = tokens * joined(0, work, link, PIPELINED) * imbalance;
  return sent(`deepep-normal-${way}`, startUp(constants, 0, tokens), volume, tokens * bytes * remote, only(constants));
}

/**
 * Between N nodes a token crosses the network once per remote node and the links there once per rank. The time is the
 * longest of the three: `T B (U_N (N-1)/N / (eta NIC), (a U_N + b U) / SMs, U (R-1)/R / (eta NVL))`.
 */
export function normalRemoteWith(
  constants: RemoteConstants,
  exchange: Exchange,
  bytesPerElement: number,
  way: Way,
  multiprocessors: number = DEEPEP_MULTIPROCESSORS,
): Cost {
  const { spread, experts, ep, tokens, width, imbalance } = exchange;
  const bytes = width * bytesPerElement;
  const ranks = destinations(experts, ep);
  const nodes = destinations(experts, spread.domains);
  const remoteRanks = (ranks * (ep - 1)) / ep;
  const network = (nodes * (spread.domains - 1)) / spread.domains / (constants.network * spread.scaleOut);
  const work = (constants.nodeWork * nodes + constants.rankWork * ranks) / multiprocessors;
  const local = localConstants(way);
  const link = remoteRanks / (local.link * spread.scaleUp);
  const perByte = joined(0, joined(0, network, work, PIPELINED), link, PIPELINED);
  const start = startUp(constants, constants.perDoubling * Math.log2(spread.domains / 2), tokens);
  const seconds = tokens * bytes * perByte * imbalance;
  return sent(`deepep-normal-${way}`, start, seconds, tokens * bytes * remoteRanks, [constants, local]);
}

/** Bytes of a token in DeepEP's low-latency kernels: fp8 with scales and a header for dispatch, bf16 for combine. */
function lowLatencyBytes(width: number, way: Way): number {
  return way === 'dispatch' ? width * (1 + 1 / 32) + 16 : 2 * width;
}

function lowLatency(exchange: Exchange, way: Way): Cost {
  if (exchange.ep <= 1) return nothing(`deepep-low-latency-${way}`);
  return lowLatencyWith(lowLatencyConstants(way, exchange.spread.domains === 1), exchange, way);
}

/**
 * Low-latency kernels send every choice separately: `T k bytes (1 - 1/N) / (eta NIC)`, where bytes are `w + w/32 + 16` for
 * an fp8 dispatch and `2 w` for combine. In one scale-up domain the links replace the network, and ranks replace nodes.
 */
export function lowLatencyWith(constants: LowLatencyConstants, exchange: Exchange, way: Way): Cost {
  const { spread, experts, ep, tokens, width, imbalance } = exchange;
  const local = spread.domains === 1;
  const remote = 1 - 1 / (local ? ep : spread.domains);
  const bytes = tokens * realChoices(experts) * lowLatencyBytes(width, way) * remote;
  const volume = (bytes / (constants.rate * (local ? spread.scaleUp : spread.scaleOut))) * imbalance;
  const further = local ? 0 : constants.perDoubling * Math.log2(spread.domains / 2);
  const latency = 2 * (local ? spread.scaleUpLatency : spread.scaleOutLatency);
  const start = Math.max(startUp(constants, further, tokens), latency);
  return {
    ...sent(`deepep-low-latency-${way}`, start, volume, bytes, only(constants)),
    given: {
      T: tokens,
      k: realChoices(experts),
      w: width,
      D: local ? 0 : Math.log2(spread.domains / 2),
      N: local ? ep : spread.domains,
      B: local ? spread.scaleUp : spread.scaleOut,
      i: imbalance,
      h: latency,
    },
  };
}

/**
 * TensorRT-LLM's exchange through peer memory writes a token of B bytes once to each rank that has one of its experts:
 * `(floor^p + (start + d log2(R/2) + T (c + B U / (eta NVL)))^p)^(1/p)`, where eta depends on the size R of the group.
 */
export function nvlinkWith(constants: NvlinkConstants, exchange: Exchange, bytesPerElement: number, way: Way): Cost {
  const { spread, experts, ep, tokens, width, imbalance } = exchange;
  const formula = `nvlink-${way}`;
  if (ep <= 1) return nothing(formula);
  const ranks = destinations(experts, ep);
  const bytes = width * bytesPerElement * ranks;
  const volume = tokens * (constants.perToken + bytes / (shareOf(constants, ep) * spread.scaleUp)) * imbalance;
  const start = constants.start + constants.perDoubling * Math.log2(ep / 2);
  const seconds = joined(0, constants.floor, start + volume, constants.power);
  return {
    flop: 0,
    bytes: (tokens * bytes * (ep - 1)) / ep,
    seconds,
    bound: volume > start ? 'network' : 'latency',
    formula,
    constants: only(constants),
  };
}

/** Interpolates between doublings. Groups larger than the curve get the value at its end. */
function shareOf(constants: NvlinkConstants, ep: number): number {
  const { share2, share4, share8, share16, share32, share64 } = constants;
  const curve = [share2, share4, share8, share16, share32, share64];
  const position = Math.min(curve.length - 1, Math.max(0, Math.log2(ep) - 1));
  const below = curve[Math.floor(position)] ?? share64;
  const above = curve[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** The time that a two-sided exchange needs for preparation. */
export function nvlinkPrepare(tokens: number): number {
  return NVLINK_PREPARE.start + NVLINK_PREPARE.perToken * tokens;
}

function startUp({ start, ramp, half }: StartUp, further: number, tokens: number): number {
  return start + further + (ramp * tokens) / (tokens + half);
}

function sent(formula: string, start: number, volume: number, bytes: number, constants: readonly Constants[]): Cost {
  return { flop: 0, bytes, seconds: start + volume, bound: volume > start ? 'network' : 'latency', formula, constants };
}

function nothing(formula: string): Cost {
  return { ...NOTHING, formula };
}

function destinations(experts: Experts, ranks: number): number {
  const { count, topK, groups, topGroups } = experts;
  return groupLimitedDestinations(count, Math.round(topK), ranks, groups, topGroups);
}
