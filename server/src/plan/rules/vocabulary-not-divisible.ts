import type { Fix, Rule } from '../../language/diagnostic.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { changeNumber, placeOfDegree } from './context.ts';

import { poolsWith } from './facts.ts';

/**
 * The vocabulary is no multiple of the tensor parallel degree.
 *
 * Embedding and output head are split by rows of the vocabulary. Engines pad them up to the next multiple (vLLM and
 * Megatron-Core to a rounder one), so a GPU holds a few rows more than its share. The memory counts the padded rows.
 *
 * ## Not so
 * ```moeplan
 * model m { vocabulary = 50_257 }
 * parallel { tp = 8 }
 * ```
 *
 * ## But so
 * ```moeplan
 * model m { vocabulary = 50_304 }
 * parallel { tp = 8 }
 * ```
 *
 * ## How to fix it
 * Write the padded vocabulary that the engine uses, or leave it: nothing breaks.
 */
export const vocabularyNotDivisible: Rule<PlanContext> = {
  name: 'vocabulary-not-divisible',
  family: 'dimensions',
  severity: 'warning',
  summary: 'The vocabulary has to be padded to be split.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees', 'heads')) {
      const { vocabulary } = draftPool.pool.model;
      const { tp } = draftPool.pool.parallel;
      if (vocabulary % tp === 0) continue;
      const padded = Math.ceil(vocabulary / tp) * tp;
      report({
        ...placeOfDegree(draftPool, 'tp'),
        message: `vocabulary = ${vocabulary} is no multiple of tp = ${tp}: it is padded to ${padded} rows; write the vocabulary that the engine uses`,
        fixes: own(draftPool, padded),
      });
    }
  },
};

/** Where the model is one of the file itself: that of a catalogue is as it was published. */
function own({ resolved: { entity } }: DraftPool, padded: number): Fix[] {
  const property = entity.properties.get('model')?.target?.properties.get('vocabulary');
  return property?.uri === entity.uri ? changeNumber(property, padded) : [];
}
