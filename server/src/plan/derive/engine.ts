import { DEFAULT_ENGINE } from '../../language/vocabulary/engine.ts';
import type { Engine } from '../deployment.ts';
import type { EngineSpec } from '../spec.ts';

/** An engine with what is not said as engines do it; the default one where none is named. */
export function completeEngine(said: EngineSpec): Engine {
  const { memoryFraction, reserveBytes, chunkTokens, flashAttention } = said;
  return {
    name: said.name ?? DEFAULT_ENGINE,
    ...(memoryFraction !== undefined && { memoryFraction }),
    ...(reserveBytes !== undefined && { reserveBytes: Math.ceil(reserveBytes) }),
    ...(chunkTokens !== undefined && { chunkTokens }),
    graphs: said.graphs ?? true,
    allToAll: said.allToAll ?? 'nccl',
    dispatchTokens: said.dispatchTokens ?? 128,
    twoBatchOverlap: said.twoBatchOverlap ?? false,
    sharedOverlap: said.sharedOverlap ?? false,
    speculativeTokens: said.speculativeTokens ?? 0,
    acceptance: said.acceptance ?? 0,
    pageTokens: said.pageTokens ?? 64,
    ...(said.fused === false && { fused: false }),
    ...(flashAttention !== undefined && { flashAttention }),
    ...(said.fusedLoss === true && { fusedLoss: true }),
    ...(said.fusedExperts === true && { fusedExperts: true }),
  };
}

/** Whether tokens are drafted and nothing says which share of them is accepted: no default stands for that. */
export function lacksAcceptance({ speculativeTokens = 0, acceptance }: EngineSpec): boolean {
  return speculativeTokens > 0 && acceptance === undefined;
}
