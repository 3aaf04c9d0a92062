import type { PoolMemory } from '../cost/evaluation.ts';
import { capacityFigure, memoryFigure } from '../cost/figures/memory.ts';
import { formatOf } from '../cost/format.ts';
import { engineProfile } from '../engines/index.ts';
import type { Rule } from '../language/diagnostic.ts';
import type { Deployment } from '../plan/deployment.ts';
import type { ResolvedDeployment } from '../plan/resolve/resolved.ts';
import type { PlanContext } from '../plan/rules/context.ts';
import { PLAN_RULES } from '../plan/rules/index.ts';
import type { PlanSpec } from '../plan/spec.ts';

/** Why a plan is none: the rule that is against it, and its sentence. */
export interface Refusal {
  /** A rule's name, one of memory, or a bound that is broken. */
  readonly reason: string;
  /** Where, why and what else; made only of those that are told. */
  readonly message: () => string;
  /** Set where it holds at every larger load too. */
  readonly holds?: 'at more load';
}

/** Rules of plans that a search can break. Those of engines are asked by themselves. */
const RULES: readonly Rule<PlanContext>[] = PLAN_RULES.filter(
  ({ severity, family }) => severity === 'error' && family !== 'engine',
);

/** Rules that see settings which leave a layout alone, beside those of engines. */
const OF_SETTINGS: readonly string[] = ['micro-batches-mismatch', 'schedule-impossible'];
const SETTING_RULES = RULES.filter(({ name }) => OF_SETTINGS.includes(name));
const LAYOUT_RULES = RULES.filter(({ name }) => !OF_SETTINGS.includes(name));
const BETWEEN_POOLS = PLAN_RULES.filter(({ name }) => name === 'pools-cache-differ');

/**
 * Asks the rules of plans and engines about plans that are tried in place of a deployment. What an engine rewrites of that itself, and only
 * warns of, it may rewrite of them too.
 */
export class Rules {
  private readonly program: PlanContext['program'];
  private readonly base: ResolvedDeployment;
  private readonly tolerated: ReadonlySet<string>;

  constructor(program: PlanContext['program'], base: ResolvedDeployment) {
    this.program = { own: [base.entity], root: program.root };
    this.base = base;
    const { spec, draft } = base;
    const warnings = spec && draft ? violations(spec, draft).filter(({ isError }) => !isError) : [];
    this.tolerated = new Set(warnings.map(keyOf));
  }

  /** What rules have against a layout with any settings. `pools` are the places in the base of the plan's pools, all unless said. */
  refuseLayout(spec: PlanSpec, draft: Deployment, pools?: readonly number[]): Refusal | undefined {
    return this.firstOf(LAYOUT_RULES, spec, draft, pools);
  }

  /**
   * What rules have against its settings. Those of engines count where they refuse or rewrite: a plan is then not what it says.
   */
  refuseSettings(spec: PlanSpec, draft: Deployment, pools?: readonly number[]): Refusal | undefined {
    const ofEngine = violations(spec, draft).find(
      (violation) => violation.isError || !this.tolerated.has(keyOf(violation)),
    );
    if (ofEngine) return ofEngine;
    return draft.workload.kind === 'training' ? this.firstOf(SETTING_RULES, spec, draft, pools) : undefined;
  }

  /** What rules have against pools together that each hold by themselves. */
  refuseTogether(spec: PlanSpec, draft: Deployment): Refusal | undefined {
    return this.firstOf(BETWEEN_POOLS, spec, draft, undefined);
  }

  private firstOf(
    rules: readonly Rule<PlanContext>[],
    spec: PlanSpec,
    draft: Deployment,
    pools: readonly number[] | undefined,
  ): Refusal | undefined {
    const { sources } = this.base;
    const own = pools ? pools.flatMap((pool) => sources[pool] ?? []) : sources;
    const resolved: ResolvedDeployment = {
      name: this.base.name,
      entity: this.base.entity,
      claims: [],
      measured: [],
      spec,
      draft,
      deployment: draft,
      sized: draft,
      sources: own.map((source, index) => ({
        ...source,
        stages: draft.pools[index]?.stages.map(() => ({ location: source.pool })) ?? [],
      })),
    };
    return firstFinding(this.program, rules, resolved);
  }
}

function keyOf({ reason, message }: Refusal): string {
  return `${reason} ${message()}`;
}

function firstFinding(
  program: PlanContext['program'],
  rules: readonly Rule<PlanContext>[],
  resolved: ResolvedDeployment,
): Refusal | undefined {
  const context: PlanContext = {
    program,
    plan: { entity: resolved.entity, deployments: [resolved], problems: [] },
  };
  for (const { name, severity, check } of rules) {
    let first: Refusal | undefined;
    check(context, (finding) => {
      if ((finding.severity ?? severity) === 'error') first ??= { reason: name, message: () => finding.message };
    });
    if (first) return first;
  }
  return undefined;
}

/** What an engine refuses or rewrites. What it only ignores is none. */
interface EngineRefusal extends Refusal {
  readonly isError: boolean;
}

function violations(spec: PlanSpec, deployment: Deployment): readonly EngineRefusal[] {
  return deployment.pools.flatMap((pool, index) => {
    const said = spec.pools[index];
    if (!said) return [];
    return engineProfile(pool.engine.name).rules.flatMap(({ name, severity, check }) => {
      const violation = check({ pool, deployment, said });
      const severe = violation?.severity ?? severity;
      return violation && severe !== 'information'
        ? [{ reason: name, message: () => violation.message, isError: severe === 'error' }]
        : [];
    });
  });
}

/** How the reason of a plan that breaks a bound begins, before the metric. */
export const BROKEN = 'require ';

const AT_MORE_LOAD = { holds: 'at more load' } as const;

/** Why memory does not hold a plan. */
export function memoryRefusal(memory: readonly PoolMemory[]): Refusal | undefined {
  for (const { classes, requestsThatFit, startup } of memory) {
    for (const gpu of classes) {
      if (gpu.freeBytes < 0)
        return {
          reason: 'memory',
          message: () => `${formatOf(memoryFigure(gpu), capacityFigure(gpu))} on a GPU`,
          ...AT_MORE_LOAD,
        };
    }
    if (requestsThatFit === 0)
      return { reason: 'kv-cache', message: () => 'the KV cache holds no request of full length', ...AT_MORE_LOAD };
    if (startup && !startup.start.ok)
      return {
        reason: 'will-not-start',
        message: () => 'the engine does not start with the cache that is left',
        ...AT_MORE_LOAD,
      };
  }
  return undefined;
}
