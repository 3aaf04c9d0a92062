import type { Rule } from '../../language/diagnostic.ts';
import { nameIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { changeIndexes, draftPools, placeOfProperty } from './context.ts';
import { faultsBy, poolFaults } from './faults.ts';

/**
 * A layer is named that the model does not have.
 *
 * Layers are counted from 0, so a model of 4 layers has the layers `0..3`.
 *
 * ## Not so
 * ```moeplan
 * stage back { layers = 2..4 }   // of 4 layers
 * ```
 *
 * ## But so
 * ```moeplan
 * stage back { layers = 2..3 }
 * ```
 *
 * ## How to fix it
 * Name layers that the model has.
 */
export const layerOutsideModel: Rule<PlanContext> = {
  name: 'layer-outside-model',
  family: 'graph',
  severity: 'error',
  summary: 'A layer is named that the model does not have.',
  check(context, report) {
    for (const { rule, ...problem } of context.plan.problems) if (rule === 'layer-outside-model') report(problem);
    for (const draftPool of draftPools(context)) {
      const { pool, source } = draftPool;
      const count = pool.model.layers.length;
      const outsideOf = faultsBy(poolFaults(draftPool, 'layer-outside'), ({ stage }) => stage);
      for (const [stage, faults] of outsideOf) {
        const outside = faults.map(({ layer }) => layer);
        const foreign = new Set(outside);
        const property = source.stages[stage.index]?.entity?.properties.get('layers');
        report({
          ...placeOfProperty(draftPool, property),
          fixes: changeIndexes(
            property,
            stage.layers.filter((layer) => !foreign.has(layer)),
          ),
          message: `${nameIndexes('layer', outside)} ${outside.length === 1 ? 'is no layer' : 'are no layers'} of model ${pool.model.name}: its ${count} layers are 0..${count - 1}; use these`,
        });
      }
    }
  },
};
