import { engineProfile } from '../../engines/index.ts';
import type { Remedy, Start, StartFault } from '../../engines/start.ts';
import type { Rule } from '../../language/diagnostic.ts';
import type { Pool } from '../../plan/deployment.ts';
import { partFigure, tokensFigure } from '../figures/memory.ts';
import { formatFigure } from '../format.ts';
import { isMendedByStart, locationOfPool, type MemoryContext } from './context.ts';

/**
 * The engine refuses to start with this plan's memory.
 *
 * Engines check at start what a plan may leave open. vLLM asks that one request of the longest context fits into the cache, and
 * the longest context is the model's own unless `max-context` says less: the commonest reason why a launch fails. It asks that
 * its share of the memory is free, and it runs its sampler for `max-requests` requests after the cache is allocated.
 *
 * ## Not so
 * ```moeplan
 * deployment d { model = DeepSeek-V3.2, cluster = one-h20-node, workload = chat     // its own context is 163,840 tokens
 *   parallel { tp = 8 }
 *   engine { name = vllm }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = vllm, max-context = 16_384 tokens }
 * ```
 *
 * ## How to fix it
 * Each message names the smallest change with which the engine starts, as a setting and as the engine's own flag; the quick
 * fix writes it.
 */
export const willNotStart: Rule<MemoryContext> = {
  name: 'will-not-start',
  family: 'memory',
  severity: 'error',
  summary: 'The engine refuses to start with this memory.',
  check(context, report) {
    const { deployment, memory } = context.evaluation;
    deployment.pools.forEach((pool, index) => {
      const pooled = memory[index];
      if (!pooled?.startup || pooled.startup.start.ok) return;
      // What does not fit at all, or leaves no room for the workload's requests, has its finding.
      if (pooled.classes.some(({ freeBytes }) => freeBytes < 0)) return;
      if (pooled.requestsThatFit === 0 && !isMendedByStart(pooled)) return;
      report({
        ...locationOfPool(context, index),
        message: whyNotStarted(pool, pooled.startup.start),
      });
    });
  },
};

/** Why an engine does not start, and what mends it. */
export function whyNotStarted({ engine }: Pool, { fault, remedy }: Exclude<Start, { ok: true }>): string {
  const { title } = engineProfile(engine.name);
  return `${title} will not start: ${reasonOf(fault)}; ${remedy ? adviceOf(remedy) : 'use more GPUs'}`;
}

function reasonOf(fault: StartFault): string {
  const of = (bytes: number) => formatFigure(partFigure(bytes));
  switch (fault.kind) {
    case 'weights':
      return `weights of ${of(fault.neededBytes)} are more than the ${of(fault.availableBytes)} of a GPU`;
    case 'share':
      return `it wants ${of(fault.neededBytes)} of a GPU, and ${of(fault.availableBytes)} are free`;
    case 'no-cache':
      return `no memory is left for the KV cache, ${of(fault.missingBytes)} are missing`;
    case 'context':
      return `one request of ${formatFigure(tokensFigure(fault.context))} takes ${of(fault.neededBytes)} of cache, and ${of(fault.availableBytes)} are left, enough for ${formatFigure(tokensFigure(fault.longest))}`;
    case 'warm-up':
      return `after the cache is allocated its warm-up takes ${of(fault.neededBytes)}, and ${of(fault.availableBytes)} are left`;
  }
}

/** The change as a plan and as the engine's command line write it. */
function adviceOf({ property, value, option }: Remedy): string {
  return `use \`${property} = ${settingText(property, value)}\` (\`${option}\`)`;
}

/** The value of a remedy as a plan writes it. */
function settingText(property: Remedy['property'], value: number): string {
  return property === 'max-context' ? `${value} tokens` : String(value);
}
