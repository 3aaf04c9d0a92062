import type { Evaluation } from '../../cost/evaluation.ts';
import { claimText } from '../../cost/figures/claims.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Claim } from '../../plan/resolve/resolved.ts';
import type { Analysis } from '../analysis.ts';
import { changedRows } from '../changes.ts';
import { derivationText } from '../derivation.ts';
import { comparedProperties } from '../differences/properties.ts';
import { bestOf, type ComparedRow, comparedClaims, compareRows, speedups } from '../outputs/compare.ts';
import { cannotRun, cannotWin } from '../outputs/standing.ts';
import type { Comparison, ComparisonCell, ComparisonRow, PreviewClaim } from './protocol.ts';

/**
 * All deployments of a document side by side: what their texts say differently, every figure, its difference from the first
 * deployment, and the claims.
 */
export function previewComparison(analysis: Analysis): Comparison {
  const sides = analysis.plan.deployments.flatMap((resolved) => {
    const evaluation = analysis.evaluationOf(resolved);
    return evaluation ? [{ resolved, evaluation }] : [];
  });
  const evaluations = sides.map(({ evaluation }) => evaluation);
  const rows = compareRows(evaluations);
  const deployments = evaluations.map(({ deployment }) => deployment.name);
  const why = sides.map(({ resolved, evaluation }) => cannotWin(resolved, evaluation));
  const verdict = verdictOf(rows, deployments, why, speedups(evaluations));
  return {
    deployments,
    cannotRun: evaluations.map((evaluation) => cannotRun(evaluation) ?? ''),
    values: comparedProperties(sides.map(({ resolved }) => resolved)),
    ...(verdict !== undefined && { verdict }),
    rows: comparisonRows(rows, evaluations),
    claims: comparedClaims(analysis).map(({ subject, claim, figure, holds }) => ({
      subject,
      ...claimTexts(claim, figure, holds),
    })),
  };
}

export function claimTexts(claim: Claim, figure: Figure, holds: boolean): PreviewClaim {
  return {
    name: claim.name,
    claimed: claimText(claim, figure),
    computed: formatFigure(figure),
    holds,
  };
}

function comparisonRows(rows: readonly ComparedRow[], evaluations: readonly Evaluation[]): readonly ComparisonRow[] {
  const [first, ...others] = evaluations;
  const changes = first ? [first, ...others].map((evaluation) => changedRows(first, evaluation)) : [];
  const made = rows.map(({ label, figures, texts, best, differs }): ComparisonRow => {
    const values = figures.map((figure) => figure?.value ?? Number.NaN);
    const largest = Math.max(0, ...values.filter(Number.isFinite));
    const cells = texts.map((text, index): ComparisonCell => {
      const figure = figures[index];
      const share = (values[index] ?? Number.NaN) / largest;
      const changed = changes[index]?.find((row) => row.label === label);
      return {
        text,
        ...(figure && { tooltip: derivationText(figure) }),
        best: best.includes(index),
        ...(differs && Number.isFinite(share) && { share }),
        ...(changed && changed.change !== '' && { change: { change: changed.change, verdict: changed.verdict } }),
      };
    });
    return { label, unit: figures.find((figure) => figure)?.unit ?? '', cells, differs };
  });
  if (evaluations.length < 2) return made;
  const improvements = speedups(evaluations);
  const largest = Math.max(...improvements.map((ratio) => ratio?.value ?? 0));
  const cells = improvements.map(
    (ratio): ComparisonCell => ({
      text: ratio ? formatFigure(ratio) : '-',
      tooltip: 'throughput over that of the first deployment',
      best: false,
      ...(ratio && largest > 0 && { share: ratio.value / largest }),
    }),
  );
  return [...made, { label: labelOf('improvement'), unit: 'ratio', cells, differs: true }];
}

/**
 * `proposed is best in 8 of 9 figures, with 2.76x the throughput of baseline.` Only deployments that run and whose claims hold
 * are judged, and the others are named with the reason. Figures without a better direction do not count.
 */
function verdictOf(
  rows: readonly ComparedRow[],
  names: readonly string[],
  why: readonly (string | undefined)[],
  improvements: readonly (Figure | undefined)[],
): string | undefined {
  if (names.length < 2) return undefined;
  const counts = why.map((reason) => reason === undefined);
  const inside = names.filter((_, index) => counts[index]);
  const outside = names.flatMap((name, index) => (why[index] === undefined ? [] : [`${name} (${why[index]})`]));
  const left = outside.length > 0 ? ` Not judged: ${outside.join(', ')}.` : '';
  if (inside.length === 0) return `None runs with all its claims held: ${outside.join(', ')}.`;
  if (inside.length === 1) return `Only ${inside[0]} runs with all its claims held.${left}`;
  const judged = rows.flatMap(({ figures, better }) => {
    const values = figures.map((figure) => figure?.value);
    const differs = new Set(values.filter((_, index) => counts[index])).size > 1;
    return better && differs ? [bestOf(values, better, counts)] : [];
  });
  if (judged.length === 0) return left === '' ? undefined : left.trim();
  const wins = names.map((_, index) => judged.filter((best) => best.includes(index)).length);
  const most = wins.indexOf(Math.max(...wins));
  const ratio = improvements[most];
  const rate = most > 0 && ratio ? `, with ${formatFigure(ratio)} the throughput of ${names[0]}` : '';
  const isShared = wins.filter((count) => count === wins[most]).length > 1;
  return isShared
    ? `No deployment is best in more of the ${judged.length} figures than the others.${left}`
    : `${names[most]} is best in ${wins[most]} of ${judged.length} figures${rate}.${left}`;
}
