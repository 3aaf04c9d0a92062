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
  return compareRows([before, after]).map(({ label, figures, texts, better, differs }) => {
    const [was, is] = figures;
    const [from = '-', to = '-'] = texts;
    const isSame = !differs || from === to;
    const verdict = isSame ? 'same' : verdictOf(was?.value, is?.value, better);
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

/** Of a figure that only one side has, nothing is better. */
function verdictOf(
  was: number | undefined,
  is: number | undefined,
  better: 'more' | 'less' | undefined,
): ChangedRow['verdict'] {
  if (!better || was === undefined || is === undefined) return 'changed';
  return is > was === (better === 'more') ? 'better' : 'worse';
}
