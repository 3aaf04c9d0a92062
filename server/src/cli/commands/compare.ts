import type { Evaluation } from '../../cost/evaluation.ts';
import type { Shipped } from '../../host/shipped.ts';
import type { Analysis } from '../../services/analysis.ts';
import { comparisonOf, comparisonText } from '../../services/outputs/comparison.ts';
import { jsonText } from '../../text/json.ts';
import { CannotRun } from '../cannotRun.ts';
import { evaluationNamed, Loader } from '../load.ts';

/** `svg` draws two plans on one picture. */
export const COMPARE_FORMATS = ['text', 'json', 'svg'] as const;

/** Prints deployments of a file side by side. */
export function compare(
  file: string,
  names: readonly string[],
  format: (typeof COMPARE_FORMATS)[number],
  shipped: Shipped,
): void {
  if (format === 'svg')
    throw new CannotRun('svg draws what differs between two plans: name two files, or two deployments as FILE#NAME');
  const evaluations = comparedEvaluations(new Loader(shipped).load(file), file, names);
  process.stdout.write(format === 'json' ? `${jsonText(comparisonOf(evaluations), 2)}\n` : comparisonText(evaluations));
}

/** The deployments of these names, or all that can be computed if no name is given. */
export function comparedEvaluations(
  analysis: Analysis,
  file: string,
  names: readonly string[],
): readonly [Evaluation, ...Evaluation[]] {
  const computable = analysis.plan.deployments.filter((resolved) => resolved.deployment).map(({ name }) => name);
  const [first, ...others] = (names.length > 0 ? names : computable).map((name) =>
    evaluationNamed(analysis, file, name),
  );
  if (!first) throw new CannotRun(`${file} has no deployment that can be computed; run \`moeplan check ${file}\``);
  return [first, ...others];
}
