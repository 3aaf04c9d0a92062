import type { Workload } from '../../plan/deployment.ts';
import type { Score } from '../score.ts';
import type { Figure } from './figure.ts';
import { exact } from './make.ts';

/** Figures of a plan that was scored, by the names that claims have for them. */
export type ScoredName = 'throughput' | 'throughput-per-gpu' | 'ttft' | 'tpot' | 'latency' | 'step' | 'utilisation';

/**
 * The same values as those of a whole evaluation, without their bands. Rates and times are absent where a cache holds no request;
 * the time to the first token and the latency also where more requests arrive than are finished.
 */
export function scoredFigures(
  { predicted, memory, gpus }: Score,
  { kind }: Workload,
): Readonly<Partial<Record<ScoredName, Figure>>> {
  if (memory.some(({ requestsThatFit }) => requestsThatFit === 0)) return {};
  const { throughputTokensPerSecond: rate, latencySeconds, ttftSeconds, tpotSeconds, stepSeconds } = predicted;
  const isServing = kind === 'serving';
  const step = exact(stepSeconds, 'seconds', kind === 'training' ? 'training-step' : 'step');
  return {
    throughput: exact(rate, 'tokens/s', isServing ? 'serving-throughput' : 'throughput'),
    'throughput-per-gpu': exact(rate / gpus, 'tokens/s', 'throughput-per-gpu'),
    ...(latencySeconds !== undefined && {
      latency: exact(latencySeconds, 'seconds', isServing ? 'request-latency' : 'latency'),
    }),
    ...(ttftSeconds !== undefined && { ttft: exact(ttftSeconds, 'seconds', 'ttft') }),
    ...(tpotSeconds !== undefined && { tpot: exact(tpotSeconds, 'seconds', 'tpot') }),
    step,
    utilisation: exact(predicted.utilisation, 'fraction', 'utilisation'),
  };
}

/** Requests beyond which others wait for cache. Undefined where nothing limits them. */
export function mostInFlight({ predicted: { inFlight } }: Score): Figure | undefined {
  return inFlight && Number.isFinite(inFlight.most) ? exact(inFlight.most, 'count', 'requests-that-fit') : undefined;
}
