import { fitsLowLatency } from '../../deepep/kernels.ts';
import { hasExperts } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * vLLM switches captured graphs off with DeepEP's high-throughput kernels.
 *
 * Those kernels do not know beforehand how many tokens arrive, so `--all2all-backend deepep_high_throughput` with more than one
 * data parallel rank sets `cudagraph_mode` to NONE. Figures with graphs would be too good.
 *
 * ## Not so
 * ```moeplan
 * engine { name = vllm, all-to-all = deepep-normal }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = vllm, all-to-all = deepep-normal, graphs = false }
 * ```
 *
 * ## How to fix it
 * Write `graphs = false`, or use `deepep-low-latency` where tokens are generated. Holds for vLLM 0.10 to 0.24
 * (`CompilationConfig.set_splitting_ops_for_v1`).
 */
export const vllmGraphsOff: EngineRule = {
  name: 'vllm-graphs-off',
  family: 'engine',
  severity: 'warning',
  summary: 'vLLM switches graphs off with the high-throughput kernels of DeepEP.',
  check({ pool }) {
    const { allToAll, graphs } = pool.engine;
    if (allToAll !== 'deepep-normal' || !graphs || pool.parallel.dp === 1) return undefined;
    if (pool.role === 'prefill' || !hasExperts(pool)) return undefined;
    return {
      at: ['engine.graphs', 'engine.all-to-all'],
      message:
        'vLLM switches graphs off with `--all2all-backend deepep_high_throughput`: write `graphs = false`, or use ' +
        '`all-to-all = deepep-low-latency`',
      remedies: [
        [{ setting: 'engine.graphs', value: 'false' }],
        ...(fitsLowLatency(pool) ? [[{ setting: 'engine.all-to-all', value: 'deepep-low-latency' } as const]] : []),
      ],
    };
  },
};
