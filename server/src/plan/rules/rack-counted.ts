import type { Rule } from '../../language/diagnostic.ts';
import { type Entity, locationOfProperty } from '../../language/entity.ts';
import { fix } from '../../language/rules/run.ts';
import { childrenOf, numberOf } from '../values.ts';
import type { PlanContext } from './context.ts';

/**
 * A cluster counts racks where its number may have been meant of trays.
 *
 * `GB200-NVL72` is the whole rack, 72 GPUs in one scale-up domain. Until version 0.1 that name was one compute tray of four,
 * so that a rack took `count = 18`. Where racks are meant, nothing is wrong.
 *
 * ## Not so
 * ```moeplan
 * cluster rack { node = GB200-NVL72, count = 18 }      // 1,296 GPUs
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster rack { node = GB200-NVL72 }                  // 72 GPUs
 * cluster four { node = GB200-NVL72-tray, count = 1 }  // 4 of them
 * ```
 *
 * ## How to fix it
 * Leave `count` out for one rack, or name the tray. To use a part of a rack, keep it and write `gpus = 0..15` in the
 * deployment.
 */
export const rackCounted: Rule<PlanContext> = {
  name: 'rack-counted',
  family: 'gpus',
  severity: 'hint',
  summary: 'A cluster counts racks, perhaps where trays are meant.',
  check({ program }, report) {
    for (const cluster of program.own) {
      if (cluster.keyword !== 'cluster') continue;
      for (const source of [cluster, ...childrenOf(cluster, 'group')]) {
        const named = source.properties.get('node');
        const count = numberOf(source, 'count') ?? 1;
        const [gpus, tray] = ['gpus', 'tray'].map((name) => numberOf(named?.target, name));
        if (!named || named.uri !== cluster.uri || count < 2 || !gpus || !tray || tray >= gpus) continue;
        const single = trayOf(named.target, tray);
        const total = (gpus * count).toLocaleString('en-US');
        report({
          ...locationOfProperty(named),
          message: `${count} x \`${named.target?.name ?? ''}\` are ${count} racks of ${gpus} GPUs, ${total} in all; write ${single ? `\`node = ${single}\`` : 'another node'} where trays of ${tray} GPUs are meant`,
          fixes: single ? [fix(`Count trays: \`${single}\``, named.uri, named.node.value.span, single, false)] : [],
        });
      }
    }
  },
};

/** The tray of a rack: the node that the rack extends. */
function trayOf(rack: Entity | undefined, gpus: number): string | undefined {
  for (let base = rack?.base; base; base = base.base) if (numberOf(base, 'gpus') === gpus) return base.name;
  return undefined;
}
