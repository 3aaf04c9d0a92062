import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { insertStatements } from '../../language/rules/insert.ts';
import { resolveGpu } from '../resolve/cluster.ts';
import type { PlanContext } from './context.ts';

/**
 * A GPU does not say what it is, so the constants of the nearest kind stand in.
 *
 * Times of kernels and collectives rest on measurements of a family of GPUs. Which family holds is a fact of its own: a name
 * decides nothing, and peak rates alone do not tell. Without it the narrowest type that the GPU computes in chooses (`fp4`:
 * blackwell, `fp8`: hopper, neither: ampere), and its figures have wide bands.
 *
 * ## Not so
 * ```moeplan
 * gpu card { memory = 80 GiB, bandwidth = 3.35 TB/s, bf16 = 989 TFLOP/s, fp8 = 1979 TFLOP/s }
 * ```
 *
 * ## But so
 * ```moeplan
 * gpu card { family = hopper, memory = 80 GiB, bandwidth = 3.35 TB/s, bf16 = 989 TFLOP/s, fp8 = 1979 TFLOP/s }
 * ```
 *
 * ## How to fix it
 * Write the `family`, or let the GPU extend one of the catalogue. `family = other` takes a mean of all.
 */
export const familyNotStated: Rule<PlanContext> = {
  name: 'family-not-stated',
  family: 'gpus',
  severity: 'information',
  summary: 'A GPU does not say what it is, and the constants of the nearest kind stand in.',
  check({ program }, report) {
    for (const entity of program.own) {
      const gpu = entity.keyword === 'gpu' && !entity.incomplete ? resolveGpu(entity) : undefined;
      if (!gpu?.isFamilyGuessed) continue;
      const statement = `family = ${gpu.family}`;
      const edits = insertStatements(program.root, entity.node, [statement]);
      report({
        ...locationOfEntity(entity),
        message: `gpu ${gpu.name} says no \`family\`: the constants of ${gpu.family} stand in, with wide bands; write \`${statement}\`, or what it is`,
        fixes: edits ? [{ title: `Insert \`${statement}\``, edits }] : [],
      });
    }
  },
};
