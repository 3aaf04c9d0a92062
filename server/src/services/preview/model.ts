import type { Evaluation } from '../../cost/evaluation.ts';
import { checkClaims } from '../../cost/figures/claims.ts';
import { validateDag } from '../../graph/validate.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { Analysis } from '../analysis.ts';
import { diagnose } from '../findings/diagnostics.ts';
import { fitsAll } from '../fit.ts';
import { claimTexts, previewComparison } from './comparison.ts';
import { headline } from './headline.ts';
import { memoryBars } from './memoryBars.ts';
import { drawnOf } from './pictures.ts';
import type { PreviewDeployment, PreviewModel } from './protocol.ts';
import { previewTime } from './time.ts';
import { previewTimelines } from './timeline.ts';
import { previewTraffic } from './traffic.ts';

/**
 * Everything that the preview shows of a document. A deployment that cannot be drawn because of an error of ours is left
 * out and reported to `failed`. Without `failed` this throws.
 */
export function previewModel(
  analysis: Analysis,
  version: number,
  failed?: (what: string, error: unknown) => void,
): PreviewModel {
  const unlessItFails = <Part>(what: string, make: () => Part): Part | undefined => {
    try {
      return make();
    } catch (error) {
      if (!failed) throw error;
      failed(what, error);
      return undefined;
    }
  };
  const { deployments } = analysis.plan;
  const evaluations = deployments.flatMap((resolved) => analysis.evaluationOf(resolved) ?? []);
  const stale = deployments.length > 0 && evaluations.length === 0 ? firstError(analysis) : undefined;
  const comparison =
    evaluations.length > 0 ? unlessItFails('the comparison', () => previewComparison(analysis)) : undefined;
  return {
    uri: analysis.uri,
    version,
    names: deployments.map(({ name }) => name),
    deployments: deployments.flatMap((resolved) => {
      const evaluation = analysis.evaluationOf(resolved);
      return evaluation
        ? (unlessItFails(`the drawing of ${resolved.name}`, () => previewDeployment(resolved, evaluation)) ?? [])
        : [];
    }),
    ...(comparison && { comparison }),
    ...(stale !== undefined && { stale }),
  };
}

function firstError(analysis: Analysis): string {
  const error = diagnose(analysis).find(({ severity }) => severity === 'error');
  const invalid = analysis.plan.deployments.find((resolved) => resolved.invalid)?.invalid;
  if (!error) return invalid ?? 'Nothing can be computed of this file yet.';
  return `Line ${analysis.source.lineIndex.positionAt(error.span.start).line + 1}: ${error.message}`;
}

function previewDeployment(resolved: ResolvedDeployment, evaluation: Evaluation): PreviewDeployment {
  const { detailed, overview } = drawnOf(evaluation);
  return {
    name: resolved.name,
    summary: headline(evaluation),
    fits: fitsAll(evaluation.memory),
    ...detailed.picture,
    ...(overview && { overview: overview.picture }),
    time: previewTime(evaluation),
    memory: memoryBars(evaluation),
    timelines: previewTimelines(evaluation),
    traffic: previewTraffic(evaluation),
    validations: validateDag(detailed.dag, evaluation),
    claims: checkClaims(resolved.claims, evaluation).map(({ claim, figure, holds }) =>
      claimTexts(claim, figure, holds),
    ),
  };
}
