import type { Rule } from '../../language/diagnostic.ts';
import { nameIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { draftPools } from './context.ts';
import { areLayersRead } from './facts.ts';
import { poolFaults } from './faults.ts';

/**
 * A layer of the model is in no stage.
 *
 * Every layer must run somewhere. Stages that name no `layers` share what is left, so this happens where each stage names
 * its own.
 *
 * ## Not so
 * ```moeplan
 * stage front { layers = 0..1 }
 * stage back  { layers = 3 }       // of 4 layers
 * ```
 *
 * ## But so
 * ```moeplan
 * stage front { layers = 0..1 }
 * stage back  { layers = 2..3 }
 * ```
 *
 * ## How to fix it
 * Name the layer in a stage, or leave `layers` out of one stage: it takes what is left.
 */
export const layerWithoutStage: Rule<PlanContext> = {
  name: 'layer-without-stage',
  family: 'graph',
  severity: 'error',
  summary: 'A layer of the model is in no stage.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const { pool, source } = draftPool;
      const [fault] = poolFaults(draftPool, 'layers-missing');
      if (!fault || !areLayersRead(draftPool)) continue;
      const missing = fault.layers;
      report({
        ...source.pool,
        message: `${nameIndexes('layer', missing)} of model ${pool.model.name} ${missing.length === 1 ? 'is' : 'are'} in no stage; write ${missing.length === 1 ? 'it' : 'them'} into the \`layers\` of a stage`,
        related: source.stages.flatMap(({ entity, location }, index) =>
          entity ? [{ ...location, message: `${nameIndexes('layer', pool.stages[index]?.layers ?? [])}` }] : [],
        ),
      });
    }
  },
};
