import { evaluate, evaluateHalf } from '../cost/evaluate.ts';
import type { Evaluation, Sizes } from '../cost/evaluation.ts';
import { Cache } from '../language/cache.ts';
import { type Entity, locationOfEntity } from '../language/entity.ts';
import { Memo } from '../language/memo.ts';
import { analyse, type Program } from '../language/program.ts';
import type { Failure } from '../language/rules/internal-error.ts';
import type { SourceFile, Sources } from '../language/source.ts';
import type { BlockNode } from '../language/tree.ts';
import type { Deployment } from '../plan/deployment.ts';
import { PlanCache, resolvePlan } from '../plan/resolve/plan.ts';
import type { ResolvedDeployment, ResolvedPlan } from '../plan/resolve/resolved.ts';
import { missingRole } from '../plan/validity/plan.ts';
import { FindingCache } from './findings/findings.ts';
import { LaunchedDeployments } from './launches/launchedDeployments.ts';
import type { LaunchDocument } from './launches/launches.ts';

/** What one analysis passes on to the next. A fresh start would come to hold the same. */
export class AnalysisCache {
  readonly language = new Cache();
  readonly plan = new PlanCache();
  readonly launches = new LaunchedDeployments();
  readonly findings = new FindingCache();
  readonly evaluations = new Memo<Deployment, Evaluated>();
}

/** Everything known about one document. Every editor feature and every command reads this and nothing else. */
export interface Analysis {
  readonly uri: string;
  readonly source: SourceFile;
  readonly program: Program;
  readonly plan: ResolvedPlan;
  /** Findings about blocks that have not changed since an earlier analysis. */
  readonly findings: FindingCache;
  /** Models, clusters and workloads, resolved once, for plans that are tried in addition to the text's. */
  readonly planCache: PlanCache;
  /** A launch that a deployment is read from, by its address or that of its plan, which is in no file. */
  launchAt(uri: string): LaunchDocument | undefined;
  /** Computed when first asked for. Undefined for a deployment that cannot be computed. */
  evaluationOf(resolved: ResolvedDeployment): Evaluation | undefined;
  /** The evaluation, or the sizes alone for a deployment whose prediction lacks a value. */
  sizesOf(resolved: ResolvedDeployment): Sizes | undefined;
  /** The error of ours that made the evaluation of a deployment fail, if there was one. */
  failureOf(resolved: ResolvedDeployment): readonly Failure[];
}

/** An evaluation, sizes where nothing can be predicted, or the error thrown in their place. */
type Evaluated =
  | { readonly evaluation?: Evaluation; readonly sizes: Sizes; readonly error?: undefined }
  | { readonly evaluation?: undefined; readonly sizes?: undefined; readonly error: unknown };

function evaluated(deployment: Deployment, { evaluations }: AnalysisCache): Evaluated {
  const cachedEvaluation = evaluations.get(deployment);
  if (cachedEvaluation) return cachedEvaluation;
  const fresh = attempt(deployment);
  evaluations.set(deployment, fresh);
  return fresh;
}

function attempt(deployment: Deployment): Evaluated {
  try {
    if (missingRole(deployment)) return { sizes: evaluateHalf(deployment) };
    const evaluation = evaluate(deployment);
    return { evaluation, sizes: evaluation };
  } catch (error) {
    return { error };
  }
}

export function analyseDocument(uri: string, sources: Sources, cache: AnalysisCache = new AnalysisCache()): Analysis {
  const program = analyse(uri, cache.launches.over(sources), cache.language);
  const plan = resolvePlan(program, cache.plan, 'leave out');
  return {
    uri,
    source: program.root,
    program,
    plan,
    findings: cache.findings,
    planCache: cache.plan,
    launchAt: (launch) => cache.launches.readings.known(launch),
    evaluationOf({ deployment }) {
      return deployment && evaluated(deployment, cache).evaluation;
    },
    sizesOf({ sized }) {
      return sized && evaluated(sized, cache).sizes;
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

/** The evaluation of a deployment that another file may define. `compare` names such deployments. */
export function evaluationOfEntity(analysis: Analysis, entity: Entity): Evaluation | undefined {
  const resolved = analysis.plan.deployments.find((deployment) => deployment.entity === entity);
  return resolved && analysis.evaluationOf(resolved);
}

/** The entity of a block of the document. */
export function entityOfBlock(analysis: Analysis, node: BlockNode): Entity | undefined {
  return analysis.program.analyses.get(analysis.uri)?.entityOf.get(node);
}
