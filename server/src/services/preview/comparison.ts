import type { Evaluation } from '../../cost/evaluation.ts';
import { claimText } from '../../cost/figures/claims.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Claim } from '../../plan/resolve/resolved.ts';
import type { Analysis } from '../analysis.ts';
import { changedRows } from '../changes.ts';
import { derivationText } from '../derivation.ts';
import { type ComparedRow, comparedClaims, compareRows, speedups } from '../outputs/compare.ts';
import type { Comparison, ComparisonCell, ComparisonRow, PreviewClaim } from './protocol.ts';

/** All deployments of a document side by side: every figure, its difference from the first deployment, and the claims. */
export function previewComparison(analysis: Analysis, evaluations: readonly Evaluation[]): Comparison {
  const rows = compareRows(evaluations);
  const deployments = evaluations.map(({ deployment }) => deployment.name);
  const verdict = verdictOf(rows, deployments, speedups(evaluations));
  return {
    deployments,
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
 * `proposed is best in 8 of 9 figures, with 2.76x the throughput of baseline.` Figures without a better direction do not
 * count.
 */
function verdictOf(
  rows: readonly ComparedRow[],
  names: readonly string[],
  improvements: readonly (Figure | undefined)[],
): string | undefined {
  const judged = rows.filter(({ best }) => best.length > 0);
  if (names.length < 2 || judged.length === 0) return undefined;
  const wins = names.map((_, index) => judged.filter(({ best }) => best.includes(index)).length);
  const most = wins.indexOf(Math.max(...wins));
  const ratio = improvements[most];
  const rate = most > 0 && ratio ? `, with ${formatFigure(ratio)} the throughput of ${names[0]}` : '';
  const isShared = wins.filter((count) => count === wins[most]).length > 1;
  return isShared
    ? `No deployment is best in more of the ${judged.length} figures than the others.`
    : `${names[most]} is best in ${wins[most]} of ${judged.length} figures${rate}.`;
}
