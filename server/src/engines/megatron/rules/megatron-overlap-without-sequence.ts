import type { EngineRule } from '../../rule.ts';

/**
 * Megatron runs the collectives of tensor parallelism beside products only where sequences are split too.
 *
 * `--tp-comm-overlap` without `--sequence-parallel`, which is switched off on one GPU, stops the training at start.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 4, tp-overlap = true, sequence-parallel = false }
 * engine { name = megatron }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 4, tp-overlap = true, sequence-parallel = true }
 * engine { name = megatron }
 * ```
 *
 * ## How to fix it
 * Write `sequence-parallel = true`, or leave `tp-overlap` out. Holds for Megatron-Core 0.6 to 0.20 (`validate_args` in
 * training/arguments.py).
 */
export const megatronOverlapWithoutSequence: EngineRule = {
  name: 'megatron-overlap-without-sequence',
  family: 'engine',
  severity: 'error',
  summary: 'Megatron overlaps tensor parallelism only with sequence parallelism.',
  check({ pool }) {
    const { tp, tpOverlap, sequenceParallel } = pool.parallel;
    const isSplit = sequenceParallel && tp > 1;
    if (!tpOverlap || isSplit) return undefined;
    return {
      at: ['parallel.tp-overlap'],
      message: `Megatron does not start with tp-overlap and ${tp > 1 ? 'sequences that are not split' : 'tp = 1'}: \`--tp-comm-overlap\` needs \`--sequence-parallel\`; leave \`tp-overlap\` out${tp > 1 ? ', or write `sequence-parallel = true`' : ''}`,
      remedies: [
        ...(tp > 1 ? [[{ setting: 'parallel.sequence-parallel', value: 'true' } as const]] : []),
        [{ setting: 'parallel.tp-overlap' }],
      ],
    };
  },
};
