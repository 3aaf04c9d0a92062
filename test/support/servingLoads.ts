import fc from 'fast-check';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { servesNone } from '../../server/src/cost/figures/figures.ts';
import type { Step } from '../../server/src/cost/operation.ts';
import type { Cluster } from '../../server/src/plan/cluster.ts';
import type { Deployment, Engine } from '../../server/src/plan/deployment.ts';
import { type Choice, catalogueDeployment, type ServingWorkload } from './catalogueDeployments.ts';
import { scaled } from './numbers.ts';

/** What is asked of the deployments of the catalogue, and how tests change it. */

/** Differences of rounding are no difference. */
export const ROUNDING = 1e-6;

export const loads: fc.Arbitrary<ServingWorkload> = fc
  .record({
    input: scaled(131_072),
    output: fc.oneof({ weight: 1, arbitrary: fc.constantFrom(1, 2) }, { weight: 5, arbitrary: scaled(16_384) }),
    concurrency: scaled(4096),
    prefixShare: fc.constantFrom(0, 0, 0.3, 0.9, 1),
    lengthSpread: fc.constantFrom(undefined, 0, 0.1, 0.5),
    rounds: fc.constantFrom(undefined, 1, 4, 100),
  })
  .map(({ lengthSpread, rounds, ...load }) => ({
    kind: 'serving',
    name: 'load',
    ...load,
    ...(lengthSpread !== undefined && { lengthSpread }),
    ...(rounds !== undefined && { requests: rounds * load.concurrency }),
  }));

/** The plan of a choice under a load; nothing where it cannot be laid out so, or holds not one request. */
export function planned(choice: Choice, workload: ServingWorkload): Deployment | undefined {
  const deployment = catalogueDeployment(choice);
  if (!deployment) return undefined;
  const loadedOne = { ...deployment, workload };
  return servesNone(evaluate(loadedOne)) ? undefined : loadedOne;
}

export function loadOf({ workload }: Deployment): ServingWorkload {
  if (workload.kind !== 'serving') throw new RangeError('the deployment serves no requests');
  return workload;
}

export function loaded(deployment: Deployment, changes: Partial<ServingWorkload>): Deployment {
  return { ...deployment, workload: { ...loadOf(deployment), ...changes } };
}

/** As many requests in flight, each as often one after the other as before. */
export function crowded(load: ServingWorkload, concurrency: number): ServingWorkload {
  const { concurrency: before = 1, requests } = load;
  return { ...load, concurrency, ...(requests !== undefined && { requests: (requests / before) * concurrency }) };
}

export function enginesOf(deployment: Deployment, changes: Partial<Engine>): Deployment {
  const pools = deployment.pools.map((pool) => ({ ...pool, engine: { ...pool.engine, ...changes } }));
  return { ...deployment, pools };
}

export function withMemory(cluster: Cluster, by: number): Cluster {
  const groups = cluster.groups.map((group) => {
    const gpu = { ...group.node.gpu, memoryBytes: by * group.node.gpu.memoryBytes };
    return { ...group, node: { ...group.node, gpu } };
  });
  return { ...cluster, groups };
}

export function requestsPerSecond({ deployment, prediction }: Evaluation): number {
  return prediction.throughputTokensPerSecond / loadOf(deployment).output;
}

/** Steps of the pools that generate: the first of a pool is the one drawn. */
export function decodeSteps({ prediction }: Evaluation): Step[] {
  return prediction.pools.flatMap(({ steps }) => steps.filter(({ phase }) => phase === 'decode'));
}
