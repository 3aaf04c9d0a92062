import { EP_ALONE, hasExperts } from '../../experts.ts';
import type { EngineRule, RuledPool } from '../../rule.ts';

/**
 * SGLang holds copies of all experts (`edp`) only in one stage and with whole experts.
 *
 * `--moe-dp-size` above 1 needs `--pp-size 1`, an `--ep-size` that takes all other GPUs of the stage, and an `--attn-cp-size` of
 * the same number. Otherwise the engine stops at start.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 4, pp = 2, ep = 2, edp = 2 }
 * engine { name = sglang }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 4, pp = 2, ep = 4 }
 * engine { name = sglang }
 * ```
 *
 * ## How to fix it
 * Leave `edp` out. Holds for SGLang 0.5.10 and later (`_handle_context_parallelism` in srt/arg_groups).
 */
export const sglangExpertCopies: EngineRule = {
  name: 'sglang-expert-copies',
  family: 'engine',
  severity: 'error',
  summary: 'SGLang has copies of experts only in one stage, with whole experts.',
  check({ pool }) {
    const refusal = hasExperts(pool) ? refusalOf(pool) : undefined;
    if (refusal === undefined) return undefined;
    return {
      at: ['parallel.edp', 'parallel.ep', 'parallel.etp'],
      message: `SGLang does not start with edp = ${pool.parallel.edp}: \`--moe-dp-size\` above 1 needs ${refusal}; leave \`edp\` out`,
      remedies: [EP_ALONE],
    };
  },
};

/** What copies of experts need and the plan does not have. */
function refusalOf({ parallel }: RuledPool['pool']): string | undefined {
  const { edp, etp, ep, pp, cp } = parallel;
  if (edp === 1) return undefined;
  if (pp > 1) return '`--pp-size 1`';
  if (ep > 1 && etp > 1) return 'whole experts, `--ep-size` times `--moe-dp-size` of all GPUs of the stage';
  return cp === edp ? undefined : '`--attn-cp-size` of the same number';
}
