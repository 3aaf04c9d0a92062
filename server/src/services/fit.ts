import type { GpuMemory, PoolMemory } from '../cost/evaluation.ts';
import { capacityFigure, memoryFigure } from '../cost/figures/memory.ts';
import { scoredThroughput } from '../cost/figures/step.ts';
import { formatOf, formatShort } from '../cost/format.ts';
import type { Scorer } from '../cost/score.ts';
import type { PlanSpec } from '../plan/spec.ts';

/** `61.2 of 80 GiB`: what the fullest of these GPUs holds and its capacity. Undefined without GPUs. */
export function fullestOf(
  classes: readonly GpuMemory[],
): { readonly text: string; readonly fits: boolean } | undefined {
  const [first, ...others] = classes;
  if (!first) return undefined;
  const fullest = others.reduce((most, memory) => (memory.freeBytes < most.freeBytes ? memory : most), first);
  return { text: formatOf(memoryFigure(fullest), capacityFigure(fullest)), fits: fullest.freeBytes >= 0 };
}

/** Whether every GPU of every pool holds what it is given. */
export function fitsAll(memory: readonly PoolMemory[]): boolean {
  return memory.every(({ classes }) => classes.every(({ freeBytes }) => freeBytes >= 0));
}

/** What a plan that was tried leads to. */
export interface Outcome {
  readonly text: string;
  /** Absent where a pool does not fit. */
  readonly throughput?: number;
}

/**
 * `61.2 of 80 GiB, 1.2 thousand tokens/s` of the pools that share the degree. The rate is left out where another pool does not
 * fit, and stands for `does not fit` where these do not. Undefined for a plan that cannot work.
 */
export function leadsTo(scorer: Scorer, spec: PlanSpec, pools: readonly number[]): Outcome | undefined {
  const score = scorer.score(spec);
  if ('invalid' in score) return undefined;
  const fullest = fullestOf(pools.flatMap((pool) => score.memory[pool]?.classes ?? []));
  if (!fullest) return undefined;
  if (!fullest.fits) return { text: `${fullest.text}: does not fit` };
  if (!fitsAll(score.memory)) return { text: fullest.text };
  const throughput = score.predicted.throughputTokensPerSecond;
  const rate = scoredThroughput(throughput, spec.workload?.kind === 'serving');
  return { text: `${fullest.text}, ${formatShort(rate)}`, throughput };
}
