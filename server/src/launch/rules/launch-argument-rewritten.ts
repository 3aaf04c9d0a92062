import type { Rule } from '../../language/diagnostic.ts';
import type { LaunchContext } from './context.ts';

/**
 * The engine accepts an argument and runs with another value.
 *
 * SGLang, for one, spreads experts over all of `--tp-size` as soon as `--moe-a2a-backend` names an exchange, whatever `--ep-size`
 * says. The plan has what the engine runs.
 *
 * ## Not so
 * ```sh
 * python -m sglang.launch_server --model-path Qwen/Qwen3-30B-A3B --tp-size 8 --ep-size 4 --moe-a2a-backend deepep
 * ```
 *
 * ## But so
 * ```sh
 * python -m sglang.launch_server --model-path Qwen/Qwen3-30B-A3B --tp-size 8 --ep-size 8 --moe-a2a-backend deepep
 * ```
 *
 * ## How to fix it
 * Write what the engine runs, so that nobody is misled.
 */
export const launchArgumentRewritten: Rule<LaunchContext> = {
  name: 'launch-argument-rewritten',
  family: 'launch',
  severity: 'warning',
  summary: 'The engine runs something other than an argument of a launch says.',
  check({ notes }, report) {
    for (const { kind, message, place } of notes) if (kind === 'rewritten') report({ ...place, message });
  },
};
