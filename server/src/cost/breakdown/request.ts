import type { Cluster } from '../../plan/cluster.ts';
import type { Deployment } from '../../plan/deployment.ts';
import type { PoolPrediction, Prediction } from '../evaluation.ts';
import { handover } from '../serving/handover.ts';
import { tokensPerStep } from '../serving/serving.ts';

/** What a request does from its arrival to its last token. */
export type RequestPartKind = 'waiting' | 'prompt' | 'handover' | 'between' | 'generating';

export interface RequestPart {
  readonly kind: RequestPartKind;
  readonly seconds: number;
}

/** The parts of a prediction that a request's way is made of. */
type OfRequest = Pick<Prediction, 'pools' | 'latencySeconds' | 'ttftSeconds' | 'tpotSeconds'>;

/**
 * A request from end to end: its prompt read alone, its cache sent to the pool that generates, the decode steps that yield its
 * tokens, and what it waits: before its first token for other prompts, a running step or room in the cache, and between its
 * tokens for prompts of others. The parts add up to the latency. Empty where nothing is served, or the queue has no end.
 */
export function requestParts(
  { cluster, workload }: Pick<Deployment, 'cluster' | 'workload'>,
  { pools, latencySeconds, ttftSeconds, tpotSeconds }: OfRequest,
): readonly RequestPart[] {
  if (workload.kind !== 'serving' || latencySeconds === undefined || ttftSeconds === undefined) return [];
  const reading = pools.find(({ steps }) => steps.some(({ phase }) => phase === 'prefill'));
  const generating = pools.find(({ steps }) => steps[0]?.phase === 'decode');
  const prompt = Math.min(ttftSeconds, reading?.steps.find(({ phase }) => phase === 'prefill')?.seconds ?? 0);
  const sent = Math.min(ttftSeconds - prompt, sentSeconds(cluster, reading, generating, workload));
  const later = Math.max(0, workload.output - 1);
  const { speculativeTokens, acceptance } = generating?.pool.engine ?? { speculativeTokens: 0, acceptance: 1 };
  const perToken = (generating?.steps[0]?.seconds ?? 0) / tokensPerStep(speculativeTokens, acceptance);
  const steps = Math.min(perToken, tpotSeconds ?? 0);
  const parts: readonly RequestPart[] = [
    { kind: 'waiting', seconds: ttftSeconds - prompt - sent },
    { kind: 'prompt', seconds: prompt },
    { kind: 'handover', seconds: sent },
    { kind: 'generating', seconds: later * steps },
    { kind: 'between', seconds: later * ((tpotSeconds ?? 0) - steps) },
  ];
  return parts.filter(({ seconds }) => seconds > 0);
}

/** Seconds in which a prompt's cache is sent, where one pool reads and another generates. */
function sentSeconds(
  cluster: Cluster,
  from: PoolPrediction | undefined,
  to: PoolPrediction | undefined,
  workload: Parameters<typeof handover>[3],
): number {
  return from?.pool.role === 'prefill' && to ? handover(cluster, from.pool, to.pool, workload).seconds : 0;
}
