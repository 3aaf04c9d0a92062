import { partsOfStep, type StepPart } from '../../cost/breakdown/step.ts';
import type { Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import { givenOf } from '../../cost/figures/byHand.ts';
import type { Formula } from '../../cost/figures/formula.ts';
import { FORMULAS } from '../../cost/figures/formulas.ts';
import { formatFigure } from '../../cost/format.ts';
import { formatShape } from '../../graph/labels.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { timeMarks } from './timeMarks.ts';
import type { Derivation, DerivationLine, TimeDetails } from './timeProtocol.ts';

const BY_NAME: ReadonlyMap<string, Formula> = new Map(Object.entries(FORMULAS));

/**
 * How every part of a deployment's time is computed, and what changes of the plan would bring. Undefined when the document has
 * no such deployment, or it cannot be computed.
 */
export function timeDetails(analysis: Analysis, deployment: string): TimeDetails | undefined {
  const resolved = deploymentNamed(analysis, deployment);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!resolved || !evaluation) return undefined;
  const derivations: Record<string, Derivation> = {};
  for (const [index, pool] of evaluation.prediction.pools.entries())
    for (const step of pool.steps)
      for (const part of partsOfStep(evaluation, pool, step)) {
        const derivation = derivationOf(evaluation, pool, part);
        if (derivation) derivations[`${index}/${step.phase} ${part.operation?.key ?? ''}`] = derivation;
      }
  return { deployment, derivations, marks: timeMarks(resolved, evaluation) };
}

function derivationOf({ cluster }: Evaluation, { pool }: PoolPrediction, part: StepPart): Derivation | undefined {
  const { operation } = part;
  if (!operation) return undefined;
  const { expression = operation.formula, terms = {}, source = '' } = BY_NAME.get(operation.formula) ?? {};
  const given = givenOf(cluster, pool, part, operation).map(
    ({ name, figure, meaning }): DerivationLine => ({ name, value: formatFigure(figure), ...(meaning && { meaning }) }),
  );
  const shapes: readonly DerivationLine[] = [
    { name: 'input', value: formatShape(operation.input) },
    { name: 'output', value: formatShape(operation.output) },
  ];
  const ofTerms = Object.entries(terms).map(([name, value]): DerivationLine => ({ name, value }));
  return { formula: expression, source, lines: [...given, ...ofTerms, ...shapes] };
}
