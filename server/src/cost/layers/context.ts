import type { Cluster } from '../../plan/cluster.ts';
import type { Engine, Pool, Stage } from '../../plan/deployment.ts';
import type { Model } from '../../plan/model.ts';
import { BYTES_PER_ELEMENT } from '../../plan/model.ts';
import type { Parallel } from '../../plan/parallel.ts';
import type { Spread, StagePlaces } from '../collectives/spread.ts';
import { areAlike, placesOf, spreadOf } from '../collectives/spread.ts';
import type { Hardware } from '../hardware.ts';
import { hardwareOf } from '../hardware.ts';
import { type Cost, constantsOfAll } from '../kernels/primitive.ts';
import type { Axis, Operation, OperationGroup, OperationKind, Phase, Shape } from '../operation.ts';
import { capturedHardware } from './products.ts';

/** The links of one stage by kind of group. */
export interface StageLinks {
  readonly tp: Spread;
  readonly cp: Spread;
  readonly dp: Spread;
  readonly etp: Spread;
  /** The whole expert group, etp x ep. */
  readonly experts: Spread;
  readonly edp: Spread;
}

/** A stage with everything that its layers need to know about its machines. It does not depend on the workload. */
export interface StageSetting {
  readonly pool: Pool;
  readonly stage: Stage;
  readonly model: Model;
  readonly parallel: Parallel;
  readonly engine: Engine;
  readonly hardware: Hardware;
  /** The hardware with the part of start-ups that remains when kernels are replayed from a captured graph. */
  readonly captured: Hardware;
  readonly links: StageLinks;
  readonly places: StagePlaces;
}

/** What one micro-batch asks of an attention data-parallel rank. */
export interface Work {
  readonly phase: Phase;
  readonly sequences: number;
  /** New tokens per sequence, before context parallelism splits them. */
  readonly length: number;
  /** Tokens of each sequence already in the cache. */
  readonly prefix: number;
}

/** A stage and the work that runs through it. Sizes per GPU. */
export interface LayerContext extends StageSetting {
  readonly work: Work;
  /** Whether kernels are replayed from a captured graph. Most of a start-up then runs during the kernel before. */
  readonly isCaptured: boolean;
  /** Tokens per sequence on one GPU: the context-parallel share. */
  readonly seq: number;
  /** Tokens per sequence on one GPU where norms and residuals are split over tp. */
  readonly residualSeq: number;
  /** Tokens of one attention rank: sequences x seq. */
  readonly tokens: number;
  readonly residualTokens: number;
  readonly activationBytes: number;
}

/**
 * `before` is a setting of the same pool. A stage whose GPUs lie like those of `before` gets the same machine and link
 * objects.
 */
export function stageSetting(cluster: Cluster, pool: Pool, stage: Stage, before?: StageSetting): StageSetting {
  const { parallel, engine, model } = pool;
  const places = placesOf(cluster, stage.gpus);
  if (before && areAlike(before.places, places)) return { ...before, stage, places };
  const { tp, cp, dp, etp, ep, edp } = parallel;
  const tpLinks = spreadOf(places, tp, 1);
  const links: StageLinks = {
    tp: tpLinks,
    cp: spreadOf(places, cp, tp),
    dp: spreadOf(places, dp, tp * cp),
    etp: spreadOf(places, etp, 1),
    experts: etp * ep === tp ? tpLinks : spreadOf(places, etp * ep, 1),
    edp: spreadOf(places, edp, etp * ep),
  };
  // When the GPUs of a stage differ, every step waits for the slowest.
  let slowest = places.groups[0];
  for (const group of places.groups) {
    if (slowest && group.node.gpu.peak.bf16 < slowest.node.gpu.peak.bf16) slowest = group;
  }
  if (!slowest) throw new RangeError(`stage ${stage.name} has no GPU of the cluster`);
  const hardware = hardwareOf(slowest.node.gpu, engine.name);
  return { pool, stage, model, parallel, engine, hardware, captured: capturedHardware(hardware), links, places };
}

export function layerContext(setting: StageSetting, work: Work): LayerContext {
  const { parallel, model, engine } = setting;
  const captured = work.phase === 'decode' && engine.graphs;
  const seq = Math.ceil(work.length / parallel.cp);
  const residualSeq = parallel.sequenceParallel ? Math.ceil(seq / parallel.tp) : seq;
  return {
    ...setting,
    hardware: captured ? setting.captured : setting.hardware,
    isCaptured: captured,
    work,
    seq,
    residualSeq,
    tokens: work.sequences * seq,
    residualTokens: work.sequences * residualSeq,
    activationBytes: BYTES_PER_ELEMENT[model.types.activations],
  };
}

/** Mean batches of serving may be fractions, but a shape shows whole elements. */
export function axis(name: string, size: number): Axis {
  return { name, size: Math.ceil(size) };
}

/** The residual stream of one attention rank. */
export function residualShape(context: LayerContext): Shape {
  return [
    axis('batch', context.work.sequences),
    axis('seq', context.residualSeq),
    axis('hidden', context.model.hidden),
  ];
}

/** The residual stream with the whole sequence on each GPU of the tp group, as attention and dense layers need it. */
export function gatheredShape(context: LayerContext): Shape {
  return [axis('batch', context.work.sequences), axis('seq', context.seq), axis('hidden', context.model.hidden)];
}

export function operation(
  key: string,
  label: string,
  kind: OperationKind,
  group: OperationGroup,
  after: readonly string[],
  input: Shape,
  output: Shape,
  cost: Cost,
): Operation {
  const { flop, bytes, seconds, bound, formula, constants, given, parts } = cost;
  const times = { seconds, exposedSeconds: seconds };
  const common = { key, label, kind, group, after, input, output, flop, bytes, ...times, bound, formula, constants };
  // Hardly any has either, and a search makes thousands.
  return given || parts ? { ...common, ...(given && { given }), ...(parts && { parts }) } : common;
}

/** Several kernels drawn as one operation. */
export function sumOf(...costs: readonly Cost[]): Cost {
  let total: Cost | undefined;
  for (const cost of costs) {
    if (!total) {
      total = cost;
      continue;
    }
    total = {
      flop: total.flop + cost.flop,
      bytes: total.bytes + cost.bytes,
      seconds: total.seconds + cost.seconds,
      bound: cost.seconds > total.seconds ? cost.bound : total.bound,
      formula: total.formula,
      constants: constantsOfAll([total, cost]),
    };
  }
  if (!total) throw new RangeError('a sum of costs needs at least one');
  return total;
}
