import type { Diagnostic } from '../language/diagnostic.ts';
import type { Program } from '../language/program.ts';
import { runRules } from '../language/rules/run.ts';
import type { Location } from '../language/span.ts';
import type { ResolvedBlock, ResolvedPlan } from './resolved.ts';
import { PLAN_RULES } from './rules/index.ts';

/** Findings of the dimensions, graph, GPUs and experts families about one block; they follow from its identity. */
export function blockDiagnostics(program: Program, block: ResolvedBlock, failedAt?: Location): Diagnostic[] {
  return runRules(PLAN_RULES, { program: { root: program.root, own: [block.entity] }, plan: block }, failedAt);
}

/** The same of a whole file. A mistake that several deployments inherit from one is reported once. */
export function planDiagnostics(program: Program, plan: ResolvedPlan): Diagnostic[] {
  const seen = new Set<string>();
  return plan.blocks
    .flatMap((block) => blockDiagnostics(program, block))
    .filter(({ rule, uri, span, message }) => {
      const key = `${rule} ${uri} ${span.start} ${span.end} ${message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}
