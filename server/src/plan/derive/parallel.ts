import type { Workload } from '../deployment.ts';
import type { Derivations, Parallel, ParallelDegree } from '../parallel.ts';
import type { ParallelSpec } from '../spec.ts';

/**
 * Derives the degrees of parallelism that are left out, so that `tp x cp x dp = etp x ep x edp = stageGpus` wherever whole
 * numbers allow. Stated degrees stay as they are, even when they cannot hold: rules report that.
 * Experts with no degree stated follow attention (`etp = tp`, copies over dp), as in engines without expert parallelism.
 * With `ep` alone experts stay whole (`etp = 1`) and the remaining GPUs hold copies (`edp`), as in Megatron-Core's parallel
 * folding (arXiv:2504.14960, section 3).
 */
export function deriveParallel(spec: ParallelSpec, pp: number, stageGpus: number, workload: Workload): Parallel {
  const share = (divisor: number) => Math.max(1, Math.floor(stageGpus / divisor));

  const cp = spec.cp ?? 1;
  const tp = spec.tp ?? (spec.dp === undefined ? 1 : share(spec.dp * cp));
  const dp = spec.dp ?? share(tp * cp);
  const isSilent = areExpertsSilent(spec);
  const etp = spec.etp ?? (isSilent ? tp : spec.ep === undefined ? share(spec.edp ?? 1) : 1);
  const ep = spec.ep ?? (spec.etp !== undefined && spec.edp !== undefined ? share(spec.etp * spec.edp) : 1);
  const edp = spec.edp ?? share(etp * ep);
  const vpp = spec.vpp ?? 1;
  const training = workload.kind === 'training';
  const perRank = training ? Math.max(1, Math.floor(workload.globalBatch / (workload.microBatch * dp))) : 1;
  return {
    // What needs no default is as it is said.
    ...spec,
    tp,
    cp,
    dp,
    etp,
    ep,
    edp,
    pp,
    vpp,
    schedule: spec.schedule ?? (vpp > 1 ? 'interleaved' : '1f1b'),
    microBatches: spec.microBatches ?? perRank,
    sequenceParallel: spec.sequenceParallel ?? (training && tp > 1),
    zero: spec.zero ?? 0,
  };
}

/** Whether the text does not state how experts are split, spread and copied. */
function areExpertsSilent({ etp, ep, edp }: ParallelSpec): boolean {
  return etp === undefined && ep === undefined && edp === undefined;
}

/** Why each degree that the text leaves out has the value that `deriveParallel` gives it. */
export function derivationsOf(
  spec: ParallelSpec,
  { tp, cp, dp, etp, ep, pp }: Parallel,
  stageGpus: number,
  workload: Workload,
): Derivations {
  const isSilent = areExpertsSilent(spec);
  const reasons: Readonly<Record<ParallelDegree, string>> = {
    cp: 'sequences are not split unless `cp` says so',
    tp:
      spec.dp === undefined
        ? 'attention is not split unless `tp` says so'
        : `${stageGpus} GPUs of a stage / (dp ${spec.dp} x cp ${cp})`,
    dp: `${stageGpus} GPUs of a stage / (tp ${tp} x cp ${cp})`,
    etp: isSilent
      ? `follows tp = ${tp}`
      : spec.ep === undefined
        ? `${stageGpus} GPUs of a stage / edp ${spec.edp ?? 1}`
        : 'experts stay whole unless `etp` says so',
    ep:
      spec.etp !== undefined && spec.edp !== undefined
        ? `${stageGpus} GPUs of a stage / (etp ${spec.etp} x edp ${spec.edp})`
        : 'experts are not spread unless `ep` says so',
    edp: `${stageGpus} GPUs of a stage / (etp ${etp} x ep ${ep})`,
    pp: pp === 1 ? 'one stage' : `${pp} stages are written`,
    vpp: 'each GPU runs one chunk of layers',
    'micro-batches':
      workload.kind === 'training'
        ? `global-batch ${workload.globalBatch} / (micro-batch ${workload.microBatch} x dp ${dp})`
        : 'one batch flows through at a time',
  };
  const said: Readonly<Record<ParallelDegree, number | undefined>> = {
    cp: spec.cp,
    tp: spec.tp,
    dp: spec.dp,
    etp: spec.etp,
    ep: spec.ep,
    edp: spec.edp,
    pp: spec.pp,
    vpp: spec.vpp,
    'micro-batches': spec.microBatches,
  };
  const derived: Partial<Record<ParallelDegree, string>> = {};
  for (const degree of PARALLEL_DEGREES) if (said[degree] === undefined) derived[degree] = reasons[degree];
  return derived;
}

const PARALLEL_DEGREES: readonly ParallelDegree[] = [
  'cp',
  'tp',
  'dp',
  'etp',
  'ep',
  'edp',
  'pp',
  'vpp',
  'micro-batches',
];
