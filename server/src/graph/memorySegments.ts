import type { GpuMemory } from '../cost/evaluation.ts';
import { memoryParts } from '../cost/figures/memory.ts';
import type { Palette } from './palette.ts';

/** What a GPU holds, as it is coloured. */
export type MemoryPart = Exclude<keyof Palette['memory'], 'free' | 'over'>;

/** Parts of a GPU's memory by their colours, in the order in which bars and cells stack them. */
export const MEMORY_SEGMENTS: readonly (readonly [part: string, name: MemoryPart])[] = [
  ['other weights', 'weights'],
  ['experts', 'experts'],
  ['KV cache', 'kv'],
  ['activations', 'activations'],
  ['gradients', 'gradients'],
  ['optimizer', 'optimizer'],
  ['buffers', 'buffers'],
  ['reserve', 'reserve'],
];

/** A part of a filled cell. `over` alone fills the cell of a GPU that would have to hold more than it has. */
export type FilledPart = readonly [name: MemoryPart | 'over', share: number];

/** Parts of a GPU's memory as shares of its capacity, from the bottom up. Rounded, so that equal pictures are equal. */
export function filledParts(memory: GpuMemory): readonly FilledPart[] {
  if (memory.freeBytes < 0) return [['over', 1]];
  const bytes = memoryParts(memory);
  return MEMORY_SEGMENTS.flatMap(([part, name]): FilledPart[] => {
    const share = Math.round(((bytes[part] ?? 0) / memory.capacityBytes) * 1_000) / 1_000;
    return share > 0 ? [[name, share]] : [];
  });
}
