import { keepsKvHeads, shapeOf } from '../../plan/attention.ts';
import type { Cluster } from '../../plan/cluster.ts';
import type { Pool } from '../../plan/deployment.ts';
import { divisors } from '../../plan/divisors.ts';
import type { Model } from '../../plan/model.ts';
import { expertsOf } from '../parameters/parameters.ts';

/** A degree that splits the model. A larger one leaves each GPU less of it. */
export type Degree = 'tp' | 'etp' | 'ep' | 'pp';

/** Larger values of a degree that the GPUs of a pool allow, ascending, whether or not they help. */
export function largerDegrees(cluster: Cluster, pool: Pool, degree: Degree): readonly number[] {
  const { tp, cp, dp, etp, ep, edp, pp } = pool.parallel;
  // A degree can grow by taking over the copies of what it splits. More stages take over copies of everything.
  const copies = expertsOf(pool.model) ? Math.min(cp * dp, edp) : cp * dp;
  const most = { tp: tp * cp * dp, etp: etp * edp, ep: ep * edp, pp: pp * copies };
  return divisors(most[degree]).filter(
    (value) => value > pool.parallel[degree] && isWorkingDegree(cluster, pool, degree, value),
  );
}

/** Whether a degree divides what it splits and keeps tensors within fast links. */
export function isWorkingDegree({ groups }: Cluster, { model }: Pool, degree: Degree, value: number): boolean {
  const experts = expertsOf(model);
  const divides = (amount: number) => amount % value === 0;
  switch (degree) {
    case 'tp':
      return headsAllow(model, value) && groups.every(({ node }) => value <= node.domain);
    case 'ep':
      return experts !== undefined && divides(experts.count);
    case 'etp':
      return experts !== undefined && divides(experts.ffn) && groups.every(({ node }) => value <= node.domain);
    case 'pp':
      return divides(model.layers.length);
  }
}

/** Whether heads of keys and values are split, or each is copied a whole number of times. */
function headsAllow({ classes }: Model, tp: number): boolean {
  return classes.every(({ attention }) => {
    const shape = shapeOf(attention);
    if (!shape) return true;
    return keepsKvHeads(shape, tp) && (!shape.isSplitByHeads || shape.heads % tp === 0);
  });
}
