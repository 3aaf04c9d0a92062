import type { GpuMemory } from '../../cost/evaluation.ts';
import {
  capacityFigure,
  freeFigure,
  memoryFigure,
  memoryParts,
  partFigure,
  usedShare,
} from '../../cost/figures/memory.ts';
import { formatFigure } from '../../cost/format.ts';
import { nameGpus } from '../../plan/wording.ts';
import { bold, type Markdown, paragraphs, type Text, table } from '../../text/markdown.ts';

const ROWS: readonly (readonly [part: string, label: string])[] = [
  ['other weights', 'Weights'],
  ['experts', 'Experts'],
  ['KV cache', 'KV cache'],
  ['activations', 'Activations'],
  ['gradients', 'Gradients'],
  ['optimizer', 'Optimizer'],
  ['buffers', 'Buffers'],
  ['reserve', 'Reserve'],
];

/** Most columns that are easy to read in a hover. With more distinct GPUs only the fullest ones are shown. */
const MOST_COLUMNS = 4;

/**
 * A table with one column per class of equal GPUs and one row per part, followed by the free memory and the capacity. Parts
 * that are zero everywhere are left out, except for weights, experts, KV cache and activations.
 */
export function memoryTable(classes: readonly GpuMemory[]): Markdown {
  const fullestFirst = classes.toSorted((left, right) => left.freeBytes - right.freeBytes);
  const shown = merged(fullestFirst).slice(0, MOST_COLUMNS);
  const rows: Text[][] = ROWS.flatMap(([part, label], index) => {
    const values = shown.map(({ memory }) => memoryParts(memory)[part] ?? 0);
    return index < 4 || values.some((value) => value > 0)
      ? [[label, ...values.map((bytes) => formatFigure(partFigure(bytes)))]]
      : [];
  });
  rows.push(
    [bold('Total'), ...shown.map(({ memory }) => bold(formatFigure(memoryFigure(memory))))],
    [
      'Free',
      ...shown.map(({ memory }) => {
        const { fits, amount } = freeFigure(memory);
        return fits ? formatFigure(amount) : bold(`over by ${formatFigure(amount)}`);
      }),
    ],
    [
      'Capacity',
      ...shown.map(({ memory }) => `${formatFigure(capacityFigure(memory))} (${formatFigure(usedShare(memory))} used)`),
    ],
  );
  const headers = ['Per GPU', ...shown.map(({ gpus }) => nameGpus(gpus))];
  const text = table(headers, rows, ['left', ...shown.map(() => 'right' as const)]);
  const left = merged(fullestFirst).length - shown.length;
  return paragraphs(text, left > 0 && `${left} more kinds of GPU are less full.`);
}

/** Joins classes of different stages that have equal memory into one column. */
function merged(
  classes: readonly GpuMemory[],
): readonly { readonly memory: GpuMemory; readonly gpus: readonly number[] }[] {
  const columns = new Map<string, { memory: GpuMemory; gpus: number[] }>();
  for (const memory of classes) {
    const key = `${memory.capacityBytes} ${Object.values(memoryParts(memory)).join(' ')}`;
    const sameMemory = columns.get(key);
    if (sameMemory) for (const gpu of memory.gpuClass.gpus) sameMemory.gpus.push(gpu);
    else columns.set(key, { memory, gpus: [...memory.gpuClass.gpus] });
  }
  return [...columns.values()].map(({ memory, gpus }) => ({ memory, gpus: gpus.toSorted((a, b) => a - b) }));
}
