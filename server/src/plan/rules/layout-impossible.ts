import type { Remedy } from '../../engines/rule.ts';
import type { Rule } from '../../language/diagnostic.ts';
import { evenLayout } from '../pipelineLayout.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { draftPools, placeOfProperty } from './context.ts';
import { poolFaults } from './faults.ts';
import { fixOf } from './settings.ts';

/**
 * The layers of the stages, as `layout` or its ends say them, do not make a pipeline.
 *
 * `layout` is Megatron's string: `|` divides parts, of which stage `b` gets part `a x pp + b` as its chunk `a`. It begins with
 * the embedding `E` and ends with the loss `L`, has a `t` for each layer and an `m` for each prediction module. All `m` are in
 * one part, behind the last `t`, in the last chunk of their stage and never on the first stage. With `first-stage-layers` and
 * `last-stage-layers` the stages between share the rest, which must be even, and `vpp` divides the layers of each.
 *
 * ## Not so
 * ```moeplan
 * model m { layers = 61 }
 * parallel { pp = 8, vpp = 4, layout = "Et|(tt|)*29L" }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { pp = 8, vpp = 4, layout = "Et|(tt|)*30L" }
 * ```
 *
 * ## How to fix it
 * Count the parts (`pp` x `vpp`) and the layers, or leave `layout` out where the stages divide the layers.
 */
export const layoutImpossible: Rule<PlanContext> = {
  name: 'layout-impossible',
  family: 'gpus',
  severity: 'error',
  summary: 'The layers of the stages, as `layout` says them, do not make a pipeline.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const name = propertyOf(draftPool);
      const remedy = remedyOf(draftPool, name);
      for (const { fault } of poolFaults(draftPool, 'layout')) {
        report({
          ...placeOfProperty(draftPool, draftPool.source.parallel?.properties.get(name)),
          message: `\`${name}\` cannot be so: ${fault.reason}; ${fault.remedy}`,
          fixes: remedy ? fixOf(context, draftPool, remedy) : [],
        });
      }
    }
  },
};

/** A layout that shares the layers evenly, or none where the engine splits them evenly by itself or `stage` blocks do. */
function remedyOf({ pool, source }: DraftPool, name: string): Remedy | undefined {
  const { model, parallel } = pool;
  const chunks = parallel.pp * parallel.vpp;
  const hasStages = source.stages.some(({ entity }) => entity);
  if (name === 'layout' && !hasStages && model.layers.length >= chunks)
    return [{ setting: 'parallel.layout', value: `"${evenLayout(model, parallel)}"` }];
  return hasStages || model.layers.length % chunks === 0 ? OWN_LAYERS : undefined;
}

const OWN_LAYERS: Remedy = [
  { setting: 'parallel.layout' },
  { setting: 'parallel.first-stage-layers' },
  { setting: 'parallel.last-stage-layers' },
];

function propertyOf({ pool: { parallel } }: DraftPool): string {
  if (parallel.layout !== undefined) return 'layout';
  return parallel.firstStageLayers === undefined ? 'last-stage-layers' : 'first-stage-layers';
}
