import type { Rule } from '../../language/diagnostic.ts';
import type { LaunchContext } from './context.ts';

/**
 * A launch gives an argument that is in no table of the engine's arguments.
 *
 * Nothing is lost in silence: the plan that is read from the launch leaves it out, and this says so. The argument is misspelled, or
 * the engine is newer than the tables.
 *
 * ## Not so
 * ```sh
 * vllm serve Qwen/Qwen3-30B-A3B --tensor-paralel-size 4
 * ```
 *
 * ## But so
 * ```sh
 * vllm serve Qwen/Qwen3-30B-A3B --tensor-parallel-size 4
 * ```
 *
 * ## How to fix it
 * Correct the spelling. If the engine has the argument and it changes memory or time, say so in the plan yourself.
 */
export const launchArgumentUnknown: Rule<LaunchContext> = {
  name: 'launch-argument-unknown',
  family: 'launch',
  severity: 'information',
  summary: 'An argument of a launch is none that moeplan knows of the engine.',
  check({ notes }, report) {
    for (const { kind, message, place } of notes) if (kind === 'unknown') report({ ...place, message });
  },
};
