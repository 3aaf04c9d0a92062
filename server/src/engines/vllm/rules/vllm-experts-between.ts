import type { EngineRule, Remedy } from '../../rule.ts';

const WITHOUT_OTHERS: Remedy = [{ setting: 'parallel.etp' }, { setting: 'parallel.edp' }];

/**
 * vLLM cannot spread experts over some GPUs of a stage and split or copy them over the others.
 *
 * Without `--enable-expert-parallel` every expert is split over all TP x PCP x DP GPUs of a stage (`etp`). With it whole
 * experts are spread over the same GPUs (`ep`). There is no flag for anything in between, nor for copies (`edp`).
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 8, ep = 2 }
 * engine { name = vllm }
 * ```
 *
 * ## But so
 * ```moeplan
 * parallel { tp = 8, ep = 8 }
 * engine { name = vllm }
 * ```
 *
 * ## How to fix it
 * Use `ep` for all GPUs of the stage, or leave it out. Holds for vLLM 0.22 (`FusedMoEParallelConfig.make`).
 */
export const vllmExpertsBetween: EngineRule = {
  name: 'vllm-experts-between',
  family: 'engine',
  severity: 'error',
  summary: 'vLLM spreads experts over all GPUs of a stage, or splits them over all.',
  check({ pool }) {
    const { etp, ep, edp } = pool.parallel;
    const gpus = pool.stages[0]?.gpus.length ?? 1;
    const hasExperts = pool.stages.some(({ experts }) => experts.size > 0);
    if (!hasExperts || gpus === 1 || ((etp === gpus || ep === gpus) && edp === 1)) return undefined;
    return {
      at: ['parallel.ep', 'parallel.edp', 'parallel.etp'],
      message:
        `vLLM cannot be started with etp ${etp} x ep ${ep} x edp ${edp}: \`--enable-expert-parallel\` spreads experts over all ` +
        `${gpus} GPUs of a stage, and without it each expert is split over all of them; use ep = ${gpus}, or leave it out`,
      remedies: [
        [{ setting: 'parallel.ep', value: String(gpus) }, ...WITHOUT_OTHERS],
        [{ setting: 'parallel.ep' }, ...WITHOUT_OTHERS],
      ],
    };
  },
};
