import type { Rule } from '../../language/diagnostic.ts';
import { type Attention, shapeOf } from '../attention.ts';
import type { Model, NumberType } from '../model.ts';
import type { Parallel } from '../parallel.ts';
import { alternatives } from '../wording.ts';
import type { PlanContext } from './context.ts';
import { changeNumber, classesOfPool, commonDivisors, degreeToWrite, placeOfDegree, stated } from './context.ts';
import { poolsWith } from './facts.ts';
import { splitWidths } from './ffn-not-divisible.ts';

/**
 * Elements of a row that share one scale: blocks of 128 x 128 of `fp8-block`, groups of 32 of `int4`. The other types pack scales
 * of fewer elements, or engines pad what they store.
 */
const SCALED: Readonly<Partial<Record<NumberType, number>>> = { 'fp8-block': 128, int4: 32 };

/**
 * A weight is split through the middle of what shares a scale.
 *
 * `fp8-block` stores one scale for each block of 128 x 128 elements, `int4` one for each group of 32. Where a GPU's part of a
 * width is no multiple of that, a block lies on two GPUs, and engines refuse to load the checkpoint. The inner width of experts
 * and dense layers must be a multiple even where nothing splits it, because gate and up are stored as one matrix (vLLM 0.24:
 * `Fp8MoEMethod.create_weights`, `validate_fp8_block_shape`; SGLang 0.5 has the same checks).
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
  summary: 'A width on one GPU is no multiple of what shares a scale.',
  check(context, report) {
    for (const draftPool of poolsWith(context, 'degrees', 'heads')) {
      const { pool, source } = draftPool;
      const gpus = pool.stages[0]?.gpus.length ?? 1;
      const seen = new Set<string>();
      for (const { attention, feedForward } of classesOfPool(pool)) {
        const widths = [...attentionWidths(attention, pool.model), ...feedForwardWidths(feedForward, pool.model)];
        for (const { name, width, degree, type, isMerged } of widths) {
          const value = pool.parallel[degree];
          const size = SCALED[type] ?? 1;
          // Another rule reports a width that the degree does not divide.
          if (width % value !== 0 || (width / value) % size === 0 || seen.has(name)) continue;
          if (value === 1 && !isMerged) continue;
          seen.add(name);
          const written = degree === 'etp' && !stated(source.parallel, 'etp') ? 'tp' : degree;
          report({
            ...placeOfDegree(draftPool, written),
            message:
              width % size === 0
                ? `${name} = ${width} over ${degree} = ${value} leaves ${width / value} columns on a GPU, no multiple of the ${size} of ${type}: use ${degree} = ${alternatives(commonDivisors([width / size, gpus], value))}`
                : `${name} = ${width} is no multiple of the ${size} of ${type}: use another type for these weights`,
            fixes: changeNumber(
              source.parallel?.properties.get(written),
              width % size === 0
                ? degreeToWrite(draftPool, written, commonDivisors([width / size, gpus], value))
                : undefined,
            ),
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
  readonly type: NumberType;
  /** Whether it is stored beside another in one matrix, in which each must end with a scale. */
  readonly isMerged: boolean;
}

function attentionWidths(attention: Attention, { types }: Model): Width[] {
  const scaled = shapeOf(attention)?.scaled;
  return scaled ? [{ ...scaled, degree: 'tp', type: types.attention, isMerged: false }] : [];
}

function feedForwardWidths(feedForward: Parameters<typeof splitWidths>[0], { types }: Model): Width[] {
  const isMerged = feedForward.kind !== 'none' && feedForward.gated;
  return splitWidths(feedForward).map(({ name, width, degree }) => ({
    name,
    width,
    degree,
    type: degree === 'etp' ? types.experts : types.weights,
    isMerged,
  }));
}
