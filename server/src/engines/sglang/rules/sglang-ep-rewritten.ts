import { isDeepEp } from '../../../plan/deployment.ts';
import { gpusOfStage, hasExperts, spreadOverStage } from '../../experts.ts';
import type { EngineRule } from '../../rule.ts';

/**
 * SGLang spreads experts over all GPUs of a stage when DeepEP exchanges tokens, whatever the plan says.
 *
 * `--moe-a2a-backend deepep` sets `--ep-size` to `--tp-size`, which counts all GPUs of a stage. The engine says so in its log and
 * goes on: experts lie elsewhere than in the plan.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 8, ep = 4 }
 * engine { name = sglang, all-to-all = deepep }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 8, ep = 8 }
 * engine { name = sglang, all-to-all = deepep }
 * ```
 *
 * ## How to fix it
 * Use an `ep` of all GPUs of the stage, or leave `all-to-all` out. Holds for SGLang 0.5 (`ServerArgs._handle_a2a_moe`).
 */
export const sglangEpRewritten: EngineRule = {
  name: 'sglang-ep-rewritten',
  family: 'engine',
  severity: 'warning',
  summary: 'SGLang spreads experts over all GPUs of a stage with DeepEP.',
  check(ruled) {
    const { pool } = ruled;
    const { ep, etp } = pool.parallel;
    if (!isDeepEp(pool.engine.allToAll) || etp === 1 || !hasExperts(pool)) return undefined;
    const gpus = gpusOfStage(pool);
    const spread = spreadOverStage(ruled);
    return {
      at: ['parallel.ep', 'parallel.etp', 'engine.all-to-all'],
      message: `SGLang runs ep = ${gpus} and not ${ep}: \`--moe-a2a-backend deepep\` sets \`--ep-size\` to all GPUs of a stage; use ep = ${gpus}, or leave \`all-to-all\` out`,
      remedies: [
        ...(spread ? [spread] : []),
        [{ setting: 'engine.all-to-all' }, { setting: 'engine.dispatch-tokens' }],
      ],
    };
  },
};
