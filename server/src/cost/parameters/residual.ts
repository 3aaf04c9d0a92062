import type { Model } from '../../plan/model.ts';
import { matrix, type Tensor, vector } from './tensor.ts';

/** The tensors of a residual stream that is more than one sum. They are counted with the norms, which they stand beside. */

type Stream = Pick<Model, 'hidden' | 'residual'>;

/**
 * Of one layer, for both of its halves. Hyper-connections project all n streams together to n weights before the half, n behind
 * it and n x n between the streams, in fp32, with a bias for each and three scales. Attention residuals have a norm and a query.
 */
export function layerResidualTensors({ hidden, residual }: Stream): Tensor[] {
  if (!residual) return [];
  if (residual.kind === 'blocks') return [vector('norms', 'none', 2 * 2 * hidden)];
  const { streams } = residual;
  const weights = (2 + streams) * streams;
  const half = [matrix('norms', 'fp32', 'none', streams * hidden, weights), vector('norms', 'none', weights + 3)];
  return [...half, ...half];
}

/** Behind the last layer, and behind that of a prediction module: the streams become one, or the blocks are weighed again. */
export function lastResidualTensors({ hidden, residual }: Stream): Tensor[] {
  if (!residual) return [];
  if (residual.kind === 'blocks') return [vector('norms', 'none', 2 * hidden)];
  const { streams } = residual;
  return [matrix('norms', 'fp32', 'none', streams * hidden, streams), vector('norms', 'none', streams + 1)];
}
