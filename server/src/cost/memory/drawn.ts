import { type DrawnOperator, widthOf } from '../../plan/drawnLayer.ts';
import type { LayerClass } from '../../plan/model.ts';
import type { LayerContext } from '../layers/context.ts';

/** Operators of a hand-drawn layer whose tensors are neither the residual stream nor those of attention and feed-forward. */
const OWN: readonly DrawnOperator['kind'][] = ['linear', 'activation', 'multiply'];

function ownOperators({ drawn }: LayerClass): readonly DrawnOperator[] {
  return (drawn?.operators ?? []).filter(({ kind }) => OWN.includes(kind));
}

/** Elements that one such operator, the largest, holds at once on one GPU: its input and its output. */
export function drawnElements({ model, residualTokens }: LayerContext, layer: LayerClass): number {
  const widths = ownOperators(layer).map(
    ({ input, output }) => (widthOf(input, model.hidden) ?? 0) + (widthOf(output, model.hidden) ?? 0),
  );
  return residualTokens * Math.max(0, ...widths);
}

/**
 * Elements that such operators keep until the backward pass: the inputs of each, counted once when several read the same.
 * Outputs of norms are counted with attention and feed-forward.
 */
export function savedDrawnElements({ model, residualTokens }: LayerContext, layer: LayerClass): number {
  const { operators = [], arrows = [] } = layer.drawn ?? {};
  const reading = new Map(ownOperators(layer).map((operator) => [operator.name, operator]));
  const saved = new Map<string, number>();
  for (const [from, to] of arrows) {
    const reader = reading.get(to);
    const isNorm = operators.some(({ name, kind }) => name === from && kind === 'norm');
    if (reader && !isNorm) saved.set(from, widthOf(reader.input, model.hidden) ?? 0);
  }
  return residualTokens * [...saved.values()].reduce((sum, width) => sum + width, 0);
}
