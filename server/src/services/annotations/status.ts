import { figuresOf } from '../../cost/figures/figures.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatWithBand } from '../../cost/format.ts';
import { touches } from '../../language/span.ts';
import type { Analysis } from '../analysis.ts';
import { fullestOf } from '../fit.ts';
import { stepInWords, stepWord } from '../stepLabel.ts';

/** The deployment at the cursor, in a few words. */
export interface Status {
  readonly deployment: string;
  /** `baseline: 61.2 of 80 GiB, decode step 8.3 ms`. */
  readonly text: string;
  readonly tooltip: string;
  /** Absent when nothing can be computed. */
  readonly fits?: boolean;
}

/**
 * Fit and step time of the deployment around the offset, otherwise of the file's first one. Undefined in a file without
 * any.
 */
export function status(analysis: Analysis, offset: number): Status | undefined {
  const { deployments } = analysis.plan;
  const ofFile = deployments.filter(({ entity }) => entity.uri === analysis.uri);
  const resolved = ofFile.find(({ entity }) => touches(entity.node.span, offset)) ?? ofFile[0];
  if (!resolved) return undefined;
  const { name: deployment } = resolved;
  // A deployment has no name while its name is being typed.
  const called = deployment === '' ? 'deployment' : deployment;
  const evaluation = analysis.evaluationOf(resolved);
  if (!evaluation) {
    const reason = resolved.invalid ?? 'its model, cluster or workload is not known';
    return {
      deployment,
      text: `${called}: cannot be computed`,
      tooltip: `${called} cannot be computed: ${reason}`,
    };
  }
  const fullest = fullestOf(evaluation.memory.flatMap(({ classes }) => classes));
  const { step, throughput } = figuresOf(evaluation);
  const fit = fullest ? `${fullest.text}${fullest.fits ? '' : ', does not fit'}` : '';
  return {
    deployment,
    text: [`${called}: ${fit}`, stepInWords(evaluation, step)].join(', '),
    tooltip: [
      `Fullest GPU of ${called}: ${fit}`,
      `${stepWord(evaluation)}: ${formatWithBand(step)}`,
      ...(throughput ? [`${labelOf('throughput')}: ${formatWithBand(throughput)}`] : []),
    ].join('\n'),
    ...(fullest && { fits: fullest.fits }),
  };
}
