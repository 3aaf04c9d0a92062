import {
  canSpreadOverDivisors,
  type EngineDegrees,
  firstGetMore,
  type SaidExperts,
  type StageDegrees,
  share,
} from '../degrees.ts';

/**
 * Megatron-Core derives the copies of experts from the other degrees. `etpByDefault` is `expert_tensor_parallel_size` when
 * it is left out.
 */
function megatronDegrees(etpByDefault: (ep: number, tp: number) => number, why: string): EngineDegrees {
  const experts = (said: SaidExperts, { tp, gpus }: StageDegrees) => {
    const { etp: split, edp: copies } = said;
    const ep = said.ep ?? (split !== undefined && copies !== undefined ? share(gpus, split * copies) : 1);
    const etp = split ?? etpByDefault(ep, tp);
    return { etp, ep, edp: copies ?? share(gpus, etp * ep) };
  };
  return {
    experts,
    because(degree, said, stage) {
      const { etp, ep } = experts(said, stage);
      switch (degree) {
        case 'etp':
          return why;
        case 'ep':
          return said.etp !== undefined && said.edp !== undefined
            ? `${stage.gpus} GPUs of a stage / (etp ${said.etp} x edp ${said.edp})`
            : 'experts are not spread unless `ep` says so';
        case 'edp':
          return `${stage.gpus} GPUs of a stage / (etp ${etp} x ep ${ep})`;
      }
    },
    split: firstGetMore,
    canSpread: canSpreadOverDivisors,
    // Core 0.20: `get_num_layers_to_build` in transformer_block.py.
    unevenLayers: {
      kind: 'refused',
      because:
        'Megatron asserts that `--pipeline-model-parallel-size` divides `--num-layers`, unless ' +
        '`--pipeline-model-parallel-layout` or the layers of the first and last stage are given',
    },
    // Core 0.20: `BaseMoELayer.__init__` in transformer/moe/moe_layer.py.
    unevenExperts: {
      kind: 'refused',
      because: 'Megatron asserts that `--expert-model-parallel-size` divides `--num-experts`',
    },
    hasRedundantExperts: false,
  };
}

/** Megatron-LM: `expert_tensor_parallel_size` is `tensor_model_parallel_size` (core 0.20: arguments.py, `validate_args`). */
export const megatronLmDegrees = megatronDegrees(
  (_, tp) => tp,
  'Megatron-LM splits experts like attention: `etp` follows `tp`',
);

/** Megatron-Bridge: 1 once experts are spread (0.7: transformer_config.py). */
export const megatronBridgeDegrees = megatronDegrees(
  (ep, tp) => (ep > 1 ? 1 : tp),
  'Megatron-Bridge keeps experts whole once they are spread, and splits them like attention otherwise',
);
