import type { Stage } from './deployment.ts';
import type { Parallel } from './parallel.ts';

/** The layers of each chunk of a stage, in the order in which tokens pass them. Without a layout chunks are alike, to a layer. */
export function layersOfChunks({ layers, chunks }: Pick<Stage, 'layers' | 'chunks'>, vpp: number): readonly number[][] {
  const sorted = layers.toSorted((a, b) => a - b);
  if (chunks?.length === vpp) {
    let at = 0;
    return chunks.map((size) => {
      at += size;
      return sorted.slice(at - size, at);
    });
  }
  const end = (chunk: number) => Math.round((chunk * sorted.length) / vpp);
  return Array.from({ length: vpp }, (_, chunk) => sorted.slice(end(chunk), end(chunk + 1)));
}

/** Layers of a stage that `recompute = full` computes again: the first of each chunk, or all of them. */
export function repeatedLayers(stage: Pick<Stage, 'layers' | 'chunks'>, parallel: Parallel): ReadonlySet<number> {
  const { recomputeLayers, vpp } = parallel;
  if (recomputeLayers === undefined) return new Set(stage.layers);
  return new Set(layersOfChunks(stage, vpp).flatMap((layers) => layers.slice(0, recomputeLayers)));
}
