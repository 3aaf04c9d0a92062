import type { Rule } from '../../language/diagnostic.ts';
import { type Attention, shapeOf } from '../attention.ts';
import type { Model } from '../model.ts';
import type { Parallel } from '../parallel.ts';
import { alternatives } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { classesOfPool, commonDivisors, placeOfDegree, stated } from './context.ts';
import { poolsWith } from './facts.ts';
import { splitWidths } from './ffn-not-divisible.ts';

/** Rows and columns that share one scale in `fp8-block`. */
const BLOCK = 128;

/**
 * A block-scaled weight is split through the middle of a scale block.
 *
 * `fp8-block` stores one scale for each block of 128 x 128 elements. Where a GPU's part of a width is no multiple of 128, a
 * block lies on two GPUs, and engines refuse to load the checkpoint.
 *
 * ## Not so
 * ```moeplan
 * types { weights = fp8-block }
 * experts { count = 64, top-k = 6, ffn = 1408 }
 * parallel { tp = 2, etp = 2 }                     // 704 columns, 5.5 blocks
 * ```
 *
 * ## But so
 * ```moeplan
 * types { weights = fp8-block }
 * experts { count = 64, top-k = 6, ffn = 1408 }
 * parallel { tp = 2, ep = 2 }
 * ```
 *
 * ## How to fix it
 * Split less: `ep` instead of `etp`, a smaller `tp`, or another type for these weights.
 */
export const blockScaleWidth: Rule<PlanContext> = {
  name: 'block-scale-width',
  family: 'dimensions',
  severity: 'error',
  summary: 'A width on one GPU is no multiple of the 128 of a block scale.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees', 'heads')) {
      const { pool, source } = draftPool;
      const seen = new Set<string>();
      for (const { attention, feedForward } of classesOfPool(pool)) {
        const widths = [...attentionWidths(attention, pool.model), ...feedForwardWidths(feedForward, pool.model)];
        for (const { name, width, degree } of widths) {
          const value = pool.parallel[degree];
          // Another rule reports a width that the degree does not divide.
          if (value === 1 || width % value !== 0 || (width / value) % BLOCK === 0 || seen.has(name)) continue;
          seen.add(name);
          const choices = width % BLOCK === 0 ? commonDivisors([width / BLOCK], value) : [1];
          const written = degree === 'etp' && !stated(source.parallel, 'etp') ? 'tp' : degree;
          report({
            ...placeOfDegree(draftPool, written),
            message: `${name} = ${width} over ${degree} = ${value} leaves ${width / value} columns on a GPU, no multiple of the ${BLOCK} of fp8-block: use ${degree} = ${alternatives(choices)}`,
          });
        }
      }
    }
  },
};

interface Width {
  readonly name: string;
  readonly width: number;
  readonly degree: keyof Pick<Parallel, 'tp' | 'etp'>;
}

function attentionWidths(attention: Attention, { types }: Model): Width[] {
  if (types.attention !== 'fp8-block') return [];
  const scaled = shapeOf(attention)?.scaled;
  return scaled ? [{ ...scaled, degree: 'tp' }] : [];
}

function feedForwardWidths(feedForward: Parameters<typeof splitWidths>[0], { types }: Model): Width[] {
  return splitWidths(feedForward).filter(
    ({ degree }) => (degree === 'etp' ? types.experts : types.weights) === 'fp8-block',
  );
}
