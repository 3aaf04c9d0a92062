import type { Rule } from '../../language/diagnostic.ts';
import { gpusDo } from '../../plan/wording.ts';
import { capacityFigure, usedShare } from '../figures/memory.ts';
import { formatFigure } from '../format.ts';
import { type MemoryContext, NEARLY_FULL } from './context.ts';
import { describe, fullestByPlace } from './memory-over-capacity.ts';

/**
 * A GPU's memory is more than 92 % full.
 *
 * It fits by the numbers, but allocators fragment memory and libraries take some that no plan counts.
 *
 * ## Not so
 * ```moeplan
 * cluster tight { node = DGX-H100, count = 1 }   // 76 of 80 GiB used
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster roomy { node = DGX-H200, count = 1 }
 * ```
 *
 * ## How to fix it
 * Leave a margin: a narrower type for the largest part, a smaller `memory-fraction`, a smaller `chunk` or more GPUs.
 */
export const memoryNearlyFull: Rule<MemoryContext> = {
  name: 'memory-nearly-full',
  family: 'memory',
  severity: 'warning',
  summary: 'A GPU is more than 92 % full.',
  check(context, report) {
    for (const { location, fullest } of fullestByPlace(context)) {
      const { gpuClass, totalBytes, kvCacheBytes, capacityBytes, freeBytes } = fullest;
      if (freeBytes < 0 || totalBytes <= NEARLY_FULL * capacityBytes) continue;
      // An engine fills the memory it may use with cache on purpose, so only what cannot shrink counts.
      if (
        totalBytes - kvCacheBytes <= NEARLY_FULL * capacityBytes &&
        kvCacheBytes > 0 &&
        wouldShrink(context, kvCacheBytes)
      )
        continue;
      report({
        ...location,
        message:
          `${gpusDo(gpuClass.gpus, 'uses', 'use')} ${formatFigure(usedShare(fullest))} of ${formatFigure(capacityFigure(fullest))}: ` +
          `${describe(fullest)}; leave a margin of 8 % for fragmentation, or use GPUs with more memory`,
      });
    }
  },
};

/** Whether the pool holds several requests, so that its cache would shrink with fewer of them. */
function wouldShrink({ evaluation }: MemoryContext, kvCacheBytes: number): boolean {
  return (
    kvCacheBytes > 0 &&
    evaluation.memory.some(({ requestsThatFit, requestsNeeded }) => requestsNeeded > requestsThatFit)
  );
}
