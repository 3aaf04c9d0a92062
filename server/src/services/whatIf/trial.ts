import { evaluate } from '../../cost/evaluate.ts';
import type { Evaluation } from '../../cost/evaluation.ts';
import { COST_RULES } from '../../cost/rules/index.ts';
import type { Diagnostic } from '../../language/diagnostic.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { failureDiagnostics } from '../../language/rules/internal-error.ts';
import { runRules } from '../../language/rules/run.ts';
import { resolvePlan } from '../../plan/resolve/plan.ts';
import type { ResolvedBlock, ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { blockDiagnostics } from '../../plan/rules/diagnostics.ts';
import { PLAN_RULES } from '../../plan/rules/index.ts';
import type { Analysis } from '../analysis.ts';
import { type Setting, withSettings } from './settings.ts';

/** A deployment with settings that are in no text. */
export interface Trial {
  readonly evaluation: Evaluation;
  /** Findings that the deployment as written does not have. */
  readonly findings: readonly Diagnostic[];
}

/** The deployment with these settings, or the message of the diagnostic that says what is wrong with it. */
export function tryOut(analysis: Analysis, resolved: ResolvedDeployment, settings: readonly Setting[]): Trial | string {
  const original = analysis.evaluationOf(resolved);
  if (settings.length === 0 && original) return { evaluation: original, findings: [] };
  const block = changedBlock(analysis, resolved, settings);
  const changed = block?.deployments[0];
  if (!block || !changed) return 'this cannot be tried here: a block that it would change is not there';
  const knownFindings = findingsAbout(analysis, analysis.plan.blockOf(resolved.entity), original);
  const isNew = ({ rule, message }: Diagnostic) => !knownFindings.has(`${rule} ${message}`);
  const ofPlan = blockDiagnostics(analysis.program, block, locationOfEntity(resolved.entity)).filter(isNew);
  const wrong = ofPlan.filter(({ severity }) => severity === 'error').toSorted(byRule)[0];
  if (wrong) return wrong.message;
  const { deployment } = changed;
  if (!deployment) return changed.invalid ?? 'nothing can be computed of this';
  try {
    const evaluation = evaluate(deployment);
    const ofCost = costFindings(changed, evaluation).filter(isNew);
    return { evaluation, findings: [...ofPlan, ...ofCost].filter(({ severity }) => severity !== 'hint') };
  } catch (error) {
    const at = locationOfEntity(resolved.entity);
    return failureDiagnostics([{ at, what: 'the prediction', error }])[0]?.message ?? String(error);
  }
}

/** Whether the rules of plans and engines have nothing against a changed block that they do not have against what is written. */
export function soundnessOf(analysis: Analysis, { entity }: ResolvedDeployment): (block: ResolvedBlock) => boolean {
  const errorsOf = (block: ResolvedBlock) =>
    blockDiagnostics(analysis.program, block, locationOfEntity(entity)).filter(({ severity }) => severity === 'error');
  const known = new Set(errorsOf(analysis.plan.blockOf(entity)).map(({ rule, message }) => `${rule} ${message}`));
  return (block) => errorsOf(block).every(({ rule, message }) => known.has(`${rule} ${message}`));
}

/** The deployment's block after the changes, resolved. Undefined when a block that they change does not exist. */
export function changedBlock(
  { planCache }: Analysis,
  { entity }: ResolvedDeployment,
  settings: readonly Setting[],
): ResolvedBlock | undefined {
  const changed = withSettings(entity, settings);
  return changed && resolvePlan({ own: [changed], compares: [] }, planCache).blocks[0];
}

function findingsAbout(
  analysis: Analysis,
  block: ResolvedBlock,
  evaluation: Evaluation | undefined,
): ReadonlySet<string> {
  const [resolved] = block.deployments;
  const diagnostics = [
    ...blockDiagnostics(analysis.program, block, locationOfEntity(block.entity)),
    ...(resolved && evaluation ? costFindings(resolved, evaluation) : []),
  ];
  return new Set(diagnostics.map(({ rule, message }) => `${rule} ${message}`));
}

function costFindings(resolved: ResolvedDeployment, evaluation: Evaluation): readonly Diagnostic[] {
  return runRules(COST_RULES, { resolved, evaluation, comparisons: [] }, locationOfEntity(resolved.entity));
}

const RULE_ORDER = new Map(PLAN_RULES.map(({ name }, index) => [name, index]));

/** Sorts causes before effects: with degrees that do not multiply, experts also lie nowhere. */
function byRule(left: Diagnostic, right: Diagnostic): number {
  return (RULE_ORDER.get(left.rule) ?? 0) - (RULE_ORDER.get(right.rule) ?? 0);
}
