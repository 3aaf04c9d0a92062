import { dispatchBufferBytes } from '../../engines/deepep/kernels.ts';
import type { Rule } from '../../language/diagnostic.ts';
import { fractionFigure, partFigure } from '../figures/memory.ts';
import { formatFigure } from '../format.ts';
import { locationOfPool, type MemoryContext } from './context.ts';

/**
 * The buffers of low-latency expert parallelism do not fit into what the engine leaves free.
 *
 * DeepEP's low-latency kernels allocate room for `dispatch-tokens` tokens from every rank for every expert, about
 * `4 x experts x dispatch-tokens x 2 x hidden` bytes on each GPU: 1.8 GiB for DeepSeek-V3 at 128 tokens, and twice that at
 * 256. Engines take them from outside of their memory fraction, so that start-up fails though weights and cache fit.
 *
 * ## Not so
 * ```moeplan
 * engine { name = sglang, memory-fraction = 0.97, all-to-all = deepep-low-latency, dispatch-tokens = 256 tokens }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = sglang, memory-fraction = 0.85, all-to-all = deepep-low-latency, dispatch-tokens = 128 tokens }
 * ```
 *
 * ## How to fix it
 * Lower `memory-fraction` or `dispatch-tokens`. Tokens per rank and step must not exceed `dispatch-tokens`.
 */
export const buffersLeftOut: Rule<MemoryContext> = {
  name: 'buffers-left-out',
  family: 'memory',
  severity: 'warning',
  summary: 'Communication buffers are larger than what the engine leaves free.',
  check(context, report) {
    context.evaluation.deployment.pools.forEach((pool, index) => {
      const buffers = dispatchBufferBytes(pool);
      const classes = context.evaluation.memory[index]?.classes ?? [];
      const smallest = Math.min(...classes.map(({ capacityBytes }) => capacityBytes));
      const fraction = pool.engine.memoryFraction;
      const outside = (1 - fraction) * smallest;
      if (buffers === 0 || fraction >= 1 || buffers <= outside) return;
      report({
        ...locationOfPool(context, index),
        message:
          `low-latency dispatch of ${pool.engine.dispatchTokens} tokens takes ${formatFigure(partFigure(buffers))} of buffers on each GPU, ` +
          `but a memory fraction of ${formatFigure(fractionFigure(fraction))} leaves ${formatFigure(partFigure(outside))}; use fewer \`dispatch-tokens\` or a smaller \`memory-fraction\``,
      });
    });
  },
};
