import { typeOfPart } from '../../plan/model.ts';
import { allGather } from '../collectives/collectives.ts';
import { axis, gatheredShape, type LayerContext, operation, residualShape } from '../layers/context.ts';
import { product } from '../layers/products.ts';
import { gatherOperation, normOperation, reduceOperation, residualSum } from '../layers/residual.ts';
import type { Operation, Shape } from '../operation.ts';

/** The parts of a layer's attention half that do not depend on the class of attention. */

/**
 * Norm and, with sequence parallelism, the gather of tokens. Returns the key of the operation that the projections read.
 */
export function openHalf(context: LayerContext, operations: Operation[]): string {
  operations.push(normOperation(context, 'input-norm', 'attention norm', 'input'));
  return gatherOperation(context, operations, 'attention-gather', 'input-norm');
}

/** The output of attention on one GPU, by heads of `valueSize`. */
export function outputShape({ work, seq }: LayerContext, heads: number, valueSize: number): Shape {
  return [axis('batch', work.sequences), axis('seq', seq), axis('heads', heads), axis('head-size', valueSize)];
}

/**
 * Output projection of `columns` columns on this GPU, the sum over the tp group, and the residual sum, which ends the half.
 */
export function closeHalf(
  context: LayerContext,
  operations: Operation[],
  output: Shape,
  columns: number,
  after = 'attention',
): Operation[] {
  const { tokens, model } = context;
  operations.push(
    operation(
      'output-projection',
      'output projection',
      'compute',
      'gpu',
      [after],
      output,
      gatheredShape(context),
      product(context, tokens, model.hidden, columns, typeOfPart(model, 'o', 'attention')),
    ),
  );
  const last = reduceOperation(context, operations, 'attention', 'output-projection');
  operations.push(residualSum(context, 'attention-add', 'residual sum', ['input', last], residualShape(context)));
  return operations;
}

/**
 * Context parallelism: the keys and values of the other ranks go round the cp group (ring attention). Returns the key of
 * the operation that attention reads.
 */
export function contextExchange(
  context: LayerContext,
  operations: Operation[],
  after: string,
  shape: Shape,
  elementsPerToken: number,
): string {
  const { parallel, links, hardware, tokens, activationBytes, work } = context;
  if (parallel.cp === 1 || work.phase === 'decode') return after;
  const gathered = tokens * parallel.cp * elementsPerToken * activationBytes;
  const cost = allGather(links.cp, hardware.collectives, gathered);
  operations.push(
    operation('context-gather', 'key/value all-gather', 'communication', 'cp', [after], shape, shape, cost),
  );
  return 'context-gather';
}
