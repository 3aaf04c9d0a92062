import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { MOST_INHERITED } from '../inheritance.ts';
import { problemsOf } from './run.ts';

/**
 * The blocks of a file inherit more than is read.
 *
 * Whatever a base names (stages, pools, operators, arrows, entries, `expert` lines) each of its heirs holds too. Over 100,000 of
 * these in one file no more are inherited, and nothing is computed of the blocks that would.
 *
 * ## Not so
 * ```moeplan
 * deployment base { stage s0 { layers = 0 } }    // and 999 more stages
 * deployment first extends base { }    // and 300 more
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment base { parallel { pp = 1_000 } }
 * deployment first extends base { }
 * ```
 *
 * ## How to fix it
 * Let `pp` make the stages, or put groups of heirs into files of their own that import the base.
 */
export const inheritsTooMuch: Rule<FileAnalysis> = {
  name: 'inherits-too-much',
  family: 'names',
  severity: 'error',
  summary: 'The blocks of a file inherit more than is read.',
  check(analysis, report) {
    for (const { word } of problemsOf(analysis, 'inherits-too-much'))
      report({
        uri: analysis.source.uri,
        span: word.span,
        message: `with this one the blocks of the file inherit more than ${MOST_INHERITED} stages, operators, arrows and lines, and it and the heirs below it are left out: let a base hold fewer, or move some of its heirs into another file`,
      });
  },
};
