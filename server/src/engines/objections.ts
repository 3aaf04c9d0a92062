import type { Deployment } from '../plan/deployment.ts';
import type { PlanSpec } from '../plan/spec.ts';
import { engineProfile } from './index.ts';

/**
 * What engines refuse or rewrite of a plan: the rules that object, by pool. `spec` says what the deployment was completed from.
 * What an engine only ignores is no objection.
 */
export function objectionsOf(deployment: Deployment, spec: PlanSpec): ReadonlySet<string> {
  const objections = new Set<string>();
  for (const [index, pool] of deployment.pools.entries()) {
    const said = spec.pools[index];
    if (!said) continue;
    for (const { name, severity, check } of engineProfile(pool.engine.name).rules) {
      const violation = check({ pool, deployment, said });
      if (violation && (violation.severity ?? severity) !== 'information') objections.add(`${index} ${name}`);
    }
  }
  return objections;
}
