import type { Rule } from '../../language/diagnostic.ts';
import type { Unlinked } from '../links.ts';
import type { ResolvedDeployment } from '../resolve/resolved.ts';
import { nameIndexes } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { placeOfDegree, poolsOf } from './context.ts';
import { planFaults } from './faults.ts';

/**
 * GPUs exchange data, and nothing says how they are linked.
 *
 * A cluster of loose GPUs has no links. How long an exchange takes, a plan could then only guess: nothing is computed.
 *
 * ## Not so
 * ```moeplan
 * cluster two { gpu = H100-PCIe, count = 2 }
 * deployment plan {
 *   model = Llama-3.1-8B, cluster = two, workload = chat
 *   parallel { tp = 2 }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * node pair { gpu = H100-PCIe, gpus = 2, scale-up = 64 GB/s }
 * cluster two { node = pair }
 * ```
 *
 * ## How to fix it
 * Write a `node` that says the bandwidth between its GPUs (`scale-up`) and, where nodes exchange data, that of the network
 * (`scale-out`). Loose GPUs serve as replicas of each other: `pool all { replicas = 2 }`.
 */
export const gpusNotLinked: Rule<PlanContext> = {
  name: 'gpus-not-linked',
  family: 'gpus',
  severity: 'error',
  summary: 'GPUs exchange data, and nothing says how they are linked.',
  check({ plan }, report) {
    for (const resolved of plan.deployments) {
      const name = resolved.draft?.cluster.name ?? '';
      for (const { unlinked } of planFaults(resolved, 'unlinked')) {
        report({
          ...place(resolved, unlinked),
          message: `${subject(unlinked)}, and cluster ${name} says no link between them: write a \`node\` with \`scale-up\` (inside a machine) or \`scale-out\` (over a network)`,
        });
      }
    }
  },
};

function place(resolved: ResolvedDeployment, pair: Unlinked) {
  const draftPool = poolsOf(resolved).find(({ pool }) => pool === pair.pool);
  if (!draftPool) return { uri: resolved.entity.uri, span: resolved.entity.node.keyword.span };
  const degree = pair.kind === 'stages' || pair.kind === 'pools' ? 'pp' : pair.kind;
  const { uri, span } = placeOfDegree(draftPool, degree);
  return { uri, span };
}

function subject(pair: Unlinked): string {
  const gpus = nameIndexes('GPU', pair.gpus);
  if (pair.kind === 'stages' || pair.kind === 'pools') {
    const noun = pair.kind === 'stages' ? 'stage' : 'pool';
    return `${noun} ${pair.ends[0]} on GPU ${pair.gpus[0]} sends to ${noun} ${pair.ends[1]} on GPU ${pair.gpus[1]}`;
  }
  return `${pair.kind} = ${pair.pool.parallel[pair.kind]} joins ${gpus}`;
}
