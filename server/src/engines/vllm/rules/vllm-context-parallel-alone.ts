import type { EngineRule } from '../../rule.ts';

/**
 * vLLM cannot split prompts over GPUs (`cp`) and have data parallel ranks (`dp`) at once.
 *
 * `--prefill-context-parallel-size` above 1 together with `--data-parallel-size` above 1 stops the engine at start.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 2, cp = 2, dp = 2 }
 * engine { name = vllm }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 4, cp = 2 }
 * engine { name = vllm }
 * ```
 *
 * ## How to fix it
 * Use `cp` without `dp`, or `dp` without `cp`. Holds for vLLM up to 0.24 (`ParallelConfig._validate_parallel_config`).
 */
export const vllmContextParallelAlone: EngineRule = {
  name: 'vllm-context-parallel-alone',
  family: 'engine',
  severity: 'error',
  summary: 'vLLM splits prompts only without data parallel ranks.',
  check({ pool }) {
    const { cp, dp } = pool.parallel;
    if (cp === 1 || dp === 1) return undefined;
    return {
      at: ['parallel.cp', 'parallel.dp'],
      message:
        `vLLM does not start with cp = ${cp} and dp = ${dp}: \`--prefill-context-parallel-size\` cannot be used with ` +
        '`--data-parallel-size`; leave `cp` out, or use a `tp` that leaves no GPUs for `dp`',
      remedies: [[{ setting: 'parallel.cp' }, { setting: 'parallel.dp' }]],
    };
  },
};
