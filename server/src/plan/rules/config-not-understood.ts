import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';

/**
 * A Hugging Face config says something that moeplan does not understand.
 *
 * A field that changes the model and is passed over in silence would give wrong figures without a word. So every field is
 * either understood, or known to change neither shapes nor stored bytes, or named here; the same holds for architectures.
 * Nothing is computed of a model whose config is not understood.
 *
 * ## Not so
 * ```moeplan
 * model new from "config.json"     // "model_type": "brand_new"
 * ```
 *
 * ## But so
 * ```moeplan
 * model new {
 *   layers = 48, hidden = 4096, vocabulary = 151_936
 *   attention { heads = 32, kv-heads = 8, head-size = 128 }
 *   experts   { count = 128, top-k = 8, ffn = 1536 }
 * }
 * ```
 *
 * ## How to fix it
 * Write the model out in the language.
 */
export const configNotUnderstood: Rule<PlanContext> = {
  name: 'config-not-understood',
  family: 'dimensions',
  severity: 'error',
  summary: 'A Hugging Face config has a field or an architecture that is not understood.',
  check({ plan }, report) {
    for (const { rule, ...problem } of plan.problems) if (rule === 'config-not-understood') report(problem);
  },
};
