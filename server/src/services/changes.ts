import type { Evaluation } from '../cost/evaluation.ts';
import type { FigureUnit } from '../cost/figures/figure.ts';
import { digits } from '../cost/format.ts';
import { derivationText } from './derivation.ts';
import { compareRows } from './outputs/compare.ts';
import type { ChangedRow } from './preview/whatIfProtocol.ts';

/**
 * Each figure of a deployment before and after a change: by how much it changes, and whether that is better. Figures that
 * are shown as equal count as equal.
 */
export function changedRows(before: Evaluation, after: Evaluation): readonly ChangedRow[] {
  return compareRows([before, after]).map(({ label, figures, texts, best, differs }) => {
    const [was, is] = figures;
    const [from = '-', to = '-'] = texts;
    const isSame = !differs || from === to;
    const verdict = isSame ? 'same' : best.includes(1) ? 'better' : best.includes(0) ? 'worse' : 'changed';
    const change = was && is && !isSame ? changeOf(was.value, is.value, is.unit) : '';
    return {
      label,
      before: from,
      after: to,
      change,
      ...(was && is && change !== '' && { amount: amountOf(was.value, is.value, is.unit) }),
      verdict,
      ...(is && { tooltip: derivationText(is) }),
    };
  });
}

/** `+12.5 %`, or `+2.1 points` for shares; empty when there was nothing to compare with. */
export function changeOf(from: number, to: number, unit: FigureUnit): string {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return '';
  if (unit !== 'fraction' && from === 0) return '';
  return signed(amountOf(from, to, unit) * 100, unit === 'fraction' ? 'points' : '%');
}

/** The change relative to the old value, or the difference for shares. */
export function amountOf(from: number, to: number, unit: FigureUnit): number {
  return unit === 'fraction' ? to - from : to / from - 1;
}

function signed(amount: number, unit: string): string {
  const text = digits(Math.abs(amount));
  const sign = amount < 0 ? '−' : '+';
  return text === '0' ? `${sign}<0.01 ${unit}` : `${sign}${text} ${unit}`;
}
