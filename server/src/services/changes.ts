import type { Evaluation } from '../cost/evaluation.ts';
import { changeBetween, formatChange } from '../cost/format.ts';
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
    const change = was && is && !isSame ? formatChange(was, is) : '';
    return {
      label,
      before: from,
      after: to,
      change,
      ...(was && is && change !== '' && { amount: changeBetween(was, is) }),
      verdict,
      ...(is && { tooltip: derivationText(is) }),
    };
  });
}
