import type { Rule } from '../../language/diagnostic.ts';
import { nameIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { draftPools, placeOfDegree } from './context.ts';
import { leavingGroup } from './tp-across-nodes.ts';

/**
 * Experts are spread beyond a scale-up domain.
 *
 * Tokens then travel to their experts and back over the network in every layer. Large expert parallelism works so, with
 * an all-to-all made for it; the prediction counts it. This points out where it begins.
 *
 * ## Not so
 * ```moeplan
 * parallel { ep = 16 }             // on nodes of 8 GPUs
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { ep = 8 }              // experts within a node, copied to the other one
 * engine { all-to-all = deepep }   // or an all-to-all for several nodes
 * ```
 *
 * ## How to fix it
 * Keep `ep` within a domain where memory allows, or leave it and use an engine's all-to-all for several nodes.
 */
export const epLeavesDomain: Rule<PlanContext> = {
  name: 'ep-leaves-domain',
  family: 'gpus',
  severity: 'information',
  summary: 'Experts are spread beyond a scale-up domain.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const group = leavingGroup(draftPool, 'ep');
      if (!group) continue;
      const { draft, pool } = draftPool;
      const { ep, etp } = pool.parallel;
      const domain = Math.min(...draft.cluster.groups.map((nodeGroup) => nodeGroup.node.domain));
      // A group that would fit, but is torn apart together with tp, is the fault of the order of GPUs.
      if (ep * etp <= domain && leavingGroup(draftPool, 'tp')) continue;
      const { allToAll } = pool.engine;
      const remedy = allToAll.startsWith('deepep')
        ? 'the prediction counts it'
        : 'use `all-to-all = deepep` or keep ep within a domain where memory allows';
      report({
        ...placeOfDegree(draftPool, 'ep'),
        message: `ep = ${ep} spreads experts over ${nameIndexes('GPU', group)}, beyond a scale-up domain of ${domain}: tokens cross the network twice in every layer; ${remedy}`,
      });
    }
  },
};
