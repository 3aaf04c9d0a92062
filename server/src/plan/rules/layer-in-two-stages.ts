import type { Rule } from '../../language/diagnostic.ts';
import type { Location } from '../../language/span.ts';
import { indexesBelow } from '../values.ts';
import { nameIndexes } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { draftPools, placeOfProperty } from './context.ts';
import { poolFaults } from './faults.ts';
import { clashesOver } from './sharing.ts';

/**
 * A layer is in two stages of the same pipeline.
 *
 * Each layer runs once. (Prefill and decode pools each have all layers; that is no conflict.)
 *
 * ## Not so
 * ```moeplan
 * stage front { layers = 0..2 }
 * stage back  { layers = 2..3 }
 * ```
 *
 * ## But so
 * ```moeplan
 * stage front { layers = 0..1 }
 * stage back  { layers = 2..3 }
 * ```
 *
 * ## How to fix it
 * Take the layer out of one of the stages.
 */
export const layerInTwoStages: Rule<PlanContext> = {
  name: 'layer-in-two-stages',
  family: 'graph',
  severity: 'error',
  summary: 'A layer is in two stages.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const { stages, model } = draftPool.pool;
      const twice = new Set(poolFaults(draftPool, 'layer-in-two-stages').map(({ layer }) => layer));
      const owners = stages.map(({ name, layers }, index) => {
        const written = draftPool.source.stages[index]?.entity?.properties.get('layers')?.value;
        // `layer-outside-model` reports ranges beyond the model.
        return { name, index, indexes: written ? indexesBelow(written, model.layers.length) : layers };
      });
      for (const { owner, other, indexes } of clashesOver(owners, twice)) {
        const what = nameIndexes('layer', indexes);
        const [is, pronoun] = indexes.length === 1 ? ['is', 'it'] : ['are', 'them'];
        report({
          ...layersOf(draftPool, owner.index),
          message:
            other === owner
              ? `${what} stands twice in stage ${owner.name}; remove one`
              : `${what} ${is} in stage ${other.name} already; take ${pronoun} out of one of the two`,
          related: other === owner ? [] : [{ ...layersOf(draftPool, other.index), message: `stage ${other.name}` }],
        });
      }
    }
  },
};

function layersOf(draftPool: DraftPool, index: number): Location {
  const stage = draftPool.source.stages[index];
  const property = stage?.entity?.properties.get('layers');
  return property ? placeOfProperty(draftPool, property) : (stage?.location ?? draftPool.source.pool);
}
