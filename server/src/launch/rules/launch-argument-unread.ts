import type { Rule } from '../../language/diagnostic.ts';
import type { LaunchContext } from './context.ts';

/**
 * What an argument of a launch says cannot be read.
 *
 * It depends on a variable that nothing in the file sets or on what a program prints, names a file that is not there, or has a value
 * that no plan has a word for. The plan is made without it, so nothing is said of its memory.
 *
 * ## Not so
 * ```sh
 * vllm serve Qwen/Qwen3-30B-A3B --tensor-parallel-size $TP
 * ```
 *
 * ## But so
 * ```sh
 * TP=4
 * vllm serve Qwen/Qwen3-30B-A3B --tensor-parallel-size $TP
 * ```
 *
 * ## How to fix it
 * Give the variable a value in the file (`TP=${TP:-4}`), or put the file that is named beside it.
 */
export const launchArgumentUnread: Rule<LaunchContext> = {
  name: 'launch-argument-unread',
  family: 'launch',
  severity: 'warning',
  summary: 'An argument of a launch has a value that is not understood.',
  check({ notes }, report) {
    for (const { kind, message, place } of notes) if (kind === 'not-understood') report({ ...place, message });
  },
};
