import type { Entity } from '../language/entity.ts';
import type { Derivations, Parallel, Recompute, Schedule, Workload } from './deployment.ts';
import { flagOf, numberOf, wordOf, wordsOf } from './values.ts';

const SCHEDULES: readonly Schedule[] = ['1f1b', 'interleaved', 'zero-bubble', 'dualpipe'];
const RECOMPUTE: readonly Recompute[] = ['selective', 'full', 'attention', 'norm', 'mla-up', 'experts', 'activation'];

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
export function resolveParallel(
  block: Entity | undefined,
  pp: number,
  stageGpus: number,
  workload: Workload,
): DerivedParallel {
  const derived: Record<string, string> = {};
  const stated = (name: string) => numberOf(block, name);
  const fill = (name: keyof Derivations, value: number, why: string): number => {
    const written = stated(name);
    if (written !== undefined) return written;
    derived[name] = why;
    return value;
  };
  const share = (divisor: number) => Math.max(1, Math.floor(stageGpus / divisor));

  const cp = fill('cp', 1, 'sequences are not split unless `cp` says so');
  const statedDp = stated('dp');
  const tp = fill(
    'tp',
    statedDp === undefined ? 1 : share(statedDp * cp),
    statedDp === undefined
      ? 'attention is not split unless `tp` says so'
      : `${stageGpus} GPUs of a stage / (dp ${statedDp} x cp ${cp})`,
  );
  const dp = fill('dp', share(tp * cp), `${stageGpus} GPUs of a stage / (tp ${tp} x cp ${cp})`);

  const written = { etp: stated('etp'), ep: stated('ep'), edp: stated('edp') };
  const silent = written.etp === undefined && written.ep === undefined && written.edp === undefined;
  const etp = fill(
    'etp',
    silent ? tp : written.ep === undefined ? share(written.edp ?? 1) : 1,
    silent
      ? `follows tp = ${tp}`
      : written.ep === undefined
        ? `${stageGpus} GPUs of a stage / edp ${written.edp ?? 1}`
        : 'experts stay whole unless `etp` says so',
  );
  const ep = fill(
    'ep',
    written.etp !== undefined && written.edp !== undefined ? share(written.etp * written.edp) : 1,
    written.etp !== undefined && written.edp !== undefined
      ? `${stageGpus} GPUs of a stage / (etp ${written.etp} x edp ${written.edp})`
      : 'experts are not spread unless `ep` says so',
  );
  const edp = fill('edp', share(etp * ep), `${stageGpus} GPUs of a stage / (etp ${etp} x ep ${ep})`);

  if (stated('pp') === undefined) derived.pp = pp === 1 ? 'one stage' : `${pp} stages are written`;
  const vpp = fill('vpp', 1, 'each GPU runs one chunk of layers');
  const training = workload.kind === 'training';
  const microBatches = fill(
    'micro-batches',
    training ? Math.max(1, Math.floor(workload.globalBatch / (workload.microBatch * dp))) : 1,
    training
      ? `global-batch ${workload.globalBatch} / (micro-batch ${workload.microBatch} x dp ${dp})`
      : 'one batch flows through at a time',
  );
  const schedule = SCHEDULES.find((name) => name === wordOf(block, 'schedule')) ?? (vpp > 1 ? 'interleaved' : '1f1b');
  const zero = stated('zero');
  const shards = stated('shards');
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
      schedule,
      microBatches,
      sequenceParallel: flagOf(block, 'sequence-parallel') ?? (training && tp > 1),
      zero: zero === 1 || zero === 2 || zero === 3 ? zero : 0,
      recompute: wordsOf(block?.properties.get('recompute')).flatMap(
        (word) => RECOMPUTE.find((name) => name === word) ?? [],
      ),
      ...(shards !== undefined && { shards }),
      ...(flagOf(block, 'tp-overlap') === true && { tpOverlap: true }),
      ...(flagOf(block, 'dp-overlap') === false && { dpOverlap: false }),
    },
    derived,
  };
}
