import { buildDag } from '../../../server/src/graph/build.ts';
import type { Dag } from '../../../server/src/graph/types.ts';
import { analysed } from '../../support/analysed.ts';

/** A deployment whose graph, drawn node by node, has about so many nodes. */
export function dagOfAbout(nodes: number): Dag {
  const layers = Math.round(nodes / 64 / 9);
  const { plan, evaluationOf } = analysed(`
model m { layers = ${layers}, hidden = 4096
  attention { heads = 64, head-size = 64 }
  experts { count = 64, top-k = 4, ffn = 2048 }
}
cluster c { node = DGX-H100, count = 8 }
workload w { sequences = 64, length = 1_000 tokens }
deployment d { model = m, cluster = c, workload = w
  parallel { tp = 8, dp = 8, ep = 64 } }
`);
  const [resolved] = plan.deployments;
  const evaluation = resolved && evaluationOf(resolved);
  if (!evaluation) throw new Error('the plan of the benchmark is not computed');
  return buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'grouped' });
}

/** Time of the processor, in milliseconds: what else the machine does must not count against a layout. */
export async function worked(action: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
