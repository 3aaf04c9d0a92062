import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity } from '../../language/entity.ts';
import type { SearchContext } from './context.ts';

/**
 * No plan of a search holds.
 *
 * Every plan that the search allows was decided, and each is refused: by a rule of the engine, by memory, or by a bound that
 * `require` states. Spaces with many plans are not decided while you type: `moeplan search` decides them.
 *
 * ## Not so
 * ```moeplan
 * search best { base = on-eight-gpus, vary { tp = [3, 5] } }
 * ```
 *
 * ## But so
 * ```moeplan
 * search best { base = on-eight-gpus, vary { tp = [2, 4] } }
 * ```
 *
 * ## How to fix it
 * Give way where most plans fell: the message says which constraint that is.
 */
export const searchEmpty: Rule<SearchContext> = {
  name: 'search-empty',
  family: 'search',
  severity: 'warning',
  summary: 'No plan of a search holds.',
  check({ entity, empty }, report) {
    if (empty === undefined) return;
    const { uri, span } = locationOfEntity(entity);
    report({ uri, span, message: `no plan of this search holds: ${empty}` });
  },
};
