import type { Rule } from '../../language/diagnostic.ts';
import { changeNumber } from '../../plan/rules/context.ts';
import { requestFigures } from '../figures/memory.ts';
import { formatFigure } from '../format.ts';
import { isMendedByStart, locationOfPool, type MemoryContext } from './context.ts';

/**
 * The KV cache holds fewer requests than the workload has in flight.
 *
 * What memory is left behind weights, activations, buffers and reserve holds so many requests of full length (input and
 * output; in a prefill pool the input). The others wait in front of the engine: throughput stops growing, and their wait is
 * part of the predicted time to the first token. Where not one request fits, this is an error and no rate is given.
 *
 * ## Not so
 * ```moeplan
 * workload chat { input = 32_000 tokens, output = 1_000 tokens, concurrency = 4096 }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload chat { input = 32_000 tokens, output = 1_000 tokens, concurrency = 64 }
 * ```
 *
 * ## How to fix it
 * Lower `concurrency` or `request-rate`, use more GPUs for each copy of the model, or a narrower cache with `types { kv = fp8 }`.
 */
export const kvCacheTooSmall: Rule<MemoryContext> = {
  name: 'kv-cache-too-small',
  family: 'memory',
  severity: 'warning',
  summary: 'The KV cache holds fewer requests than are in flight.',
  check(context, report) {
    context.evaluation.memory.forEach((memory, index) => {
      const { requestsThatFit, requestsNeeded, classes } = memory;
      // When the other parts do not fit, that is the mistake, and `memory-over-capacity` reports it.
      if (classes.some(({ freeBytes }) => freeBytes < 0)) return;
      if (isMendedByStart(memory)) return;
      // The needed number is a mean and may be a fraction, so only a whole request counts.
      if (requestsThatFit >= Math.floor(requestsNeeded)) return;
      const pool = context.evaluation.deployment.pools[index];
      const { workload } = context.evaluation.deployment;
      const isClosed = workload.kind === 'serving' && workload.concurrency !== undefined;
      const remedy =
        requestsThatFit === 0
          ? ' or a larger `memory-fraction`'
          : ` or less \`${isClosed ? 'concurrency' : 'request-rate'}\``;
      const name = pool && context.evaluation.deployment.pools.length > 1 ? `pool \`${pool.name}\`` : 'the KV cache';
      const { entity } = context.resolved;
      const concurrency = entity.properties.get('workload')?.target?.properties.get('concurrency');
      const isAlone = isClosed && context.evaluation.deployment.pools.length === 1 && requestsThatFit > 0;
      // The number of requests in flight grows with the concurrency.
      const fitting = isAlone ? Math.floor(workload.concurrency * (requestsThatFit / requestsNeeded)) : 0;
      const { fit, needed, cachePerToken } = requestFigures(memory);
      report({
        ...locationOfPool(context, index),
        fixes: fitting > 0 && concurrency?.uri === entity.uri ? changeNumber(concurrency, fitting) : [],
        ...(requestsThatFit === 0 && { severity: 'error' as const }),
        message:
          `${name} has room for ${formatFigure(fit)} of ${formatFigure(needed)} requests ` +
          `(${formatFigure(cachePerToken)} per token on each GPU); ${requestsThatFit === 0 ? 'nothing is served' : 'the others wait'}: use more GPUs, \`types { kv = fp8 }\`${remedy}`,
      });
    });
  },
};
