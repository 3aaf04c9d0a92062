import type { ComparedClaims, CostContext } from '../cost/rules/context.ts';
import { COST_RULES } from '../cost/rules/index.ts';
import type { Diagnostic, Rule, RuleFamily, Severity } from '../language/diagnostic.ts';
import { LANGUAGE_RULES } from '../language/rules/index.ts';
import { runRules } from '../language/rules/run.ts';
import { claimsOf } from '../plan/claims.ts';
import type { ResolvedDeployment } from '../plan/resolved.ts';
import { PLAN_RULES } from '../plan/rules/index.ts';
import { type Analysis, evaluationOfEntity } from './analysis.ts';
import { SUPPRESSION_RULES } from './rules/index.ts';
import { suppressionsOf, unsuppressed } from './suppressions.ts';

/** Severity by rule name, over the rule's own. */
export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

export interface RuleInfo {
  readonly name: string;
  readonly family: RuleFamily;
  readonly severity: Severity;
  readonly summary: string;
}

/** Every rule of every layer, in the order of the reference. */
export const ALL_RULES: readonly RuleInfo[] = [LANGUAGE_RULES, PLAN_RULES, COST_RULES, SUPPRESSION_RULES].flatMap(
  (rules: readonly Rule<never>[]) =>
    rules.map(({ name, family, severity, summary }) => ({ name, family, severity, summary })),
);

const RULE_NAMES: ReadonlySet<string> = new Set(ALL_RULES.map(({ name }) => name));

/**
 * All findings in one document, in the order of the text. A finding that a rule makes elsewhere (in a base that
 * another file defines) belongs to that file and is left to it. What a comment silences is left out.
 */
export function diagnose(analysis: Analysis, settings: RuleSettings = {}): readonly Diagnostic[] {
  const { program, plan, uri } = analysis;
  const found = [...program.diagnostics, ...runRules(PLAN_RULES, { program, plan })];
  for (const resolved of plan.deployments) {
    const evaluation = analysis.evaluationOf(resolved);
    if (evaluation) found.push(...runRules(COST_RULES, costContext(analysis, resolved, evaluation)));
  }
  const seen = new Set<string>();
  const own = found.filter((diagnostic) => {
    // A base's claim is checked for every deployment that extends it: equal words about one place are said once.
    const key = `${diagnostic.rule} ${diagnostic.span.start} ${diagnostic.span.end} ${diagnostic.message}`;
    if (diagnostic.uri !== uri || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const { source } = analysis;
  const suppressions = suppressionsOf(source);
  const about = runRules(SUPPRESSION_RULES, { source, suppressions, found: own, known: RULE_NAMES });
  return [...unsuppressed(own, suppressions, source), ...about]
    .flatMap((diagnostic) => adjust(diagnostic, settings))
    .sort((left, right) => left.span.start - right.span.start || left.span.end - right.span.end);
}

function costContext(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  evaluation: CostContext['evaluation'],
): CostContext {
  const comparisons = analysis.plan.compares.flatMap(({ deployments, properties }): ComparedClaims[] => {
    const first = deployments[0] && evaluationOfEntity(analysis, deployments[0]);
    if (deployments.at(-1) !== resolved.entity || !first || properties.length === 0) return [];
    return [{ claims: claimsOf(properties), first, last: evaluation }];
  });
  return { program: analysis.program, resolved, evaluation, comparisons };
}

function adjust(diagnostic: Diagnostic, settings: RuleSettings): Diagnostic[] {
  const wanted = settings[diagnostic.rule];
  if (wanted === 'off') return [];
  return [wanted === undefined ? diagnostic : { ...diagnostic, severity: wanted }];
}
