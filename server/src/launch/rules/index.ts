import type { Rule } from '../../language/diagnostic.ts';
import type { LaunchContext } from './context.ts';
import { launchArgumentRewritten } from './launch-argument-rewritten.ts';
import { launchArgumentUnknown } from './launch-argument-unknown.ts';
import { launchArgumentUnread } from './launch-argument-unread.ts';

/** Rules about files that launch engines. */
export const LAUNCH_RULES: readonly Rule<LaunchContext>[] = [
  launchArgumentUnread,
  launchArgumentRewritten,
  launchArgumentUnknown,
];
