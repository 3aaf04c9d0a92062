import type { Engine } from '../../plan/deployment.ts';
import type { Experts } from '../../plan/model.ts';
import type { CollectiveConstants } from '../constants/collectives.ts';
import { DEEPEP } from '../constants/collectives.ts';
import type { Cost } from '../kernels/primitive.ts';
import { realChoices } from '../load.ts';
import type { Phase } from '../operation.ts';
import { allGather, allToAll, reduceScatter } from './collectives.ts';
import { groupLimitedDestinations } from './destinations.ts';
import type { Spread } from './spread.ts';

/** What dispatch and combine need to know. Tokens are those that one GPU sends. */
export interface Exchange {
  readonly spread: Spread;
  readonly constants: CollectiveConstants;
  readonly experts: Experts;
  readonly ep: number;
  readonly tokens: number;
  /** Elements of a token that travel: hidden, or the latent width. */
  readonly width: number;
  readonly dispatchBytes: number;
  readonly combineBytes: number;
  /** Factor of the fullest rank over the mean. */
  readonly imbalance: number;
}

export type Transport = 'nccl' | 'deepep-normal' | 'deepep-low-latency' | 'gather';

/** `deepep` means its low-latency kernels in decode and its normal ones elsewhere. */
export function transportOf(engine: Engine, phase: Phase): Transport {
  if (engine.allToAll === 'deepep') return phase === 'decode' ? 'deepep-low-latency' : 'deepep-normal';
  return engine.allToAll;
}

export function dispatch(transport: Transport, exchange: Exchange): Cost {
  const { spread, constants, tokens, width, dispatchBytes, imbalance } = exchange;
  switch (transport) {
    case 'gather':
      return allGather(spread, constants, tokens * spread.size * width * dispatchBytes);
    case 'deepep-normal':
      return normal(exchange, dispatchBytes, 'dispatch');
    case 'deepep-low-latency':
      return lowLatency(exchange, width * (1 + 1 / 32) + 16, true);
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
      return lowLatency(exchange, 2 * width, false);
    case 'nccl': {
      const size = tokens * realChoices(exchange.experts) * width * combineBytes;
      return allToAll(spread, constants, size * imbalance);
    }
  }
}

/**
 * DeepEP normal kernels: a token crosses the network once per remote node and the scale-up links once per remote rank:
 * `T w b U_nodes (N-1)/N / (eta NIC)` beside `T w b U_ranks (R-1)/R / (eta NVL)`, the longer of the two.
 */
function normal(exchange: Exchange, bytesPerElement: number, way: 'dispatch' | 'combine'): Cost {
  const formula = `deepep-normal-${way}`;
  const { spread, experts, ep, tokens, width, imbalance } = exchange;
  if (ep <= 1) return { flop: 0, bytes: 0, seconds: 0, bound: 'latency', formula };
  const token = width * bytesPerElement;
  const ranks = destinations(experts, ep);
  const nodes = destinations(experts, spread.domains);
  const remoteRanks = (ranks * (ep - 1)) / ep;
  const remoteNodes = spread.domains > 1 ? (nodes * (spread.domains - 1)) / spread.domains : 0;
  const local = spread.domains === 1;
  const linkRate =
    DEEPEP.localEfficiency * spread.scaleUp * saturation(tokens, local ? DEEPEP.localHalfTokens[way] : 0);
  const networkRate = DEEPEP.networkEfficiency[way] * spread.scaleOut * saturation(tokens, DEEPEP.networkHalfTokens);
  const within = (tokens * token * remoteRanks) / linkRate;
  const across = local ? 0 : (tokens * token * remoteNodes) / networkRate;
  const start = local ? DEEPEP.localStart[way] : DEEPEP.networkStart[way];
  const volume = Math.max(within, across) * imbalance;
  return {
    flop: 0,
    bytes: tokens * token * remoteRanks,
    seconds: start + volume,
    bound: volume > start ? 'network' : 'latency',
    formula,
  };
}

function saturation(tokens: number, half: number): number {
  return tokens / (tokens + half);
}

function destinations(experts: Experts, ranks: number): number {
  const { count, topK, groups, topGroups } = experts;
  return groupLimitedDestinations(count, Math.round(topK), ranks, groups, topGroups);
}

/**
 * DeepEP low-latency kernels send every choice by itself: `t = a + T k bytes (1 - 1/N) / (0.93 NIC)`, bytes being
 * `h + h/32 + 16` for an fp8 dispatch and `2 h` for combine. In one scale-up domain the links take the network's place.
 */
function lowLatency(exchange: Exchange, tokenBytes: number, isDispatch: boolean): Cost {
  const { spread, experts, ep, tokens, imbalance } = exchange;
  const formula = isDispatch ? 'deepep-low-latency-dispatch' : 'deepep-low-latency-combine';
  if (ep <= 1) return { flop: 0, bytes: 0, seconds: 0, bound: 'latency', formula };
  const copies = tokens * realChoices(experts) * tokenBytes;
  const local = spread.domains === 1;
  const remote = local ? (ep - 1) / ep : 1 - 1 / spread.domains;
  const localRate = isDispatch ? DEEPEP.localDispatchEfficiency : DEEPEP.localCombineEfficiency;
  const rate = local ? localRate * spread.scaleUp : DEEPEP.lowLatencyEfficiency * spread.scaleOut;
  const start = isDispatch
    ? local
      ? DEEPEP.localDispatchStart
      : DEEPEP.lowLatencyDispatchStart
    : local
      ? DEEPEP.localCombineStart
      : DEEPEP.lowLatencyCombineStart;
  const volume = ((copies * remote) / rate) * imbalance;
  return {
    flop: 0,
    bytes: copies * remote,
    seconds: Math.max(start, 2 * (local ? spread.scaleUpLatency : spread.scaleOutLatency)) + volume,
    bound: volume > start ? 'network' : 'latency',
    formula,
  };
}
