import { engineProfile } from '../../engines/index.ts';
import type { EnginePlace } from '../../engines/settings.ts';
import { DEFAULT_ENGINE } from '../../language/vocabulary/engine.ts';
import type { Engine } from '../deployment.ts';
import type { EngineSpec } from '../spec.ts';

/** An engine whose missing settings are its own defaults at a place. Without a name it is the default engine. */
export function completeEngine(said: EngineSpec, place: EnginePlace): Engine {
  const { version, reserveBytes, occupiedBytes, cacheMemoryBytes, flashAttention, name = DEFAULT_ENGINE } = said;
  return {
    name,
    ...(version !== undefined && { version }),
    ...engineProfile(name).settings(said, place),
    ...(reserveBytes !== undefined && { reserveBytes: Math.ceil(reserveBytes) }),
    ...(occupiedBytes !== undefined && { occupiedBytes: Math.ceil(occupiedBytes) }),
    ...(cacheMemoryBytes !== undefined && { cacheMemoryBytes: Math.ceil(cacheMemoryBytes) }),
    ...(said.moeBackend && { moeBackend: said.moeBackend }),
    graphs: said.graphs ?? true,
    allToAll: said.allToAll ?? 'nccl',
    dispatchTokens: said.dispatchTokens ?? 128,
    twoBatchOverlap: said.twoBatchOverlap ?? false,
    sharedOverlap: said.sharedOverlap ?? false,
    speculativeTokens: said.speculativeTokens ?? 0,
    acceptance: said.acceptance ?? 0,
    ...(said.fused === false && { fused: false }),
    ...(flashAttention !== undefined && { flashAttention }),
    ...(said.fusedLoss === true && { fusedLoss: true }),
    ...(said.fusedExperts !== undefined && { fusedExperts: said.fusedExperts }),
  };
}

/** Whether tokens are drafted without `acceptance`. There is no default share of tokens that are accepted. */
export function lacksAcceptance({ speculativeTokens = 0, acceptance }: EngineSpec): boolean {
  return speculativeTokens > 0 && acceptance === undefined;
}
