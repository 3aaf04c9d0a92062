import type { EngineRule } from '../../rule.ts';

/**
 * A step of vLLM has fewer tokens than requests may run at once.
 *
 * Every running request needs a token of each step, so vLLM stops at start where `--max-num-batched-tokens` is less than
 * `--max-num-seqs`.
 *
 * ## Not so
 * ```moeplan
 * engine { name = vllm, step-tokens = 512 tokens, max-requests = 1024 }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = vllm, step-tokens = 1024 tokens, max-requests = 1024 }
 * ```
 *
 * ## How to fix it
 * Use fewer `max-requests`, or more `step-tokens`. When `max-requests` is left out, vLLM lowers it itself. Holds for vLLM 0.4 to
 * 0.24 (`SchedulerConfig` in config/scheduler.py, `EngineArgs._set_default_max_num_seqs_and_batched_tokens_args`).
 */
export const vllmStepBelowRequests: EngineRule = {
  name: 'vllm-step-below-requests',
  family: 'engine',
  severity: 'error',
  summary: 'A step of vLLM has less tokens than requests.',
  check({ pool, said }) {
    const { stepTokens, maxRequests } = pool.engine;
    if (said.engine.maxRequests === undefined || maxRequests === undefined || stepTokens >= maxRequests)
      return undefined;
    // A chunk is the step of vLLM unless the step is written too.
    const step =
      said.engine.stepTokens === undefined && said.engine.chunkTokens !== undefined ? 'chunk' : 'step-tokens';
    return {
      at: ['engine.max-requests'],
      message:
        `vLLM does not start with ${maxRequests} requests and ${stepTokens} tokens in a step: \`--max-num-batched-tokens\` must ` +
        `not be less than \`--max-num-seqs\`; use max-requests = ${stepTokens}, or ${step} = ${maxRequests} tokens`,
      remedies: [
        [{ setting: 'engine.max-requests', value: String(stepTokens) }],
        [{ setting: `engine.${step}`, value: `${maxRequests} tokens` }],
      ],
    };
  },
};
