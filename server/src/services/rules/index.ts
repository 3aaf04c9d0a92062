import type { Rule } from '../../language/diagnostic.ts';
import type { SuppressionContext } from './context.ts';
import { suppressionUnused } from './suppression-unused.ts';
import { suppressionWithoutReason } from './suppression-without-reason.ts';

/** Rules about comments that silence findings. They see what all other rules found. */
export const SUPPRESSION_RULES: readonly Rule<SuppressionContext>[] = [suppressionWithoutReason, suppressionUnused];
