import type { Evaluation, GpuMemory } from '../../cost/evaluation.ts';
import {
  capacityFigure,
  freeFigure,
  memoryFigure,
  memoryParts,
  partFigure,
  weightsFigure,
} from '../../cost/figures/memory.ts';
import { formatBand, formatFigure } from '../../cost/format.ts';
import { MEMORY_SEGMENTS } from '../../graph/memorySegments.ts';
import { MEMORY_LABELS } from '../../graph/palette.ts';
import { stageTitle } from '../../plan/stageTitle.ts';
import { nameGpus } from '../../plan/wording.ts';
import type { MemoryBar, MemorySegment } from './protocol.ts';

type WeightPart = keyof GpuMemory & `${string}Bytes`;

const WEIGHTS: readonly (readonly [part: WeightPart, label: string])[] = [
  ['embeddingBytes', 'Embedding'],
  ['attentionBytes', 'Attention'],
  ['denseBytes', 'Dense feed-forward'],
  ['sharedExpertBytes', 'Shared experts'],
  ['routerBytes', 'Routers'],
  ['normBytes', 'Norms'],
  ['headBytes', 'Output head'],
  ['otherWeightBytes', 'Other'],
];

/** A stacked bar for each class of equal GPUs. */
export function memoryBars({ memory, deployment }: Evaluation): readonly MemoryBar[] {
  return memory.flatMap(({ classes }, index) => {
    const pool = deployment.pools[index];
    return classes.map((gpuMemory): MemoryBar => {
      const { stage, gpus } = gpuMemory.gpuClass;
      const places = [
        ...(deployment.pools.length > 1 && pool ? [`pool ${pool.name}`] : []),
        ...(pool && pool.stages.length > 1 ? [stageTitle(stage.name)] : []),
      ];
      const name = `${nameGpus(gpus.toSorted((a, b) => a - b))}${gpus.length > 1 ? ` (x${gpus.length})` : ''}`;
      const total = memoryFigure(gpuMemory);
      const bandText = formatBand(total);
      return {
        label: [name, ...places].join(', '),
        name,
        place: places.join(', '),
        gpus,
        capacityBytes: gpuMemory.capacityBytes,
        capacityText: formatFigure(capacityFigure(gpuMemory)),
        totalText: formatFigure(total),
        fits: gpuMemory.freeBytes >= 0,
        ...(total.band && bandText !== undefined && { band: { ...total.band, text: bandText } }),
        weights: WEIGHTS.flatMap(([part, label]) =>
          gpuMemory[part] > 0 ? [[label, formatFigure(weightsFigure(gpuMemory[part]))] as const] : [],
        ),
        segments: segmentsOf(gpuMemory),
        source: `memory/${index}/${stage.index}`,
      };
    });
  });
}

function segmentsOf(gpuMemory: GpuMemory): readonly MemorySegment[] {
  const parts = memoryParts(gpuMemory);
  const segments = MEMORY_SEGMENTS.flatMap(([part, name]): MemorySegment[] => {
    const bytes = parts[part] ?? 0;
    return bytes > 0 ? [{ name, label: MEMORY_LABELS[name], bytes, text: formatFigure(partFigure(bytes)) }] : [];
  });
  const { fits, amount } = freeFigure(gpuMemory);
  const name = fits ? 'free' : 'over';
  return [...segments, { name, label: MEMORY_LABELS[name], bytes: amount.value, text: formatFigure(amount) }];
}
