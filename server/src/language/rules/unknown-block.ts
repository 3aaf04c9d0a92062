import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { suggest } from '../suggest.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { childBlocks, VOCABULARY } from '../vocabulary/vocabulary.ts';
import { didYouMean, problemsOf } from './run.ts';

/**
 * A block starts with a keyword that the language does not have.
 *
 * What stands in such a block is not read, so the plan lacks it: a mistyped `parallel` would leave a deployment
 * without its degrees of parallelism.
 *
 * ## Not so
 * ```moeplan
 * clutser two-nodes {
 *   node = DGX-H100
 *   count = 2
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster two-nodes {
 *   node = DGX-H100
 *   count = 2
 * }
 * ```
 *
 * ## How to fix it
 * Write the keyword that was meant. Where one is close, the message names it and the quick fix writes it; otherwise
 * the message lists the blocks that may stand at this place.
 */
export const unknownBlock: Rule<FileAnalysis> = {
  name: 'unknown-block',
  family: 'syntax',
  severity: 'error',
  summary: 'A block has a keyword that the language does not know.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { node, parent } of problemsOf(analysis, 'unknown-block')) {
      const { text, span } = node.keyword;
      const here = childBlocks(parent).map((block) => block.keyword);
      const meant =
        suggest(text, here) ??
        suggest(
          text,
          VOCABULARY.map((block) => block.keyword),
        );
      const { hint, fixes } = didYouMean(uri, span, meant);
      const place = parent === 'file' ? 'at the top level' : `in \`${parent}\``;
      const choice =
        here.length > 0 ? `; ${place} may stand ${enumerate(here, 'or')}` : `; \`${parent}\` holds no blocks`;
      report({ uri, span, message: `unknown block \`${text}\`${hint || choice}`, fixes });
    }
  },
};
