import type { Entity, Value } from '../../language/entity.ts';
import { MOST_GPUS } from '../../language/vocabulary/types.ts';
import { childOf, childrenOf, itemsOf, numberOf, targetOf } from '../values.ts';
import { gpusWritten } from './cluster.ts';

/**
 * Limits on what a plan may hold. A few letters can name hundreds of thousands of GPUs, and a few thousand such lines would
 * fill the memory. A block is therefore measured by counting before any list is made.
 */
export const MOST_STAGES = 10_000;
/** GPUs, layers and experts named in one block, counted as often as they are held. */
export const MOST_PARTS = 2_000_000;
/** The limit for all deployments of a file together. */
export const MOST_PARTS_OF_FILE = 2_000_000;

/** How many indexes a value names, repeated ones included. */
export function countOf(value: Value | undefined): number {
  if (!value) return 0;
  return itemsOf(value).reduce((sum, item) => {
    if (item.kind === 'range') return sum + Math.floor((item.to - item.from) / Math.max(1, item.by)) + 1;
    return item.kind === 'quantity' ? sum + 1 : sum;
  }, 0);
}

/** Layers that the entries of a model name. */
function partsOfModel(model: Entity): number {
  const entries = childrenOf(model, 'layers').flatMap((layers) => layers.entries);
  return entries.reduce((sum, { range }) => sum + countOf(range), 0);
}

export interface DeploymentSize {
  readonly stages: number;
  readonly parts: number;
}

/** The size of what the pools and stages of a deployment hold, including its GPUs. */
export function sizeOfDeployment(deployment: Entity): DeploymentSize {
  const pools = childrenOf(deployment, 'pool');
  const holders = pools.length > 0 ? pools : [deployment];
  const cluster = targetOf(deployment, 'cluster');
  const gpus = deployment.properties.get('gpus');
  let stages = 0;
  let parts = gpus ? countOf(gpus.value) : Math.min(MOST_GPUS, (cluster && gpusWritten(cluster)) ?? 0);
  // Looked up once, because finding it passes over all the pools.
  const shared = childOf(deployment, 'parallel');
  const outer = { stages: childrenOf(deployment, 'stage'), weight: partsOfStages(deployment) };
  for (const holder of holders) {
    const parallel = childOf(holder, 'parallel') ?? shared;
    const blocks = childrenOf(holder, 'stage');
    const isShared = blocks.length === 0 || holder === deployment;
    const count = Math.max(1, numberOf(parallel, 'pp') ?? 1, (isShared ? outer.stages : blocks).length);
    stages += count;
    parts += holder === deployment ? 0 : countOf(holder.properties.get('gpus')?.value);
    parts += isShared ? outer.weight : partsOfStages(holder);
    const lines = holder === deployment ? deployment.placements : [...deployment.placements, ...holder.placements];
    for (const { experts, gpus: on, layers } of lines) {
      const gpuCount = countOf(on);
      parts += (countOf(experts) + countOf(layers)) * Math.min(count, gpuCount) + gpuCount;
      if (parts > MOST_PARTS) return { stages, parts };
    }
  }
  return { stages, parts };
}

function partsOfStages(holder: Entity): number {
  return childrenOf(holder, 'stage').reduce((sum, { properties, placements }) => {
    const named = countOf(properties.get('gpus')?.value) + countOf(properties.get('layers')?.value);
    const placed = placements.reduce(
      (lineSum, { experts, gpus, layers }) => lineSum + countOf(experts) + countOf(gpus) + countOf(layers),
      0,
    );
    return sum + named + placed;
  }, 0);
}

/** Why a block is too large to be computed, in a sentence; undefined when it is not. */
export function tooLarge(entity: Entity): string | undefined {
  if (entity.keyword === 'model') {
    const parts = partsOfModel(entity);
    return parts > MOST_PARTS
      ? `the entries of its layers name ${parts} layers, and at most ${MOST_PARTS} are read: write each layer once`
      : undefined;
  }
  return entity.keyword === 'deployment' ? excessOf(sizeOfDeployment(entity)) : undefined;
}

/** Why a deployment of this size is not computed; undefined when it is. */
export function excessOf({ stages, parts }: DeploymentSize): string | undefined {
  if (stages > MOST_STAGES)
    return `it has ${stages} stages in all, and at most ${MOST_STAGES} are computed: use fewer pools, or a smaller \`pp\``;
  return parts > MOST_PARTS
    ? `it names more than ${MOST_PARTS} GPUs, layers and experts, each as often as it is held: write each once`
    : undefined;
}
