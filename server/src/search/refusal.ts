import type { PoolMemory } from '../cost/evaluation.ts';
import type { Rule } from '../language/diagnostic.ts';
import type { Deployment } from '../plan/deployment.ts';
import type { ResolvedDeployment } from '../plan/resolve/resolved.ts';
import type { PlanContext } from '../plan/rules/context.ts';
import { PLAN_RULES } from '../plan/rules/index.ts';
import type { PlanSpec } from '../plan/spec.ts';

/** Why a plan is none: the rule that is against it, and its sentence. */
export interface Refusal {
  /** A rule's name, or one of `REASONS`. */
  readonly reason: string;
  readonly message: string;
}

/** Rules that a search can break. Those of engines count where they refuse or rewrite, since a plan is then not what it says. */
const RULES: readonly Rule<PlanContext>[] = PLAN_RULES.filter(
  ({ severity, family }) => severity === 'error' || family === 'engine',
);
/** Rules that see a model split over GPUs, and so none of the settings that leave the layout alone. */
const LAYOUT_RULES = RULES.filter(({ family }) => family === 'dimensions' || family === 'experts');
const OTHER_RULES = RULES.filter((rule) => !LAYOUT_RULES.includes(rule));

/**
 * Asks the rules of plans and engines about plans that are tried in place of a deployment. What the rules have against that
 * itself is none of the search's.
 */
export class Rules {
  private readonly program: PlanContext['program'];
  private readonly base: ResolvedDeployment;
  private readonly known: ReadonlySet<string>;

  constructor(program: PlanContext['program'], base: ResolvedDeployment) {
    this.program = { own: [base.entity], root: program.root };
    this.base = base;
    this.known = new Set(findings(this.program, RULES, base).map(keyOf));
  }

  /** What rules have against a layout with any settings. `pools` are the places in the base of the plan's pools, all unless said. */
  refuseLayout(spec: PlanSpec, draft: Deployment, pools?: readonly number[]): Refusal | undefined {
    return this.firstOf(LAYOUT_RULES, spec, draft, pools);
  }

  /** What all other rules have against it. */
  refuseSettings(spec: PlanSpec, draft: Deployment, pools?: readonly number[]): Refusal | undefined {
    return this.firstOf(OTHER_RULES, spec, draft, pools);
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
    return findings(this.program, rules, resolved).find((refusal) => !this.known.has(keyOf(refusal)));
  }
}

function keyOf({ reason, message }: Refusal): string {
  return `${reason} ${message}`;
}

function findings(
  program: PlanContext['program'],
  rules: readonly Rule<PlanContext>[],
  resolved: ResolvedDeployment,
): readonly Refusal[] {
  const context: PlanContext = {
    program,
    plan: { entity: resolved.entity, deployments: [resolved], problems: [] },
  };
  const found: Refusal[] = [];
  for (const { name, severity, family, check } of rules) {
    check(context, (finding) => {
      const severe = finding.severity ?? severity;
      if (severe === 'error' || (severe === 'warning' && family === 'engine'))
        found.push({ reason: name, message: finding.message });
    });
  }
  return found;
}

/** Why memory does not hold a plan. */
export function memoryRefusal(memory: readonly PoolMemory[]): Refusal | undefined {
  for (const { classes, requestsThatFit, startup } of memory) {
    for (const { freeBytes, capacityBytes, totalBytes } of classes) {
      if (freeBytes < 0) return { reason: 'memory', message: `${totalBytes} of ${capacityBytes} bytes` };
    }
    if (requestsThatFit === 0) return { reason: 'kv-cache', message: 'no request fits' };
    if (startup && !startup.start.ok) return { reason: 'will-not-start', message: 'the engine does not start' };
  }
  return undefined;
}
