import { claimHolds, claimText, overMeasured } from '../../cost/figures/claims.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { claimFigure, compareFigure } from '../../cost/figures/figures.ts';
import { formatFigure, formatWithBand } from '../../cost/format.ts';
import type { BlockNode, PropertyNode } from '../../language/tree.ts';
import { claimsOf } from '../../plan/resolve/claims.ts';
import type { Claim } from '../../plan/resolve/resolved.ts';
import { bold, code, type Markdown, md, paragraphs } from '../../text/markdown.ts';
import { type Analysis, evaluationOfEntity } from '../analysis.ts';
import { derivationMarkdown } from '../derivation.ts';
import { subjectOf } from '../subject.ts';

/**
 * On a line of `expect` or `measured`: the computed figure with its band, formula and source, and whether the two agree.
 */
export function claimHover(analysis: Analysis, blocks: readonly BlockNode[], name: string): Markdown | undefined {
  const subject = subjectOf(analysis, blocks);
  const figure = subject?.evaluation && claimFigure(subject.evaluation, name);
  if (!subject || !figure) return undefined;
  if (blocks.at(-1)?.keyword.text === 'expect') {
    const claim = subject.resolved.claims.find((candidate) => candidate.name === name);
    return claim ? claimLine(figure, claim, claimHolds(claim, figure.value)) : figureLine(figure);
  }
  const measured = subject.resolved.measured.find((candidate) => candidate.name === name);
  if (!measured) return figureLine(figure);
  const ratio = overMeasured(figure, measured.value);
  return paragraphs(figureLine(figure), ratio && `The prediction is ${formatFigure(ratio)} what was measured.`);
}

/** The claim of a `compare` beside the computed figure. */
export function compareClaimHover(analysis: Analysis, node: PropertyNode): Markdown | undefined {
  const compared = compareClaim(analysis, node);
  return compared && claimLine(compared.figure, compared.claim, claimHolds(compared.claim, compared.figure.value));
}

/** A claim of `compare` with its computed figure. */
export function compareClaim(
  analysis: Analysis,
  node: PropertyNode,
): { readonly claim: Claim; readonly figure: Figure } | undefined {
  const compare = analysis.plan.compares.find(({ properties }) =>
    properties.some((property) => property.node === node),
  );
  const evaluated = compare?.properties.find((property) => property.node === node);
  const [first, last] = [compare?.deployments[0], compare?.deployments.at(-1)];
  const [before, after] = [first && evaluationOfEntity(analysis, first), last && evaluationOfEntity(analysis, last)];
  const [claim] = evaluated ? claimsOf([evaluated]) : [];
  const figure = claim && before && after && compareFigure(before, after, claim.name);
  return figure && { claim, figure };
}

/** The figure, whether it bears the claim out, and where it comes from. */
function claimLine(figure: Figure, claim: Claim, holds: boolean): Markdown {
  const claimed = claimText(claim, figure);
  return paragraphs(
    figureLine(figure),
    holds ? md`The claim ${code(claimed)} holds.` : md`**The claim ${code(claimed)} does not hold.**`,
  );
}

/** `**Computed: 8.3 ms** (7.5 ms to 9.2 ms)`, followed by the formula with its inputs and source. */
function figureLine(figure: Figure): Markdown {
  const band = figure.band ? ` ${formatWithBand(figure).slice(formatFigure(figure).length + 1)}` : '';
  return paragraphs(md`${bold(`Computed: ${formatFigure(figure)}`)}${band}`, md`= ${derivationMarkdown(figure)}`);
}
