import type { Diagnostic } from '../language/diagnostic.ts';
import type { Program } from '../language/program.ts';
import { runRules } from '../language/rules/run.ts';
import type { ResolvedPlan } from './resolved.ts';
import { PLAN_RULES } from './rules/index.ts';

/**
 * Findings of the dimensions, graph, GPUs and experts families, in the order of the text. A mistake that several
 * deployments inherit from one is reported once.
 */
export function planDiagnostics(program: Program, plan: ResolvedPlan): Diagnostic[] {
  const seen = new Set<string>();
  return runRules(PLAN_RULES, { program, plan }).filter(({ rule, uri, span, message }) => {
    const key = `${rule} ${uri} ${span.start} ${span.end} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
