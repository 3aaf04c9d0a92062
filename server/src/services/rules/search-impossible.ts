import type { Rule } from '../../language/diagnostic.ts';
import type { SearchContext } from './context.ts';

/**
 * A search cannot be run as it is written.
 *
 * A search varies a plan of one pool, or of one pool that reads prompts and one that generates tokens. What it varies, asks for and
 * ranks by must be something that the base has: `concurrency` is of serving, `micro-batch` of training, and a pool is named as
 * the base names it.
 *
 * ## Not so
 * ```moeplan
 * search best { base = my-training, vary { concurrency = [64, 256] } }
 * ```
 *
 * ## But so
 * ```moeplan
 * search best { base = my-training, vary { micro-batch = [1, 2, 4] } }
 * ```
 *
 * ## How to fix it
 * Take out what the base does not have, or search from another deployment.
 */
export const searchImpossible: Rule<SearchContext> = {
  name: 'search-impossible',
  family: 'search',
  severity: 'error',
  summary: 'A search cannot be run as it is written.',
  check({ faults }, report) {
    for (const { uri, span, message } of faults) report({ uri, span, message });
  },
};
