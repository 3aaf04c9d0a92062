import type { EngineRule } from '../../rule.ts';

/**
 * SGLang drafts no tokens in a pipeline of several stages.
 *
 * `--speculative-algorithm` with `--pp-size` above 1 stops the engine at start, except in a pool that only reads prompts.
 *
 * ## Not so
 * ```moeplan
 * parallel { pp = 2 }
 * engine { name = sglang, speculative-tokens = 1, acceptance = 80% }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 2 }
 * engine { name = sglang }
 * ```
 *
 * ## How to fix it
 * Leave `speculative-tokens` out, or use one stage. Holds for SGLang 0.5 (`ServerArgs.check_server_args`).
 */
export const sglangPipelineDrafts: EngineRule = {
  name: 'sglang-pipeline-drafts',
  family: 'engine',
  severity: 'error',
  summary: 'SGLang drafts no tokens in a pipeline.',
  check({ pool }) {
    const { pp } = pool.parallel;
    if (pp === 1 || pool.engine.speculativeTokens === 0 || pool.role === 'prefill') return undefined;
    return {
      at: ['engine.speculative-tokens'],
      message: `SGLang does not start with speculative-tokens and pp = ${pp}: \`--speculative-algorithm\` needs \`--pp-size 1\`; leave \`speculative-tokens\` out, or use one stage`,
      remedies: [[{ setting: 'engine.speculative-tokens' }, { setting: 'engine.acceptance' }]],
    };
  },
};
