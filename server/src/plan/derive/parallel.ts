import { type EngineDegrees, type ExpertDegrees, type SaidExperts, share } from '../../engines/degrees.ts';
import { engineProfile } from '../../engines/index.ts';
import { DEFAULT_ENGINE } from '../../language/vocabulary/engine.ts';
import { isDeepEp, type Workload } from '../deployment.ts';
import type { Derivations, Parallel, ParallelDegree } from '../parallel.ts';
import { partsIn } from '../pipelineLayout.ts';
import type { EngineSpec, ParallelSpec, PoolSpec } from '../spec.ts';

/** What the degrees of a pool follow from, beside those that it states. */
export interface ParallelPlace {
  readonly pp: number;
  /** GPUs of one stage. */
  readonly gpus: number;
  readonly workload: Workload;
  readonly engine: EngineSpec;
}

/** Stages as stated: by `pp`, by their blocks, or by the parts of a layout. */
export function pipelineStages({ parallel, stages }: Pick<PoolSpec, 'parallel' | 'stages'>): number {
  const { pp, vpp = 1, layout } = parallel;
  if (pp !== undefined) return pp;
  const parts = (stages.length === 0 && layout !== undefined && partsIn(layout)) || 0;
  return Math.max(1, stages.length, Math.floor(parts / vpp));
}

/** Chunks of each stage, of which a layout has a part each. */
function chunksPerStage({ vpp, layout }: ParallelSpec, pp: number): number {
  if (vpp !== undefined || layout === undefined) return vpp ?? 1;
  return Math.max(1, Math.floor((partsIn(layout) ?? 1) / pp));
}

/**
 * Derives the degrees of parallelism that are left out, so that `tp x cp x dp = etp x ep x edp = gpus` wherever whole
 * numbers allow. Stated degrees stay as they are, even when they cannot hold: rules report that. What the experts do when
 * their degrees are left out is the engine's.
 */
export function deriveParallel(spec: ParallelSpec, { pp, gpus, workload, engine }: ParallelPlace): Parallel {
  const cp = spec.cp ?? 1;
  const tp = spec.tp ?? (spec.dp === undefined ? 1 : share(gpus, spec.dp * cp));
  const dp = spec.dp ?? share(gpus, tp * cp);
  const { etp, ep, edp } = degreesOf(engine).experts(saidExperts(spec, engine), { tp, cp, dp, gpus });
  const vpp = chunksPerStage(spec, pp);
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

function degreesOf({ name = DEFAULT_ENGINE }: EngineSpec): EngineDegrees {
  return engineProfile(name).degrees;
}

function saidExperts({ etp, ep, edp }: ParallelSpec, { allToAll }: EngineSpec): SaidExperts {
  return { etp, ep, edp, isDeepEp: allToAll !== undefined && isDeepEp(allToAll) };
}

/** Why each degree that the text leaves out has the value that `deriveParallel` gives it. */
export function derivationsOf(
  spec: ParallelSpec,
  { tp, cp, dp, pp, vpp }: Parallel,
  { gpus: stageGpus, workload, engine }: ParallelPlace,
): Derivations {
  const because = (degree: keyof ExpertDegrees) =>
    degreesOf(engine).because(degree, saidExperts(spec, engine), { tp, cp, dp, gpus: stageGpus });
  const reasons: Readonly<Record<ParallelDegree, string>> = {
    cp: 'sequences are not split unless `cp` says so',
    tp:
      spec.dp === undefined
        ? 'attention is not split unless `tp` says so'
        : `${stageGpus} GPUs of a stage / (dp ${spec.dp} x cp ${cp})`,
    dp: `${stageGpus} GPUs of a stage / (tp ${tp} x cp ${cp})`,
    etp: because('etp'),
    ep: because('ep'),
    edp: because('edp'),
    pp: pp === 1 ? 'one stage' : spec.layout === undefined ? `${pp} stages are written` : 'parts of `layout` / vpp',
    vpp: vpp === 1 ? 'each GPU runs one chunk of layers' : `parts of \`layout\` / pp ${pp}`,
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
