import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity, locationOfProperty } from '../../language/entity.ts';
import { fix } from '../../language/rules/run.ts';
import { indexesOf } from '../values.ts';
import { nameIndexes, writeIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { outsideGpus } from './gpu-oversubscribed.ts';

/**
 * A GPU of the deployment does nothing.
 *
 * A deployment may use the GPUs of `gpus`, or all of its cluster. One that no stage uses costs as much as the others.
 *
 * ## Not so
 * ```moeplan
 * cluster one { node = DGX-H100, count = 1 }
 * deployment plan {
 *   cluster = one
 *   stage all { gpus = 0..3 }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan {
 *   cluster = one, gpus = 0..3
 *   stage all { gpus = 0..3 }
 * }
 * ```
 *
 * ## How to fix it
 * Give the GPUs to a stage, or say with `gpus` which ones the deployment has.
 */
export const gpuIdle: Rule<PlanContext> = {
  name: 'gpu-idle',
  family: 'gpus',
  severity: 'warning',
  summary: 'A GPU of the deployment does nothing.',
  check({ plan }, report) {
    for (const resolved of plan.deployments) {
      const { deployment, entity } = resolved;
      // When the layout has another mistake, idle GPUs are its consequence.
      if (!deployment || outsideGpus(deployment, resolved).length > 0) continue;
      const property = entity.properties.get('gpus');
      const allowed = property
        ? indexesOf(property.value)
        : Array.from({ length: deployment.cluster.gpuCount }, (_, gpu) => gpu);
      const used = new Set(deployment.pools.flatMap((pool) => pool.gpus));
      const idle = allowed.filter((gpu) => !used.has(gpu));
      if (idle.length === 0) continue;
      const runs = writeIndexes([...used]);
      const written = runs.length === 1 ? (runs[0] ?? '') : `[${runs.join(', ')}]`;
      report({
        ...(property ? locationOfProperty(property) : locationOfEntity(entity)),
        message: `${nameIndexes('GPU', idle)} ${idle.length === 1 ? 'does' : 'do'} nothing: give ${idle.length === 1 ? 'it' : 'them'} to a stage, or write \`gpus = ${written}\` in the deployment`,
        fixes: property
          ? [fix(`Change to \`gpus = ${written}\``, property.uri, property.node.value.span, written)]
          : [],
      });
    }
  },
};
