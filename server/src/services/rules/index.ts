import type { Rule } from '../../language/diagnostic.ts';
import type { SearchContext, SuppressionContext } from './context.ts';
import { searchEmpty } from './search-empty.ts';
import { searchImpossible } from './search-impossible.ts';
import { suppressionUnused } from './suppression-unused.ts';
import { suppressionWithoutReason } from './suppression-without-reason.ts';

/** Rules about comments that silence findings. They see what all other rules found. */
export const SUPPRESSION_RULES: readonly Rule<SuppressionContext>[] = [suppressionWithoutReason, suppressionUnused];

/** Rules about `search` blocks. */
export const SEARCH_RULES: readonly Rule<SearchContext>[] = [searchImpossible, searchEmpty];
