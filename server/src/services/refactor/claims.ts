import { claimFigure } from '../../cost/figures/figures.ts';
import type { BlockNode } from '../../language/tree.ts';
import type { Dimension } from '../../language/units.ts';
import { PREFERRED_UNITS, UNITS } from '../../language/units.ts';
import type { Analysis } from '../analysis.ts';
import { hasBraces } from '../blocks.ts';
import { subjectOf } from '../subject.ts';
import { appendTo, indentAt, newlineOf, type Refactoring } from './refactoring.ts';

interface ClaimSpec {
  readonly name: string;
  readonly operator: '=' | '>=' | '<=';
  readonly dimension: Dimension;
}

/**
 * Figures that plans are usually held to. Predictions become bounds, because the next version of the model will not give
 * equal digits.
 */
const CLAIMS: readonly ClaimSpec[] = [
  { name: 'experts-per-gpu', operator: '=', dimension: 'number' },
  { name: 'memory-per-gpu', operator: '<=', dimension: 'bytes' },
  { name: 'throughput', operator: '>=', dimension: 'tokens/s' },
  { name: 'ttft', operator: '<=', dimension: 'seconds' },
  { name: 'tpot', operator: '<=', dimension: 'seconds' },
  { name: 'step', operator: '<=', dimension: 'seconds' },
];

/** Adds an `expect` block with the current figures, or adds to the present block those that it does not claim yet. */
export function expectPrediction(analysis: Analysis, blocks: readonly BlockNode[]): readonly Refactoring[] {
  const [deployment] = blocks;
  const subject = subjectOf(analysis, blocks);
  const { source } = analysis;
  if (!deployment || !subject?.evaluation || !hasBraces(source, deployment)) return [];
  const { evaluation } = subject;
  const expect = deployment.items.find(
    (item): item is BlockNode => item.kind === 'block' && item.keyword.text === 'expect',
  );
  const claimed = new Set(expect?.items.flatMap((item) => (item.kind === 'property' ? [item.key.text] : [])));
  const lines = CLAIMS.flatMap(({ name, operator, dimension }) => {
    const figure = claimed.has(name) ? undefined : claimFigure(evaluation, name);
    // For serving, time per output token says more than the step.
    if (!figure || (name === 'step' && claimFigure(evaluation, 'tpot'))) return [];
    return [`${name} ${operator} ${writeBound(figure.value, dimension, operator)}`];
  });
  if (lines.length === 0 || (expect && !hasBraces(source, expect))) return [];
  const title = expect ? 'Claim more of the current prediction' : 'Claim the current prediction';
  if (expect) return [{ title, kind: 'refactor.rewrite', edits: [appendTo(source, expect, lines)] }];
  const newline = newlineOf(source);
  const inner = `${indentAt(source, deployment.span.start)}  `;
  const isOneLine = !/[\r\n]/.test(source.text.slice(deployment.body.start, deployment.body.end));
  const block = isOneLine
    ? `expect { ${lines.join(', ')} }`
    : `expect {${lines.map((line) => `${newline}${inner}  ${line}`).join('')}${newline}${inner}}`;
  return [{ title, kind: 'refactor.rewrite', edits: [appendTo(source, deployment, [block])] }];
}

const DIGITS = 3;

/** A value with three digits and a unit, rounded to the side on which the claim holds. */
export function writeBound(value: number, dimension: Dimension, operator: ClaimSpec['operator']): string {
  const units = PREFERRED_UNITS[dimension].flatMap((name) => UNITS.get(name) ?? []);
  const unit =
    units.filter(({ factor }) => value >= factor).toSorted((left, right) => right.factor - left.factor)[0] ?? units[0];
  const amount = value / (unit?.factor ?? 1);
  const scale = 10 ** (DIGITS - 1 - Math.floor(Math.log10(Math.max(amount, Number.MIN_VALUE))));
  const rounded =
    operator === '=' ? amount : (operator === '<=' ? Math.ceil(amount * scale) : Math.floor(amount * scale)) / scale;
  const digits = Number(rounded.toPrecision(12));
  return `${groupDigits(digits)}${unit ? ` ${unit.name}` : ''}`;
}

/** `1_234_000`, as the language writes large numbers. */
export function groupDigits(value: number): string {
  const [whole = '', fraction] = value
    .toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 12 })
    .split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '_') : whole;
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
