import type { Model } from '../../plan/model.ts';
import type { Parallel } from '../../plan/parallel.ts';

/** Attention's ranks within one server. Data parallel ranks of a dense model are servers of their own. */
export function attentionRanks({ classes }: Model, { dp }: Parallel): number {
  return classes.some(({ feedForward }) => feedForward.kind === 'moe') ? dp : 1;
}
