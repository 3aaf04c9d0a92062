import type { Rule } from '../../language/diagnostic.ts';
import { locationOfEntity, locationOfProperty } from '../../language/entity.ts';
import { contradictionOf } from '../resolve/cluster.ts';
import { childrenOf } from '../values.ts';
import type { PlanContext } from './context.ts';

/**
 * A cluster says its machines in two ways: a node and loose GPUs, or either of them beside groups.
 *
 * Only one of them could be meant, so nothing is computed of it.
 *
 * ## Not so
 * ```moeplan
 * cluster mixed { node = DGX-H100, gpu = H100-SXM }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster mixed {
 *   group boxes { node = DGX-H100, count = 2 }
 *   group loose { gpu = H100-SXM, count = 1 }
 * }
 * ```
 *
 * ## How to fix it
 * Leave one of them out, or write a `group` for each.
 */
export const machinesContradictory: Rule<PlanContext> = {
  name: 'machines-contradictory',
  family: 'gpus',
  severity: 'error',
  summary: 'A cluster says its machines in two ways.',
  check({ program }, report) {
    for (const cluster of program.own) {
      if (cluster.keyword !== 'cluster' || cluster.incomplete) continue;
      for (const block of [cluster, ...childrenOf(cluster, 'group')]) {
        const message = contradictionOf(block);
        const property = block.properties.get('gpu') ?? block.properties.get('node');
        if (message === undefined || !property) continue;
        report({
          ...(property.uri === cluster.uri ? locationOfProperty(property) : locationOfEntity(cluster)),
          message,
        });
      }
    }
  },
};
