import type { Fix, Rule } from '../../language/diagnostic.ts';
import { shapeOf } from '../attention.ts';
import { levelOf } from '../cluster.ts';
import { groupsOf } from '../ranks.ts';
import { nameIndexes } from '../wording.ts';
import type { DraftPool, PlanContext } from './context.ts';
import {
  changeNumber,
  classesOfPool,
  commonDivisors,
  draftPools,
  fittingDegree,
  placeOfDegree,
  stated,
} from './context.ts';

/**
 * A tensor parallel group leaves its scale-up domain.
 *
 * Tensor parallelism exchanges the whole activations twice in every layer. Over a network that is ten times slower than
 * NVLink this takes most of a step.
 *
 * ## Not so
 * ```moeplan
 * cluster two { node = DGX-H100, count = 2 }      // 8 GPUs per node
 * parallel { tp = 16 }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 8, pp = 2 }
 * ```
 *
 * ## How to fix it
 * Keep `tp` within a domain, with more `pp` or `dp`; or order ranks and GPUs so that each group lies in one domain.
 */
export const tpAcrossNodes: Rule<PlanContext> = {
  name: 'tp-across-nodes',
  family: 'gpus',
  severity: 'warning',
  summary: 'A tensor parallel group leaves its scale-up domain.',
  check(context, report) {
    for (const draftPool of draftPools(context)) {
      const { pool, draft } = draftPool;
      for (const kind of ['tp', 'etp'] as const) {
        const group = leavingGroup(draftPool, kind);
        if (!group) continue;
        const node = draft.cluster.groups[0]?.node;
        const domain = Math.min(...draft.cluster.groups.map((nodeGroup) => nodeGroup.node.domain));
        const degree = pool.parallel[kind];
        const isTooLarge = degree > domain;
        const remedy = isTooLarge
          ? `use ${kind} = ${domain} or less`
          : `choose GPUs and order so that ${degree} neighbours share a domain`;
        const speed = node
          ? `, at ${gigabytes(node.scaleOutBandwidth)} instead of ${gigabytes(node.scaleUpBandwidth)} per GPU`
          : '';
        report({
          ...placeOfDegree(draftPool, kind),
          fixes: kind === 'tp' && isTooLarge ? withinDomain(draftPool, domain) : [],
          message: `${kind} = ${degree} joins ${nameIndexes('GPU', group)}, which are not in one scale-up domain of ${domain}: every layer's exchange goes over the network${speed}; ${remedy}`,
        });
        // An etp that follows tp has the same groups.
        break;
      }
    }
  },
};

/** A tensor parallel degree that divides the heads, fits a domain, and with which the degrees still make up the GPUs. */
function withinDomain({ pool, source }: DraftPool, domain: number): readonly Fix[] {
  const { tp, cp, dp } = pool.parallel;
  const heads = classesOfPool(pool).flatMap(({ attention }) => shapeOf(attention)?.heads ?? []);
  const isDpDerived = !stated(source.parallel, 'dp');
  const degree = fittingDegree(
    commonDivisors(heads, domain),
    tp,
    pool.stages[0]?.gpus.length ?? tp,
    isDpDerived ? cp : cp * dp,
    isDpDerived,
  );
  return changeNumber(source.parallel?.properties.get('tp'), degree);
}

/** A group of one kind that is not within one scale-up domain. Other rules report GPUs that do not exist. */
export function leavingGroup(
  { pool, draft, resolved }: DraftPool,
  kind: 'tp' | 'etp' | 'ep',
): readonly number[] | undefined {
  if (pool.parallel[kind] === 1 || !resolved.deployment) return undefined;
  for (const stage of pool.stages) {
    if (kind !== 'tp' && stage.experts.size === 0) continue;
    const crossing = groupsOf(pool, stage, kind).find(
      (group) => !['gpu', 'scale-up'].includes(levelOf(draft.cluster, group)),
    );
    if (crossing) return crossing;
  }
  return undefined;
}

function gigabytes(bytesPerSecond: number): string {
  return `${Number((bytesPerSecond / 1e9).toPrecision(3))} GB/s`;
}
