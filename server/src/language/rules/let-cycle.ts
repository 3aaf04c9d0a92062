import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { problemsOf } from './run.ts';

/**
 * A constant depends on itself, directly or through others. The message shows the whole way round.
 *
 * None of the constants in the circle has a value; what uses them is not reported on top of this.
 *
 * ## Not so
 * ```moeplan
 * let gpus = nodes * 8
 * let nodes = gpus / 8
 * ```
 *
 * ## But so
 * ```moeplan
 * let nodes = 2
 * let gpus = nodes * 8
 * ```
 *
 * ## How to fix it
 * Give one of the constants a value that does not use the others.
 */
export const letCycle: Rule<FileAnalysis> = {
  name: 'let-cycle',
  family: 'names',
  severity: 'error',
  summary: 'Constants depend on each other in a circle.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { word, path } of problemsOf(analysis, 'let-cycle')) {
      const cycle = path.map((step) => step.name).join(' -> ');
      report({
        uri,
        span: word.span,
        message: `\`${word.text}\` depends on itself: ${cycle}; give one of them a value of its own`,
        related: path
          .slice(1, -1)
          .map((step) => ({ uri: step.uri, span: step.span, message: `\`${step.name}\` is part of the circle` })),
      });
    }
  },
};
