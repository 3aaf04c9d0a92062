import type { Rule } from '../../language/diagnostic.ts';
import type { Location } from '../../language/span.ts';
import { indexesBelow } from '../values.ts';
import { nameIndexes } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import { addTo, draftPools, placeOfProperty } from './context.ts';

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
      const holderOf = new Map<number, number>();
      stages.forEach((stage, index) => {
        const shared = new Map<number, number[]>();
        const written = draftPool.source.stages[index]?.entity?.properties.get('layers')?.value;
        // `layer-outside-model` reports ranges beyond the model.
        const stageLayers = written ? indexesBelow(written, model.layers.length) : stage.layers;
        for (const layer of stageLayers) {
          const other = holderOf.get(layer);
          if (other === undefined) holderOf.set(layer, index);
          else if (!addTo(shared.get(other), layer)) shared.set(other, [layer]);
        }
        for (const [other, layers] of shared) {
          const what = nameIndexes('layer', layers);
          const name = stages[other]?.name ?? '';
          report({
            ...layersOf(draftPool, index),
            message:
              other === index
                ? `${what} stands twice in stage ${stage.name}; remove one`
                : `${what} ${layers.length === 1 ? 'is' : 'are'} in stage ${name} already; take ${layers.length === 1 ? 'it' : 'them'} out of one of the two`,
            related: other === index ? [] : [{ ...layersOf(draftPool, other), message: `stage ${name}` }],
          });
        }
      });
    }
  },
};

function layersOf(draftPool: DraftPool, index: number): Location {
  const stage = draftPool.source.stages[index];
  const property = stage?.entity?.properties.get('layers');
  return property ? placeOfProperty(draftPool, property) : (stage?.location ?? draftPool.source.pool);
}
