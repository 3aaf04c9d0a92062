import type { Workload } from '../plan/deployment.ts';
import { divisors } from '../plan/divisors.ts';
import type { Model } from '../plan/model.ts';
import { evenLayout, layoutWithRest } from '../plan/pipelineLayout.ts';
import type { ParallelSpec, PoolSpec } from '../plan/spec.ts';
import type { DegreeAxis, PoolAxes, Tried } from './space.ts';

/** The degrees that are tried of a pool, those that stay left out. */
export type Degrees = Partial<Record<DegreeAxis, number>>;

/** What bounds degrees beside the GPUs. */
export interface LayoutPlace {
  readonly layers: number;
  /** Routed experts of a layer, with their redundant copies; 0 for a dense model. */
  readonly experts: number;
}

/**
 * All ways to lay one instance of a pool over so many GPUs: pp x (tp x cp x dp) = GPUs, and of the same GPUs of a stage etp x ep x edp.
 * Degrees that are not tried keep what the base states, or follow from the others. Whether an engine runs them is decided
 * elsewhere.
 */
export function* layoutsOf(said: PoolSpec, axes: PoolAxes, gpus: number, place: LayoutPlace): Generator<Degrees> {
  const { parallel } = said;
  const stages = axes.pp ? 1 : Math.max(1, parallel.pp ?? said.stages.length);
  for (const pp of valuesOf(axes.pp, gpus, stages)) {
    if (pp > place.layers) continue;
    for (const vpp of chunksOf(axes.vpp, pp, place.layers)) {
      for (const attention of attentionOf(parallel, axes, gpus / pp)) {
        for (const experts of expertsOf(parallel, axes, gpus / pp, place.experts)) {
          yield { ...(axes.pp && { pp }), ...(vpp !== undefined && { vpp }), ...attention, ...experts };
        }
      }
    }
  }
}

/** Numbers of instances that share so many GPUs. */
export function replicasOf(said: PoolSpec, axes: PoolAxes, gpus: number): readonly number[] {
  return valuesOf(axes.replicas, gpus, said.replicas ?? 1);
}

/** Divisors of an amount that are tried, or the one value that stays if it divides. */
function valuesOf(tried: Tried<number> | undefined, amount: number, stays: number): readonly number[] {
  if (tried === undefined) return amount % stays === 0 ? [stays] : [];
  return tried === 'all' ? divisors(amount) : tried.filter((value) => amount % value === 0);
}

/** Chunks of a stage: 1, what cuts the layers of a stage into equal parts, or powers of two, which a layout makes almost equal. */
function chunksOf(tried: Tried<number> | undefined, pp: number, layers: number): readonly (number | undefined)[] {
  if (tried === undefined) return [undefined];
  if (pp === 1) return tried === 'all' || tried.includes(1) ? [1] : [];
  const perStage = Math.floor(layers / pp);
  if (tried !== 'all') return tried.filter((value) => value <= perStage);
  const powers = Array.from({ length: Math.floor(Math.log2(perStage)) + 1 }, (_, power) => 2 ** power);
  return [...new Set([...divisors(perStage), ...powers])].sort((left, right) => left - right);
}

function* attentionOf(parallel: ParallelSpec, axes: PoolAxes, stage: number): Generator<Degrees> {
  const stays = { tp: parallel.tp, cp: parallel.cp, dp: parallel.dp };
  for (const cp of valuesOf(axes.cp, stage, stays.cp ?? 1)) {
    // With neither tried nor said, one of tp and dp follows from the other.
    const tps = axes.tp || stays.tp !== undefined ? valuesOf(axes.tp, stage / cp, stays.tp ?? 1) : [undefined];
    for (const tp of tps) {
      const left = tp === undefined ? undefined : stage / cp / tp;
      const isAllowed = left === undefined || allows(axes.dp, stays.dp, left);
      if (!isAllowed) continue;
      const dps =
        axes.dp && left === undefined
          ? valuesOf(axes.dp, stage / cp, 1)
          : [axes.dp && left !== undefined ? left : undefined];
      for (const dp of dps)
        yield {
          ...(axes.tp && tp !== undefined && { tp }),
          ...(axes.cp && { cp }),
          ...(dp !== undefined && { dp }),
        };
    }
  }
}

/** Whether a degree may have the value that the others leave. */
function allows(tried: Tried<number> | undefined, stays: number | undefined, value: number): boolean {
  if (tried === undefined) return stays === undefined || stays === value;
  return tried === 'all' || tried.includes(value);
}

function* expertsOf(parallel: ParallelSpec, axes: PoolAxes, stage: number, count: number): Generator<Degrees> {
  if (count === 0 || !(axes.ep || axes.etp || axes.edp)) {
    yield {};
    return;
  }
  const eps = axes.ep || parallel.ep !== undefined ? valuesOf(axes.ep, stage, parallel.ep ?? 1) : [undefined];
  for (const ep of eps) {
    if (ep !== undefined && count % ep !== 0) continue;
    const etps =
      axes.etp || parallel.etp !== undefined ? valuesOf(axes.etp, stage / (ep ?? 1), parallel.etp ?? 1) : [undefined];
    for (const etp of etps) {
      const left = stage / (ep ?? 1) / (etp ?? 1);
      const isOpen = ep === undefined || etp === undefined;
      const edps = isOpen ? (axes.edp ? valuesOf(axes.edp, left, 1) : [undefined]) : [axes.edp ? left : undefined];
      for (const edp of edps) {
        if (edp !== undefined && !allows(axes.edp, undefined, edp)) continue;
        if (!isOpen && edp === undefined && !allows(undefined, parallel.edp, left)) continue;
        yield {
          ...(axes.ep && ep !== undefined && { ep }),
          ...(axes.etp && etp !== undefined && { etp }),
          ...(axes.edp && edp !== undefined && { edp }),
        };
      }
    }
  }
}

/** The pool with these degrees. */
export function withDegrees(said: PoolSpec, { replicas, ...degrees }: Degrees, layout?: string): PoolSpec {
  return {
    ...said,
    parallel: { ...said.parallel, ...degrees, ...(layout !== undefined && { layout }) },
    ...(replicas !== undefined && { replicas }),
  };
}

/**
 * Ways to share the layers of a training pipeline: undefined for equal parts, else layouts. One is tried in any case where the base
 * says one, since another number of parts needs another.
 */
export function pipelineLayouts(
  { parallel }: PoolSpec,
  degrees: Degrees,
  model: Model,
  { kind }: Workload,
): readonly (string | undefined)[] {
  const { pp = parallel.pp ?? 1, vpp = parallel.vpp ?? 1 } = degrees;
  const isPiped = degrees.pp !== undefined || degrees.vpp !== undefined;
  if (kind !== 'training' || !isPiped || model.layers.length < pp * vpp) return [undefined];
  const isEven = model.layers.length % (pp * vpp) === 0;
  if (isEven && parallel.layout === undefined) return [undefined];
  const layouts = [evenLayout(model, { pp, vpp }), layoutWithRest(model, { pp, vpp })];
  return [...new Set(layouts.filter((layout) => layout !== undefined))];
}
