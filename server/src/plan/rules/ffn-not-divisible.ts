import type { Rule } from '../../language/diagnostic.ts';
import type { FeedForward } from '../model.ts';
import { alternatives, enumerateNames } from '../wording.ts';
import type { PlanContext } from './context.ts';
import {
  changeNumber,
  classesOfPool,
  commonDivisors,
  degreeToWrite,
  modelProperty,
  placeOfDegree,
  relatedProperty,
  stated,
} from './context.ts';
import { holds, poolsWith } from './facts.ts';

/**
 * The inner width of a feed-forward network cannot be split evenly.
 *
 * `tp` splits the width of dense layers and shared experts, `etp` the width of every routed expert. Where it is no multiple,
 * engines refuse to start; figures are still computed, with the widest part.
 *
 * ## Not so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 1408 }
 * parallel { tp = 3, etp = 3 }
 * ```
 *
 * ## But so
 * ```moeplan
 * experts { count = 16, top-k = 2, ffn = 1408 }
 * parallel { tp = 4, etp = 4 }
 * ```
 *
 * ## How to fix it
 * Use a divisor of the width, or keep experts whole: `ep` instead of `etp`.
 */
export const ffnNotDivisible: Rule<PlanContext> = {
  name: 'ffn-not-divisible',
  family: 'dimensions',
  severity: 'error',
  summary: 'The width of a feed-forward network cannot be split over the tensor parallel degree.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees')) {
      const { pool, resolved, draft } = draftPool;
      const classes = classesOfPool(pool);
      for (const degree of ['etp', 'tp'] as const) {
        const value = pool.parallel[degree];
        // An etp that follows tp cannot be changed by itself.
        const written = degree === 'etp' && !stated(draftPool.source.parallel, 'etp') ? 'tp' : degree;
        // A wrong tp is reported once, even when it cannot split several things.
        if (written === 'tp' && !holds(draftPool, 'heads')) continue;
        const splits = classes
          .flatMap(({ feedForward }) => splitWidths(feedForward))
          .filter((split) => split.degree === degree);
        const uneven = new Map(
          splits.filter(({ width }) => width % value !== 0).map((split) => [`${split.name} = ${split.width}`, split]),
        );
        if (uneven.size === 0) continue;
        const choices = commonDivisors(
          splits.map(({ width }) => width),
          draft.cluster.gpuCount,
        );
        const [first] = uneven.values();
        report({
          ...placeOfDegree(draftPool, written),
          message: `${enumerateNames([...uneven.keys()])} cannot be split over ${degree} = ${value}: use ${alternatives(choices)}${degree === 'etp' ? ', or whole experts with ep' : ''}`,
          related: first
            ? relatedProperty(modelProperty(resolved, first.block, 'ffn'), `${first.name} = ${first.width}`)
            : [],
          fixes: changeNumber(
            draftPool.source.parallel?.properties.get(written),
            degreeToWrite(draftPool, written, choices),
          ),
        });
        if (written === 'tp') break;
      }
    }
  },
};

interface Split {
  readonly block: 'dense' | 'experts';
  readonly name: string;
  readonly width: number;
  readonly degree: 'tp' | 'etp';
}

/** Inner widths and the degree that splits each. */
export function splitWidths(feedForward: FeedForward): Split[] {
  if (feedForward.kind === 'none') return [];
  if (feedForward.kind === 'dense') return [{ block: 'dense', name: 'ffn', width: feedForward.ffn, degree: 'tp' }];
  const { ffn, sharedFfn, parallelFfn, visionFfn } = feedForward;
  return [
    { block: 'experts', name: 'ffn', width: ffn, degree: 'etp' },
    ...(sharedFfn > 0 ? [{ block: 'experts', name: 'shared-ffn', width: sharedFfn, degree: 'tp' } as const] : []),
    ...(parallelFfn !== undefined
      ? [{ block: 'experts', name: 'parallel-ffn', width: parallelFfn, degree: 'tp' } as const]
      : []),
    ...(visionFfn !== undefined
      ? [{ block: 'experts', name: 'vision-ffn', width: visionFfn, degree: 'etp' } as const]
      : []),
  ];
}
