import type { Cluster } from '../cluster.ts';
import type { Stage } from '../deployment.ts';

/** Where the parts of a pool lie. A pool's workload, engine and number types do not change this. */
export interface PoolLayout {
  readonly stages: readonly Stage[];
  /** All GPUs of the pool, over its replicas. */
  readonly gpus: readonly number[];
  /** Why nothing can be computed of a pool with this layout. */
  readonly invalid?: string;
}

/** The layout of all pools of a plan together. */
export interface PlanLayout {
  /** Ascending and without repeats. */
  readonly gpus: readonly number[];
  readonly invalid?: string;
}

/**
 * A cache of layouts. Code that tries many plans keeps one, because most of these plans share their layout and working a
 * layout out grows with GPUs, layers and experts. The lists of a specification are compared by identity, so equal lists
 * should be the same object.
 */
export class Layouts {
  private readonly pools = new Map<string, PoolLayout>();
  private readonly instances = new Map<string, readonly Stage[]>();
  private readonly plans = new Map<string, PlanLayout>();
  private readonly shares = new Map<string, readonly (readonly number[])[]>();
  private readonly clusters = new WeakMap<Cluster, readonly number[]>();
  private readonly ids = new WeakMap<object, number>();
  private count = 0;

  /** A number that no other object has. */
  idOf(object: object | undefined): number {
    if (!object) return 0;
    const knownId = this.ids.get(object);
    if (knownId !== undefined) return knownId;
    this.count++;
    this.ids.set(object, this.count);
    return this.count;
  }

  gpusOf(cluster: Cluster): readonly number[] {
    const gpus = this.clusters.get(cluster) ?? Array.from({ length: cluster.gpuCount }, (_, gpu) => gpu);
    this.clusters.set(cluster, gpus);
    return gpus;
  }

  share(key: string, work: () => readonly (readonly number[])[]): readonly (readonly number[])[] {
    return kept(this.shares, key, work);
  }

  /** Stages of one instance, which pools share that differ in the number of their instances alone. */
  stages(key: string, work: () => readonly Stage[]): readonly Stage[] {
    return kept(this.instances, key, work);
  }

  pool(key: string, work: () => PoolLayout): PoolLayout {
    return kept(this.pools, key, work);
  }

  plan(key: string, work: () => PlanLayout): PlanLayout {
    return kept(this.plans, key, work);
  }
}

function kept<Value>(cache: Map<string, Value>, key: string, work: () => Value): Value {
  const cachedValue = cache.get(key);
  if (cachedValue !== undefined) return cachedValue;
  const value = work();
  cache.set(key, value);
  return value;
}
