import type { Evaluation } from '../../cost/evaluation.ts';
import { bottleneckFigure } from '../../cost/figures/bottleneck.ts';
import { checkClaims } from '../../cost/figures/claims.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatBand, formatFigure } from '../../cost/format.ts';
import { validateDag } from '../../graph/validate.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { Analysis } from '../analysis.ts';
import { derivationText } from '../derivation.ts';
import { diagnose } from '../findings/diagnostics.ts';
import { fitsAll } from '../fit.ts';
import { claimTexts, previewComparison } from './comparison.ts';
import { memoryBars } from './memoryBars.ts';
import { drawnOf } from './pictures.ts';
import type { PreviewDeployment, PreviewFigure, PreviewModel } from './protocol.ts';
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
    summary: summaryOf(evaluation),
    fits: fitsAll(evaluation.memory),
    ...detailed.picture,
    ...(overview && { overview: overview.picture }),
    memory: memoryBars(evaluation),
    timelines: previewTimelines(evaluation),
    traffic: previewTraffic(evaluation),
    validations: validateDag(detailed.dag, evaluation),
    claims: checkClaims(resolved.claims, evaluation).map(({ claim, figure, holds }) =>
      claimTexts(claim, figure, holds),
    ),
  };
}

function summaryOf(evaluation: Evaluation): readonly PreviewFigure[] {
  const figures = figuresOf(evaluation);
  const { bottleneck } = evaluation.prediction;
  const { deployment } = evaluation;
  const named: readonly (readonly [string, PreviewFigure['figure'] | undefined])[] = [
    [labelOf('gpus'), figures.gpus],
    [labelOf('fullestGpu'), figures.memoryOfFullestGpu],
    [labelOf('throughput'), figures.throughput],
    [labelOf(deployment.workload.kind === 'training' ? 'training' : 'latency'), figures.latency],
    [labelOf('ttft'), figures.ttft],
    [labelOf('tpot'), figures.tpot],
    [labelOf('utilisation'), figures.utilisation],
  ];
  const shown = named.flatMap(([label, figure]): PreviewFigure[] => {
    if (!figure) return [];
    const band = formatBand(figure);
    const capacity = label === labelOf('fullestGpu') ? ` of ${formatFigure(figures.capacityOfFullestGpu)}` : '';
    return [
      {
        label,
        text: formatFigure(figure) + capacity,
        ...(band !== undefined && { band }),
        tooltip: derivationText(figure),
        figure,
      },
    ];
  });
  const [gpus, ...others] = shown;
  const parallelism = parallelismOf(evaluation);
  const share = bottleneckFigure(bottleneck.share);
  const degrees: PreviewFigure[] = gpus ? [{ ...gpus, label: 'Parallelism', ...parallelism }] : [];
  return [
    ...(gpus ? [gpus] : []),
    ...degrees,
    ...others,
    { label: labelOf('limit'), text: bottleneck.text, tooltip: derivationText(share), figure: share },
  ];
}

const DEGREES = ['pp', 'tp', 'cp', 'dp', 'etp', 'ep'] as const;

/** `pp 2, tp 8, ep 8`: the degrees of each pool that split something. */
function parallelismOf({ deployment: { pools } }: Evaluation): { readonly text: string; readonly tooltip: string } {
  const texts = pools.map(({ name, parallel, replicas }) => {
    const degrees = DEGREES.flatMap((degree) => (parallel[degree] > 1 ? [`${degree} ${parallel[degree]}`] : []));
    if (replicas > 1) degrees.push(`${replicas} replicas`);
    const text = degrees.length > 0 ? degrees.join(', ') : 'none';
    return pools.length > 1 ? `${name}: ${text}` : text;
  });
  const tooltip =
    'pp: pipeline stages; tp: attention split by heads; cp: sequence split; dp: copies of attention; etp: experts split; ' +
    'ep: GPUs that the experts are spread over';
  return { text: texts.join('; '), tooltip };
}
