import { canSpreadOverDivisors, type EngineDegrees, firstGetMore, PLACED, share } from '../degrees.ts';

/**
 * TensorRT-LLM divides the ranks of a stage into `moe_tensor_parallel_size x moe_expert_parallel_size`. When neither is
 * given experts are split over all of them, and when one is given the other follows (TensorRT-LLM 1.2: `Mapping.__init__`).
 */
export const degrees: EngineDegrees = {
  experts(said, { gpus }) {
    const ep = said.ep ?? (said.etp === undefined ? 1 : share(gpus, said.etp * (said.edp ?? 1)));
    const etp = said.etp ?? share(gpus, ep * (said.edp ?? 1));
    return { etp, ep, edp: said.edp ?? share(gpus, etp * ep) };
  },
  because(degree, said, stage) {
    const { gpus } = stage;
    const { etp, ep } = degrees.experts(said, stage);
    switch (degree) {
      case 'etp':
        return `TensorRT-LLM splits experts over ${gpus} GPUs of a stage / ep ${ep}`;
      case 'ep':
        return said.etp === undefined
          ? 'TensorRT-LLM spreads experts only with `moe_expert_parallel_size`'
          : `${gpus} GPUs of a stage / etp ${etp}`;
      case 'edp':
        return `${gpus} GPUs of a stage / (etp ${etp} x ep ${ep})`;
    }
  },
  split: firstGetMore,
  canSpread: canSpreadOverDivisors,
  unevenLayers: PLACED,
  // `MoE._init_load_balancer` in _torch/modules/fused_moe/interface.py, `MoeLoadBalancerConfig.setup`.
  unevenExperts: {
    kind: 'refused',
    because: 'TensorRT-LLM asserts that `moe_expert_parallel_size` divides the experts, or `num_slots`',
  },
  hasRedundantExperts: true,
};
