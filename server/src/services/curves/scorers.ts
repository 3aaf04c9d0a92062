import { Scorer } from '../../cost/score.ts';
import { Memo } from '../../language/memo.ts';
import type { PlanCache } from '../../plan/resolve/plan.ts';
import type { Analysis } from '../analysis.ts';

/** A scorer keeps what it has worked out, so it is replaced after this many curves. */
const MOST_CURVES = 50;

interface Kept {
  readonly scorer: Scorer;
  curves: number;
}

const kept = new Memo<PlanCache, Kept>();

/** The scorer of a document's curves. It survives edits, because most of them leave most of a plan as it is. */
export function scorerOf({ planCache }: Analysis): Scorer {
  const known = kept.get(planCache);
  const current = known && known.curves < MOST_CURVES ? known : { scorer: new Scorer(), curves: 0 };
  current.curves += 1;
  kept.set(planCache, current);
  return current.scorer;
}
