import { isDeepEp } from '../../../plan/deployment.ts';
import { fitsLowLatency } from '../../deepep/kernels.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * vLLM overlaps the exchange of one half of a batch with the other half only where DeepEP exchanges tokens.
 *
 * `--enable-dbo` cuts a batch in two. It needs an exchange that runs beside computation: `--all2all-backend
 * deepep_low_latency` or `deepep_high_throughput`. With another one the engine stops at start.
 *
 * ## Not so
 * ```moeplan
 * engine { name = vllm, two-batch-overlap = true, all-to-all = gather }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = vllm, two-batch-overlap = true, all-to-all = deepep-low-latency }
 * ```
 *
 * ## How to fix it
 * Leave `two-batch-overlap` out, or use DeepEP. Holds for vLLM 0.11 to 0.24 (`VllmConfig.__post_init__` in config/vllm.py).
 */
export const vllmOverlapNeedsDeepEp: EngineRule = {
  name: 'vllm-overlap-needs-deepep',
  family: 'engine',
  severity: 'error',
  summary: 'vLLM overlaps two batches only with DeepEP.',
  check({ pool }) {
    const { twoBatchOverlap, allToAll } = pool.engine;
    if (!twoBatchOverlap || isDeepEp(allToAll)) return undefined;
    return {
      at: ['engine.two-batch-overlap'],
      message:
        `vLLM does not start with two-batch-overlap and all-to-all = ${allToAll}: \`--enable-dbo\` needs ` +
        '`--all2all-backend deepep_low_latency` or `deepep_high_throughput`; leave `two-batch-overlap` out, or use DeepEP',
      remedies: [
        [{ setting: 'engine.two-batch-overlap' }],
        ...(fitsLowLatency(pool) ? [[{ setting: 'engine.all-to-all', value: 'deepep-low-latency' } as const]] : []),
      ],
    };
  },
};
