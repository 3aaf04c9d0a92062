import type { Rule } from '../../language/diagnostic.ts';
import { type Attention, shapeOf } from '../attention.ts';
import { alternatives } from '../wording.ts';
import type { PlanContext } from './context.ts';
import {
  changeNumber,
  classesOfPool,
  commonDivisors,
  draftPools,
  fittingDegree,
  modelProperty,
  placeOfDegree,
  relatedProperty,
  stated,
} from './context.ts';

/**
 * The attention heads cannot be split evenly over the tensor parallel group.
 *
 * Tensor parallelism gives every GPU whole heads. Where `heads` is no multiple of `tp`, engines refuse to start; figures
 * are still computed, with the GPU that would hold one head more.
 *
 * ## Not so
 * ```moeplan
 * attention { heads = 32, head-size = 128 }
 * parallel { tp = 3 }
 * ```
 *
 * ## But so
 * ```moeplan
 * attention { heads = 32, head-size = 128 }
 * parallel { tp = 4 }
 * ```
 *
 * ## How to fix it
 * Use a divisor of `heads` for `tp`. The quick fix takes the nearest one that also divides the GPUs of the stage.
 */
export const headsNotDivisible: Rule<PlanContext> = {
  name: 'heads-not-divisible',
  family: 'dimensions',
  severity: 'error',
  summary: 'Attention heads cannot be split over the tensor parallel degree.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const { pool, source, resolved } = draftPool;
      const { tp, cp, dp } = pool.parallel;
      const uneven = unevenHeads(
        classesOfPool(pool).map((layerClass) => layerClass.attention),
        tp,
      );
      const [first] = uneven;
      if (!first) continue;
      const stageGpus = pool.stages[0]?.gpus.length ?? tp;
      const choices = commonDivisors(
        uneven.map((named) => named.heads),
        draftPool.draft.cluster.gpuCount,
      );
      const property = source.parallel?.properties.get('tp');
      const isDpDerived = !stated(source.parallel, 'dp');
      const names = uneven.map((named) =>
        named.name === 'attention' ? `heads = ${named.heads}` : `heads = ${named.heads} of ${named.name}`,
      );
      report({
        ...placeOfDegree(draftPool, 'tp'),
        message: `${names.join(' and ')} cannot be split over tp = ${tp}: use ${alternatives(choices)}`,
        related: relatedProperty(modelProperty(resolved, 'attention', 'heads'), `${first.heads} heads`),
        fixes: changeNumber(property, fittingDegree(choices, tp, stageGpus, isDpDerived ? cp : cp * dp, isDpDerived)),
      });
    }
  },
};

/** A class of attention by its name, with its query heads. */
interface NamedHeads {
  readonly name: string;
  readonly heads: number;
}

/**
 * Attention classes whose heads tp does not divide, each once. A linear layer that is known by its parameters alone has no
 * heads to split.
 */
export function unevenHeads(classes: readonly Attention[], tp: number): NamedHeads[] {
  const uneven: NamedHeads[] = [];
  for (const attention of new Set(classes)) {
    const shape = shapeOf(attention);
    if (shape?.isSplitByHeads && shape.heads % tp !== 0) uneven.push({ name: attention.name, heads: shape.heads });
  }
  return uneven;
}
