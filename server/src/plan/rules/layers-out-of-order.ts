import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';
import { placeOfProperty } from './context.ts';

import { poolsWith } from './facts.ts';

/**
 * Stages follow each other in another order than their layers.
 *
 * A token passes layer 0 first and the last layer last. Stages are in the order of the arrows between them, or as written
 * without arrows, and a stage in front must hold the lower layers. With interleaved chunks (`vpp` above 1) stages take turns
 * and this is not checked.
 *
 * ## Not so
 * ```moeplan
 * stage front { layers = 2..3 }
 * stage back  { layers = 0..1 }
 * front -> back
 * ```
 *
 * ## But so
 * ```moeplan
 * stage front { layers = 0..1 }
 * stage back  { layers = 2..3 }
 * front -> back
 * ```
 *
 * ## How to fix it
 * Exchange the layers of the stages, or turn the arrow.
 */
export const layersOutOfOrder: Rule<PlanContext> = {
  name: 'layers-out-of-order',
  family: 'graph',
  severity: 'error',
  summary: 'Stages follow each other in another order than their layers.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'layers')) {
      const { pool, source } = draftPool;
      if (pool.parallel.vpp > 1) continue;
      const highest = pool.stages.map((stage) => stage.layers.reduce((most, layer) => Math.max(most, layer), -1));
      for (let index = 1; index < pool.stages.length; index++) {
        const stage = pool.stages[index];
        const before = pool.stages[index - 1];
        const lowest = (stage?.layers ?? []).reduce((least, layer) => Math.min(least, layer), Number.POSITIVE_INFINITY);
        const last = highest[index - 1] ?? -1;
        // `layer-in-two-stages` reports a shared layer.
        if (!stage || !before || lowest >= last) continue;
        const held = new Set(before.layers);
        if (stage.layers.some((layer) => held.has(layer))) continue;
        const property = source.stages[index]?.entity?.properties.get('layers');
        const other = source.stages[index - 1]?.location;
        report({
          ...(property ? placeOfProperty(draftPool, property) : (source.stages[index]?.location ?? source.pool)),
          message: `stage ${stage.name} has layer ${lowest} and comes behind stage ${before.name} with layer ${last}: exchange their layers, or write the arrow the other way`,
          related: other ? [{ ...other, message: `stage ${before.name}` }] : [],
        });
        break;
      }
    }
  },
};
