import type { Rule } from '../../language/diagnostic.ts';
import type { Location } from '../../language/span.ts';
import { enumerate } from '../../language/vocabulary/describe.ts';
import { nameGpus } from '../../plan/wording.ts';
import type { GpuMemory } from '../evaluation.ts';
import { capacityFigure, memoryFigure, memoryParts, partFigure } from '../figures/memory.ts';
import { formatFigure } from '../format.ts';
import { locationOfStage, type MemoryContext } from './context.ts';
import { type Degree, largerDegrees } from './largerDegrees.ts';

/**
 * A GPU has to hold more than its memory.
 *
 * Weights, KV cache, activations, gradients, optimizer state, communication buffers and the engine's reserve are added up
 * for every class of equal GPUs. One finding per written stage names its fullest GPUs and the parts, the largest first, and
 * one for all stages that `pp` makes, which have no place of their own. In serving the KV cache counts as many requests as
 * fit, and at least one.
 *
 * ## Not so
 * ```moeplan
 * deployment plan {
 *   model = DeepSeek-V3, cluster = one-node, workload = chat
 *   parallel { tp = 8 }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan {
 *   model = DeepSeek-V3, cluster = two-nodes, workload = chat
 *   parallel { tp = 8, pp = 2 }
 *   types { weights = fp8-block }
 * }
 * ```
 *
 * ## How to fix it
 * Spread the largest part: more `ep`, `tp` or `pp` for weights, over more nodes where the GPUs have no copies to give up, more
 * `micro-batches` or a smaller `chunk` for activations, a narrower type in `types`, `recompute` or `zero` for training, or GPUs
 * with more memory. Quick fixes write what was tried and fits.
 */
export const memoryOverCapacity: Rule<MemoryContext> = {
  name: 'memory-over-capacity',
  family: 'memory',
  severity: 'error',
  summary: 'A GPU has to hold more than its memory.',
  check(context, report) {
    for (const { location, fullest, stages } of fullestByPlace(context)) {
      if (fullest.freeBytes >= 0) continue;
      const { gpuClass } = fullest;
      const [largest] = breakdown(fullest);
      const others = stages.filter(({ freeBytes }) => freeBytes < 0).length - 1;
      const also = others > 0 ? ` (${others} more ${others === 1 ? 'stage does' : 'stages do'} not fit either)` : '';
      report({
        ...location,
        message:
          `${nameGpus(gpuClass.gpus)} must hold ${formatFigure(memoryFigure(fullest))} in ${formatFigure(capacityFigure(fullest))}: ` +
          `${describe(fullest)}${also}; ${remedyFor(context, fullest, largest?.[0] ?? '')}`,
      });
    }
  },
};

function remedyFor(context: MemoryContext, fullest: GpuMemory, part: string): string {
  const { deployment } = context.evaluation;
  // In training `micro-batches` follows from the workload, and its number does not change how many are in flight.
  if (deployment.workload.kind === 'training' && part === 'activations')
    return 'use a smaller `micro-batch`, a larger `tp` or `cp`, or `recompute`';
  const remedy = REMEDIES[part];
  if (remedy !== undefined) return remedy;
  const pool = deployment.pools.find(({ stages }) => stages.includes(fullest.gpuClass.stage));
  const [degrees, more] = part === 'experts' ? [OF_EXPERTS, '`ep`'] : [OF_TENSORS, '`pp`'];
  const larger = degrees.filter((degree) => pool && largerDegrees(deployment.cluster, pool, degree).length > 0);
  const split = larger.length > 0 ? `a larger ${enumerate(larger, 'or')}` : `more nodes and with them a larger ${more}`;
  return `use ${split}, ${BESIDES[part] ?? 'or GPUs with more memory'}`;
}

/** Degrees that split a part further, as far as there are copies of it. */
const OF_EXPERTS: readonly Degree[] = ['ep', 'etp', 'pp'];
const OF_TENSORS: readonly Degree[] = ['tp', 'pp'];

/** What helps in addition to splitting a part. */
const BESIDES: Readonly<Record<string, string>> = {
  experts: 'or a narrower `types { experts = ... }`',
  'other weights': 'or a narrower `types { weights = ... }`',
  'KV cache': 'or `types { kv = fp8 }`',
  gradients: 'or `zero = 2`',
  optimizer: 'or `zero = 1`',
};

/** Remedies for parts that are not split. */
const REMEDIES: Readonly<Record<string, string>> = {
  activations: 'use more `micro-batches`, a smaller `chunk` or micro-batch, or `recompute`',
  buffers: 'use fewer `dispatch-tokens`, or `all-to-all = deepep-normal`',
  reserve: 'give a smaller `reserve`',
};

export interface FullestGpus {
  readonly location: Location;
  readonly fullest: GpuMemory;
  /** The fullest class of each stage at this place. */
  readonly stages: readonly GpuMemory[];
}

/** The fullest class of GPUs at every place of the text that represents stages. */
export function fullestByPlace(context: MemoryContext): readonly FullestGpus[] {
  const byStage = new Map<GpuMemory['gpuClass']['stage'], GpuMemory>();
  for (const { classes } of context.evaluation.memory) {
    for (const memory of classes) {
      const fullestSoFar = byStage.get(memory.gpuClass.stage);
      if (!fullestSoFar || memory.freeBytes < fullestSoFar.freeBytes) byStage.set(memory.gpuClass.stage, memory);
    }
  }
  const places = new Map<string, FullestGpus>();
  for (const [stage, fullestOfStage] of byStage) {
    const location = locationOfStage(context, stage);
    const key = `${location.uri} ${location.span.start}`;
    const place = places.get(key);
    const fullest = place && place.fullest.freeBytes <= fullestOfStage.freeBytes ? place.fullest : fullestOfStage;
    places.set(key, { location, fullest, stages: [...(place?.stages ?? []), fullestOfStage] });
  }
  return [...places.values()];
}

/** Parts of a GPU's memory, the largest first, without empty ones. */
function breakdown(memory: GpuMemory): readonly (readonly [name: string, bytes: number])[] {
  return Object.entries(memoryParts(memory))
    .filter(([, bytes]) => bytes > 0)
    .sort(([, left], [, right]) => right - left);
}

export function describe(memory: GpuMemory): string {
  return breakdown(memory)
    .map(([name, bytes]) => `${name} ${formatFigure(partFigure(bytes))}`)
    .join(', ');
}
