import { canSpreadOverDivisors, type EngineDegrees, lastGetMore, PLACED, type SaidExperts, share } from '../degrees.ts';

/**
 * SGLang divides the ranks of a stage (`tp_size`, in which attention's data parallel ranks are counted) into `ep_size x
 * moe_dp_size` groups and splits each expert over the GPUs of one. DeepEP sets `ep_size = tp_size` (SGLang 0.5:
 * `initialize_model_parallel`, `ServerArgs._handle_a2a_moe`).
 */
export const degrees: EngineDegrees = {
  experts(said, { gpus }) {
    const ep = said.ep ?? spread(said, gpus);
    const etp = said.etp ?? share(gpus, ep * (said.edp ?? 1));
    return { etp, ep, edp: said.edp ?? share(gpus, etp * ep) };
  },
  because(degree, said, stage) {
    const { gpus } = stage;
    const { etp, ep, edp } = degrees.experts(said, stage);
    switch (degree) {
      case 'etp':
        return `SGLang splits experts over ${gpus} GPUs of a stage / (ep ${ep} x edp ${edp})`;
      case 'ep':
        if (said.etp !== undefined) return `${gpus} GPUs of a stage / (etp ${etp} x edp ${edp})`;
        return said.isDeepEp
          ? `with DeepEP SGLang spreads experts over all ${gpus} GPUs of a stage`
          : 'SGLang spreads experts only with `--ep-size`';
      case 'edp':
        return `${gpus} GPUs of a stage / (etp ${etp} x ep ${ep})`;
    }
  },
  split: lastGetMore,
  canSpread: (ep, gpus, { isDeepEp }) => (isDeepEp ? ep === gpus : canSpreadOverDivisors(ep, gpus)),
  unevenLayers: PLACED,
  // `ExpertLocationMetadata._init_common` in srt/eplb/expert_location.py.
  unevenExperts: {
    kind: 'refused',
    because: 'SGLang asserts that `--ep-size` divides experts and `--ep-num-redundant-experts` together',
  },
  hasRedundantExperts: true,
};

function spread({ etp, edp, isDeepEp }: SaidExperts, gpus: number): number {
  if (etp !== undefined) return share(gpus, etp * (edp ?? 1));
  return isDeepEp ? share(gpus, edp ?? 1) : 1;
}
