import { evaluate } from '../cost/evaluate.ts';
import type { Evaluation, Sizes } from '../cost/evaluation.ts';
import { Cache } from '../language/cache.ts';
import { type Entity, locationOfEntity } from '../language/entity.ts';
import { analyse, type Program } from '../language/program.ts';
import type { Failure } from '../language/rules/internal-error.ts';
import type { SourceFile, Sources } from '../language/source.ts';
import type { BlockNode } from '../language/tree.ts';
import type { Deployment } from '../plan/deployment.ts';
import { PlanCache, resolvePlan } from '../plan/resolve.ts';
import type { ResolvedDeployment, ResolvedPlan } from '../plan/resolved.ts';
import { FindingCache } from './findings/findings.ts';

/** What one analysis hands to the next. It holds nothing that a fresh start would not come to hold. */
export class AnalysisCache {
  readonly language = new Cache();
  readonly plan = new PlanCache();
  readonly findings = new FindingCache();
  readonly evaluations = new WeakMap<Deployment, Evaluated>();
}

/** Everything known about one document: every editor feature and every command reads this and nothing else. */
export interface Analysis {
  readonly uri: string;
  readonly source: SourceFile;
  readonly program: Program;
  readonly plan: ResolvedPlan;
  /** Findings about blocks that have not changed since an earlier analysis. */
  readonly findings: FindingCache;
  /** For plans that are tried beside the text's: models, clusters and workloads are resolved once. */
  readonly planCache: PlanCache;
  /** Computed when first asked for; nothing for a deployment that cannot be computed. */
  evaluationOf(resolved: ResolvedDeployment): Evaluation | undefined;
  /** The same, and what is known of a deployment that lacks but a value for its prediction. */
  sizesOf(resolved: ResolvedDeployment): Sizes | undefined;
  /** Blocks of the document at which resolving itself failed. */
  readonly failures: readonly Failure[];
  /** That the evaluation of a deployment itself failed, where it has. */
  failureOf(resolved: ResolvedDeployment): readonly Failure[];
}

/** An evaluation, or what was thrown in place of one. */
type Evaluated =
  | { readonly evaluation: Evaluation; readonly error?: undefined }
  | { readonly evaluation?: undefined; readonly error: unknown };

function evaluated(deployment: Deployment, { evaluations }: AnalysisCache): Evaluated {
  const cachedEvaluation = evaluations.get(deployment);
  if (cachedEvaluation) return cachedEvaluation;
  const fresh = attempt(deployment);
  evaluations.set(deployment, fresh);
  return fresh;
}

function attempt(deployment: Deployment): Evaluated {
  try {
    return { evaluation: evaluate(deployment) };
  } catch (error) {
    return { error };
  }
}

export function analyseDocument(uri: string, sources: Sources, cache: AnalysisCache = new AnalysisCache()): Analysis {
  const program = analyse(uri, sources, cache.language);
  const failures: Failure[] = [];
  const plan = resolvePlan(program, cache.plan, (entity, error) =>
    failures.push({ at: locationOfEntity(entity), what: 'reading the plan', error }),
  );
  return {
    uri,
    source: program.root,
    program,
    plan,
    findings: cache.findings,
    planCache: cache.plan,
    failures,
    evaluationOf({ deployment }) {
      return deployment && evaluated(deployment, cache).evaluation;
    },
    sizesOf({ sized }) {
      return sized && evaluated(sized, cache).evaluation;
    },
    failureOf({ sized, entity }) {
      if (!sized) return [];
      const { error } = evaluated(sized, cache);
      return error === undefined ? [] : [{ at: locationOfEntity(entity), what: 'the prediction', error }];
    },
  };
}

export function deploymentNamed(analysis: Analysis, name: string): ResolvedDeployment | undefined {
  return analysis.plan.deployments.find((deployment) => deployment.name === name);
}

/** The evaluation of a deployment that another file may define, as `compare` names it. */
export function evaluationOfEntity(analysis: Analysis, entity: Entity): Evaluation | undefined {
  const resolved = analysis.plan.deployments.find((deployment) => deployment.entity === entity);
  return resolved && analysis.evaluationOf(resolved);
}

/** The entity of a block of the document. */
export function entityOfBlock(analysis: Analysis, node: BlockNode): Entity | undefined {
  return analysis.program.analyses.get(analysis.uri)?.entityOf.get(node);
}
