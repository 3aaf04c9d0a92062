import { type EngineDegrees, middleGetMore, PLACED, type SaidExperts, SLOWER, share } from '../degrees.ts';

/** Whether the plan says what `--enable-expert-parallel` does: experts are spread, not split. */
function isSpread({ etp, ep }: SaidExperts, gpus: number): boolean {
  return (ep ?? 1) > 1 || (ep === undefined && etp === 1 && gpus > 1);
}

/**
 * vLLM splits each expert over all GPUs of a stage, TP x PCP x DP of them, or spreads whole experts over the same GPUs with
 * `--enable-expert-parallel` (vLLM 0.22: `FusedMoEParallelConfig.make`). There is nothing in between.
 */
export const degrees: EngineDegrees = {
  experts(said, { gpus }) {
    const isOn = isSpread(said, gpus);
    const etp = said.etp ?? (isOn ? 1 : share(gpus, said.edp ?? 1));
    const ep = said.ep ?? (isOn ? share(gpus, said.edp ?? 1) : 1);
    return { etp, ep, edp: said.edp ?? share(gpus, etp * ep) };
  },
  because(degree, said, stage) {
    const { gpus } = stage;
    const { etp, ep } = degrees.experts(said, stage);
    const isOn = isSpread(said, gpus);
    switch (degree) {
      case 'etp':
        return isOn
          ? 'with expert parallelism vLLM keeps experts whole'
          : `without expert parallelism vLLM splits experts over all ${gpus} GPUs of a stage`;
      case 'ep':
        return isOn
          ? `vLLM spreads experts over all ${gpus} GPUs of a stage`
          : 'vLLM spreads experts only with `--enable-expert-parallel`';
      case 'edp':
        return `${gpus} GPUs of a stage / (etp ${etp} x ep ${ep})`;
    }
  },
  split: middleGetMore,
  canSpread: (ep, gpus) => ep === 1 || ep === gpus,
  unevenLayers: PLACED,
  // The first ranks get one more (0.10 and later: `determine_expert_map` in fused_moe/layer.py). EPLB refuses that.
  unevenExperts: SLOWER,
  hasRedundantExperts: true,
};
