import { usesLowLatency } from '../../../plan/deployment.ts';
import type { EngineRule } from '../../rule.ts';
import { lowLatencyMisfit } from '../kernels.ts';

/**
 * DeepEP's low-latency kernels are not made for the sizes of this model.
 *
 * They are compiled for hidden sizes of 2,048, 2,560, 3,072, 4,096, 5,120, 6,144, 7,168 and 8,192, and for at most 11 experts of a
 * token. Others end the server at its first step. vLLM pads a hidden size to the next larger one.
 *
 * ## Not so
 * ```moeplan
 * model m {
 *   hidden = 4608
 *   experts { count = 64, top-k = 16, ffn = 2048 }
 * }
 * engine { name = sglang, all-to-all = deepep-low-latency }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = sglang, all-to-all = deepep-normal }
 * ```
 *
 * ## How to fix it
 * Use `deepep-normal`, or leave `all-to-all` out. Holds for DeepEP 1.2 (csrc/kernels/launch.cuh, csrc/kernels/internode_ll.cu).
 */
export const deepEpShape: EngineRule = {
  name: 'deepep-shape',
  family: 'engine',
  severity: 'error',
  summary: "DeepEP's low-latency kernels are not made for this model.",
  check({ pool }) {
    const misfit = usesLowLatency(pool) ? lowLatencyMisfit(pool) : undefined;
    if (misfit === undefined) return undefined;
    return {
      at: ['engine.all-to-all'],
      message: `DeepEP's low-latency kernels (\`deepep_low_latency\`, \`--deepep-mode low_latency\`) do not take ${misfit}: use \`deepep-normal\`, or leave \`all-to-all\` out`,
      remedies: [
        [{ setting: 'engine.all-to-all', value: 'deepep-normal' }, { setting: 'engine.dispatch-tokens' }],
        [{ setting: 'engine.all-to-all' }, { setting: 'engine.dispatch-tokens' }],
      ],
    };
  },
};
