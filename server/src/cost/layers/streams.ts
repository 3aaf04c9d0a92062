import type { Model } from '../../plan/model.ts';

/**
 * How much passes through a residual stream that is more than one sum, in vectors of the hidden width for one token. Hyper-
 * connections read and write all streams in each half of a layer. Attention residuals read the sums of the blocks before the
 * layer and of its own: on the mean half of all. Their kernels were not measured; bytes at the rate of element-wise kernels.
 */

type Stream = Pick<Model, 'hidden' | 'residual' | 'layers'>;

/** Vectors that a half of a layer reads. */
export function residualReads({ residual, layers }: Stream): number {
  if (!residual) return 1;
  if (residual.kind === 'streams') return residual.streams;
  return 1 + (Math.ceil(layers.length / residual.layers) + 1) / 2;
}

/** Vectors that it writes back. */
export function residualWrites({ residual }: Stream): number {
  return residual?.kind === 'streams' ? residual.streams : 1;
}

/** Vectors that are kept from one layer to the next, and sent to the next stage: all blocks behind the last layer. */
export function residualKept(model: Stream): number {
  const { residual, layers } = model;
  return residual?.kind === 'blocks' ? 1 + Math.ceil(layers.length / residual.layers) : residualWrites(model);
}

/** FLOP for one token of the weights with which a half of a layer mixes: a projection of all streams, or one product per block. */
export function residualFlop(model: Stream): number {
  const { residual, hidden } = model;
  if (!residual) return 0;
  if (residual.kind === 'blocks') return 4 * residualReads(model) * hidden;
  const { streams } = residual;
  return 2 * streams * hidden * (2 + streams) * streams;
}
