import type { Rule } from '../../language/diagnostic.ts';
import { type Entity, locationOfEntity, locationOfProperty, type Property } from '../../language/entity.ts';
import { MOST_GPUS } from '../../language/vocabulary/types.ts';
import type { Deployment } from '../deployment.ts';
import { gpusWritten } from '../resolve/cluster.ts';
import type { ResolvedDeployment } from '../resolve/resolved.ts';
import { isAbsent } from '../validity/pool.ts';
import { childrenOf, indexesOf } from '../values.ts';
import { nameIndexes, writeIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { addTo, changeIndexes } from './context.ts';

/**
 * A GPU is named that there is not.
 *
 * GPUs are counted through the cluster from 0. A pool or a stage may use those of the deployment, a stage those of its pool.
 *
 * ## Not so
 * ```moeplan
 * cluster one { node = DGX-H100, count = 1 }
 * stage all { gpus = 0..15 }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster two { node = DGX-H100, count = 2 }
 * stage all { gpus = 0..15 }
 * ```
 *
 * ## How to fix it
 * Name GPUs that the cluster has, or give it more nodes.
 */
export const gpuOversubscribed: Rule<PlanContext> = {
  name: 'gpu-oversubscribed',
  family: 'gpus',
  severity: 'error',
  summary: 'A GPU is named that the cluster does not have or the deployment may not use.',
  check({ program, plan }, report) {
    for (const entity of program.own) {
      const gpus = entity.keyword === 'cluster' ? (gpusWritten(entity) ?? 0) : 0;
      if (gpus > MOST_GPUS)
        report({
          ...locationOfEntity(entity),
          message: `cluster ${entity.name ?? ''} has ${gpus} GPUs, and a plan is computed for at most ${MOST_GPUS}: write a smaller \`count\``,
        });
    }
    for (const resolved of plan.deployments) {
      const { draft } = resolved;
      if (!draft) continue;
      for (const { property, outside, owner, others } of byOwner(outsideGpus(draft, resolved))) {
        const foreign = new Set(outside);
        report({
          ...locationOfProperty(property),
          message: `${owner} has no ${nameIndexes('GPU', outside)}: ${remedy(draft, owner, property)}`,
          fixes:
            others.length > 0
              ? []
              : changeIndexes(
                  property,
                  indexesOf(property.value).filter((gpu) => !foreign.has(gpu)),
                ),
          related: others.map((other) => ({ ...locationOfProperty(other), message: 'and here' })),
        });
      }
    }
  },
};

/**
 * Groups lists by the owner that lacks their GPUs. When several lists name such GPUs, the owner itself may be too small.
 */
function byOwner(outsides: readonly Outside[]): readonly (Outside & { readonly others: readonly Property[] })[] {
  const owners = new Map<string, Outside[]>();
  for (const outside of outsides) if (!addTo(owners.get(outside.owner), outside)) owners.set(outside.owner, [outside]);
  return [...owners.values()].flatMap(([first, ...others]) =>
    first
      ? {
          ...first,
          outside: [first, ...others].flatMap(({ outside }) => outside),
          others: others.map(({ property }) => property),
        }
      : [],
  );
}

interface Outside {
  readonly property: Property;
  readonly outside: readonly number[];
  /** The cluster, deployment or pool that does not have these GPUs. */
  readonly owner: string;
}

/** Each list of GPUs, with those that the block above does not have. Only the nearest reason is given. */
export function outsideGpus({ cluster }: Deployment, { entity }: ResolvedDeployment): Outside[] {
  const outsides: Outside[] = [];
  // Until a block names GPUs, those of the cluster are allowed.
  const visit = (block: Entity, allowed: ReadonlySet<number> | undefined, owner: string): void => {
    const property = block.properties.get('gpus');
    let allowedBelow = allowed;
    if (property) {
      const named = indexesOf(property.value);
      const missing = named.filter((gpu) => isAbsent(cluster, gpu));
      const outside = missing.length > 0 || !allowed ? missing : named.filter((gpu) => !allowed.has(gpu));
      if (outside.length > 0)
        outsides.push({ property, outside, owner: missing.length > 0 ? `cluster ${cluster.name}` : owner });
      allowedBelow = new Set(named);
    }
    const name = property ? `${block.keyword} ${block.name ?? ''}` : owner;
    for (const child of [...childrenOf(block, 'pool'), ...childrenOf(block, 'stage')]) visit(child, allowedBelow, name);
  };
  visit(entity, undefined, `cluster ${cluster.name}`);
  return outsides;
}

function remedy({ cluster }: Deployment, owner: string, property: Property): string {
  const last = cluster.gpuCount - 1;
  if (owner.startsWith('cluster '))
    return `its ${cluster.gpuCount} GPUs are 0..${last}; use these, or give it more nodes`;
  return `write ${writeIndexes(indexesOf(property.value)).join(', ')} there too, or use the GPUs that it has`;
}
