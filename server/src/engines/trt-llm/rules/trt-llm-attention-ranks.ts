import { keepsKvHeads, shapeOf } from '../../../plan/attention.ts';
import { gpusOfStage } from '../../experts.ts';
import type { EngineRule, RuledPool } from '../../rule.ts';

/**
 * TensorRT-LLM runs attention data parallel on all GPUs of a stage, or on none of them.
 *
 * `enable_attention_dp` makes every GPU an attention rank of its own (`tp = 1`). Without it there is one rank (`dp = 1`). Groups in
 * between do not exist.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 2, dp = 4, ep = 8 }
 * engine { name = trt-llm }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { dp = 8, ep = 8 }
 * engine { name = trt-llm }
 * ```
 *
 * ## How to fix it
 * Use `dp` for all GPUs of a stage or `tp` for all of them. Instances beside each other are `replicas` of a pool. Holds for
 * TensorRT-LLM 1.0 to 1.3 (`Mapping` with `enable_attention_dp`).
 */
export const trtLlmAttentionRanks: EngineRule = {
  name: 'trt-llm-attention-ranks',
  family: 'engine',
  severity: 'error',
  summary: 'TensorRT-LLM has attention data parallelism on all GPUs of a stage, or on none.',
  check({ pool }) {
    const { tp, cp, dp } = pool.parallel;
    const gpus = gpusOfStage(pool);
    if (dp === 1 || dp === gpus) return undefined;
    return {
      at: ['parallel.tp', 'parallel.dp', 'parallel.cp'],
      message:
        `TensorRT-LLM cannot be started with tp ${tp} x cp ${cp} x dp ${dp} on ${gpus} GPUs of a stage: \`enable_attention_dp\` ` +
        `makes each of them a rank; use dp = ${gpus}, or tp = ${gpus}`,
      remedies: [
        [{ setting: 'parallel.dp', value: String(gpus) }, { setting: 'parallel.tp' }, { setting: 'parallel.cp' }],
        ...(splitsHeads(pool, gpus)
          ? [
              [
                { setting: 'parallel.tp', value: String(gpus) },
                { setting: 'parallel.dp' },
                { setting: 'parallel.cp' },
              ] as const,
            ]
          : []),
      ],
    };
  },
};

function splitsHeads({ model }: RuledPool['pool'], tp: number): boolean {
  return model.classes.every(({ attention }) => {
    const shape = shapeOf(attention);
    return !shape?.isSplitByHeads || (shape.heads % tp === 0 && keepsKvHeads(shape, tp));
  });
}
