import { EP_ALONE, gpusOfStage, hasExperts } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * TensorRT-LLM has no copies of all experts in one stage.
 *
 * `moe_tensor_parallel_size` times `moe_expert_parallel_size` must be all GPUs of a stage, so `edp` is 1.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 8, ep = 4, edp = 2 }
 * engine { name = trt-llm }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 8, ep = 4 }
 * engine { name = trt-llm }
 * ```
 *
 * ## How to fix it
 * Leave `edp` out: experts are then split over the GPUs that `ep` leaves. Holds for TensorRT-LLM 1.0 to 1.3 (`Mapping.__init__`).
 */
export const trtLlmExpertCopies: EngineRule = {
  name: 'trt-llm-expert-copies',
  family: 'engine',
  severity: 'error',
  summary: 'TensorRT-LLM has no copies of all experts.',
  check({ pool }) {
    const { etp, ep, edp } = pool.parallel;
    if (edp === 1 || !hasExperts(pool)) return undefined;
    return {
      at: ['parallel.edp', 'parallel.etp', 'parallel.ep'],
      message:
        `TensorRT-LLM does not start with etp ${etp} x ep ${ep} x edp ${edp}: \`moe_tensor_parallel_size\` x ` +
        `\`moe_expert_parallel_size\` must be the ${gpusOfStage(pool)} GPUs of a stage; leave \`edp\` out`,
      remedies: [EP_ALONE],
    };
  },
};
