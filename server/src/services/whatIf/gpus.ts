import type { Entity } from '../../language/entity.ts';
import type { Deployment } from '../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { childOf, childrenOf, indexesOf, numberOf, targetOf } from '../../plan/values.ts';
import { type Setting, type Step, stepTo } from './settings.ts';

/**
 * The settings that give a deployment another number of GPUs, or the reason why there are none. Copies are added or
 * removed: `dp` and `edp` change with the GPUs, as do ranges of GPUs, and the cluster has as many nodes as needed. Degrees
 * that split the model (`tp`, `ep`, `pp` ...) stay.
 */
export function gpuSettings(
  { entity }: ResolvedDeployment,
  draft: Deployment,
  wanted: number,
): readonly Setting[] | string {
  const scale = new Scale(wanted, draft.gpus.length);
  const holders = [{ holder: entity, path: [] }, ...blocksWithGpus(entity)];
  if (holders.some(({ holder }) => holder.placements.length > 0))
    return 'experts are placed on GPUs by hand: their places would have to be written anew';
  const settings: Setting[] = [];
  for (const { holder, path } of holders) {
    const written = holder.properties.get('gpus');
    if (!written) continue;
    const range = contiguous(indexesOf(written.value));
    if (!range) return 'GPUs are written as a list that is no single range: write them anew by hand';
    const [from, end] = [scale.of(range.from), scale.of(range.to + 1)];
    if (from === undefined || end === undefined) return scale.refusal(`gpus = ${range.from}..${range.to}`);
    settings.push({ block: 'deployment', path, property: 'gpus', value: { from, to: end - 1 } });
  }
  const ofDegrees = degreeSettings(entity, scale);
  if (typeof ofDegrees === 'string') return ofDegrees;
  const ofCluster = clusterSettings(entity, draft, scale, settings);
  if (typeof ofCluster === 'string') return ofCluster;
  return [...settings, ...ofDegrees, ...ofCluster];
}

/** Scales whole numbers by the ratio of wanted to written GPUs. */
class Scale {
  readonly wanted: number;
  readonly written: number;

  constructor(wanted: number, written: number) {
    this.wanted = wanted;
    this.written = written;
  }

  /** Undefined when the result is not a whole number. */
  of(value: number): number | undefined {
    const scaled = (value * this.wanted) / this.written;
    return Number.isInteger(scaled) ? scaled : undefined;
  }

  refusal(what: string): string {
    return `${this.wanted} GPUs instead of ${this.written} do not divide \`${what}\``;
  }
}

interface Holder {
  readonly holder: Entity;
  readonly path: readonly Step[];
}

function blocksWithGpus(entity: Entity): readonly Holder[] {
  return ['pool', 'stage'].flatMap((keyword) =>
    childrenOf(entity, keyword).flatMap((holder) => {
      const path = [stepTo(holder)];
      const inside = childrenOf(holder, 'stage').map((stage) => ({ holder: stage, path: [...path, stepTo(stage)] }));
      return [{ holder, path }, ...inside];
    }),
  );
}

function contiguous(indexes: readonly number[]): { readonly from: number; readonly to: number } | undefined {
  const [from] = indexes;
  if (from === undefined || indexes.some((index, at) => index !== from + at)) return undefined;
  return { from, to: from + indexes.length - 1 };
}

function degreeSettings(entity: Entity, scale: Scale): readonly Setting[] | string {
  const settings: Setting[] = [];
  for (const holder of [entity, ...childrenOf(entity, 'pool')]) {
    const parallel = childOf(holder, 'parallel');
    if (!parallel) continue;
    const path = [...(holder === entity ? [] : [stepTo(holder)]), stepTo(parallel)];
    for (const property of ['dp', 'edp']) {
      const written = numberOf(parallel, property);
      if (written === undefined) continue;
      const scaled = scale.of(written);
      if (scaled === undefined) return scale.refusal(`${property} = ${written}`);
      settings.push({ block: 'deployment', path, property, value: scaled });
    }
  }
  return settings;
}

/** More nodes when GPUs are missing, and another number of nodes when the deployment takes all GPUs that exist. */
function clusterSettings(
  entity: Entity,
  { cluster }: Deployment,
  scale: Scale,
  gpus: readonly Setting[],
): readonly Setting[] | string {
  const isOpen = takesTheRest(entity);
  const ends = gpus.flatMap(({ value }) => (typeof value === 'object' && 'to' in value ? [value.to + 1] : []));
  const needed = isOpen ? scale.of(cluster.gpuCount) : Math.max(0, ...ends);
  if (needed === undefined) return scale.refusal(`the ${cluster.gpuCount} GPUs of cluster ${cluster.name}`);
  if (needed === cluster.gpuCount || (needed < cluster.gpuCount && !isOpen)) return [];
  const [only, ...others] = cluster.groups;
  const written = targetOf(entity, 'cluster');
  if (!only || !written || others.length > 0 || childrenOf(written, 'group').length > 0)
    return `cluster ${cluster.name} has groups of nodes: which of them changes is yours to say`;
  const count = needed / only.node.gpus;
  if (isOpen && !Number.isInteger(count))
    return `${needed} GPUs are no whole number of nodes of ${only.node.gpus} GPUs`;
  return [{ block: 'cluster', path: [], property: 'count', value: Math.ceil(count) }];
}

/** Whether a part of the deployment names no GPUs and so gets the remaining ones of the cluster. */
function takesTheRest(entity: Entity): boolean {
  const isSilent = (block: Entity) => !block.properties.has('gpus');
  const silentStages = (block: Entity) => {
    const stages = childrenOf(block, 'stage');
    return stages.length === 0 || stages.some(isSilent);
  };
  if (!isSilent(entity)) return false;
  const pools = childrenOf(entity, 'pool');
  return pools.length > 0 ? pools.some((pool) => isSilent(pool) && silentStages(pool)) : silentStages(entity);
}
