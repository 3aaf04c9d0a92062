import { isDeepEp } from '../../../plan/deployment.ts';
import { fitsLowLatency } from '../../deepep/kernels.ts';
import { gpusOfStage } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * SGLang overlaps two halves of a batch only where ranks have an exchange to hide.
 *
 * `--enable-two-batch-overlap` needs a `--moe-a2a-backend`, and in the newest releases `--enable-dp-attention` is enough. Without either
 * the engine stops at start.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 8 }
 * engine { name = sglang, two-batch-overlap = true }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 8, ep = 8 }
 * engine { name = sglang, two-batch-overlap = true, all-to-all = deepep }
 * ```
 *
 * ## How to fix it
 * Leave `two-batch-overlap` out, or use DeepEP. Holds for SGLang 0.5 (`ServerArgs.check_server_args`).
 */
export const sglangOverlapNeedsExchange: EngineRule = {
  name: 'sglang-overlap-needs-exchange',
  family: 'engine',
  severity: 'error',
  summary: 'SGLang overlaps two batches only where ranks exchange tokens.',
  check({ pool }) {
    const { twoBatchOverlap, allToAll } = pool.engine;
    const { dp, ep } = pool.parallel;
    if (!twoBatchOverlap || isDeepEp(allToAll) || dp > 1) return undefined;
    const isSpread = ep > 1 && ep === gpusOfStage(pool) && fitsLowLatency(pool);
    return {
      at: ['engine.two-batch-overlap'],
      message:
        'SGLang does not start with two-batch-overlap where ranks exchange nothing: `--enable-two-batch-overlap` needs ' +
        '`--moe-a2a-backend deepep` or `--enable-dp-attention`; leave it out, or use `all-to-all = deepep`',
      remedies: [
        [{ setting: 'engine.two-batch-overlap' }],
        ...(isSpread ? [[{ setting: 'engine.all-to-all', value: 'deepep' } as const]] : []),
      ],
    };
  },
};
