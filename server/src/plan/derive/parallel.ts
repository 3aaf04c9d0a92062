import type { Derivations, Parallel, ParallelDegree, Workload } from '../deployment.ts';
import type { ParallelSpec } from '../spec.ts';

export interface DerivedParallel {
  readonly parallel: Parallel;
  readonly derived: Derivations;
}

/**
 * Degrees of parallelism with what was left out derived, so that `tp x cp x dp = etp x ep x edp = stageGpus` wherever
 * whole numbers allow. What was stated is kept as stated, even when it cannot hold: rules say so.
 *
 * Experts with no degree stated follow attention (`etp = tp`, copies over dp), as engines do without expert
 * parallelism. With `ep` alone experts stay whole (`etp = 1`) and what is left over are copies (`edp`), the reading of
 * Megatron-Core's parallel folding (arXiv:2504.14960, section 3).
 */
export function deriveParallel(spec: ParallelSpec, pp: number, stageGpus: number, workload: Workload): DerivedParallel {
  const derived: Partial<Record<ParallelDegree, string>> = {};
  const fill = (name: ParallelDegree, said: number | undefined, value: number, why: string): number => {
    if (said !== undefined) return said;
    derived[name] = why;
    return value;
  };
  const share = (divisor: number) => Math.max(1, Math.floor(stageGpus / divisor));

  const cp = fill('cp', spec.cp, 1, 'sequences are not split unless `cp` says so');
  const statedDp = spec.dp;
  const tp = fill(
    'tp',
    spec.tp,
    statedDp === undefined ? 1 : share(statedDp * cp),
    statedDp === undefined
      ? 'attention is not split unless `tp` says so'
      : `${stageGpus} GPUs of a stage / (dp ${statedDp} x cp ${cp})`,
  );
  const dp = fill('dp', spec.dp, share(tp * cp), `${stageGpus} GPUs of a stage / (tp ${tp} x cp ${cp})`);

  const written = { etp: spec.etp, ep: spec.ep, edp: spec.edp };
  const silent = written.etp === undefined && written.ep === undefined && written.edp === undefined;
  const etp = fill(
    'etp',
    spec.etp,
    silent ? tp : written.ep === undefined ? share(written.edp ?? 1) : 1,
    silent
      ? `follows tp = ${tp}`
      : written.ep === undefined
        ? `${stageGpus} GPUs of a stage / edp ${written.edp ?? 1}`
        : 'experts stay whole unless `etp` says so',
  );
  const ep = fill(
    'ep',
    spec.ep,
    written.etp !== undefined && written.edp !== undefined ? share(written.etp * written.edp) : 1,
    written.etp !== undefined && written.edp !== undefined
      ? `${stageGpus} GPUs of a stage / (etp ${written.etp} x edp ${written.edp})`
      : 'experts are not spread unless `ep` says so',
  );
  const edp = fill('edp', spec.edp, share(etp * ep), `${stageGpus} GPUs of a stage / (etp ${etp} x ep ${ep})`);

  if (spec.pp === undefined) derived.pp = pp === 1 ? 'one stage' : `${pp} stages are written`;
  const vpp = fill('vpp', spec.vpp, 1, 'each GPU runs one chunk of layers');
  const training = workload.kind === 'training';
  const microBatches = fill(
    'micro-batches',
    spec.microBatches,
    training ? Math.max(1, Math.floor(workload.globalBatch / (workload.microBatch * dp))) : 1,
    training
      ? `global-batch ${workload.globalBatch} / (micro-batch ${workload.microBatch} x dp ${dp})`
      : 'one batch flows through at a time',
  );
  const { zero = 0, shards } = spec;
  return {
    parallel: {
      tp,
      cp,
      dp,
      etp,
      ep,
      edp,
      pp,
      vpp,
      schedule: spec.schedule ?? (vpp > 1 ? 'interleaved' : '1f1b'),
      microBatches,
      sequenceParallel: spec.sequenceParallel ?? (training && tp > 1),
      zero,
      recompute: spec.recompute,
      ...(shards !== undefined && { shards }),
      ...(spec.tpOverlap === true && { tpOverlap: true }),
      ...(spec.dpOverlap === false && { dpOverlap: false }),
    },
    derived,
  };
}
