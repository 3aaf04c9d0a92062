import { allGather, allReduce, reduceScatter } from '../collectives/collectives.ts';
import { elementwise } from '../kernels/elementwise.ts';
import type { Operation, Shape } from '../operation.ts';
import { gatheredShape, type LayerContext, operation, residualShape } from './context.ts';
import { residualFlop, residualReads, residualWrites } from './streams.ts';

/**
 * The parts around both halves of a layer: norms, the gathers and sums of the tp group, and sums with the residual stream.
 */

/** A norm of the residual stream, which reads and writes it once; several streams are read, and one is written. */
export function normOperation(context: LayerContext, key: string, label: string, after: string): Operation {
  const { model, residualTokens, activationBytes } = context;
  const shape = residualShape(context);
  const elements = residualTokens * model.hidden;
  const flop = 4 * elements + residualTokens * residualFlop(model);
  const cost = elementwise(context.hardware, (residualReads(model) + 1) * elements * activationBytes, flop);
  return operation(key, label, 'compute', 'gpu', [after], shape, shape, cost);
}

/**
 * The sum with the residual stream, fused with the next norm: two more passes without a start of its own. Parallel streams are
 * all read and written, in a kernel of their own.
 */
export function residualSum(
  context: LayerContext,
  key: string,
  label: string,
  after: readonly string[],
  shape: Shape,
): Operation {
  const { model, residualTokens, activationBytes } = context;
  const elements = residualTokens * model.hidden;
  const further = 2 * (residualWrites(model) - 1);
  const bytes = (after.length + further) * elements * activationBytes;
  const cost = elementwise(context.hardware, bytes, (1 + further) * elements, further === 0);
  return operation(key, label, 'compute', 'gpu', after, shape, shape, cost);
}

/** With sequence parallelism the tp group gathers its tokens before attention and dense layers. */
export function gatherOperation(context: LayerContext, operations: Operation[], key: string, after: string): string {
  const { parallel, tokens, model, activationBytes, links, hardware } = context;
  if (!parallel.sequenceParallel || parallel.tp === 1) return after;
  const cost = allGather(links.tp, hardware.collectives, tokens * model.hidden * activationBytes);
  operations.push(
    operation(key, 'all-gather', 'communication', 'tp', [after], residualShape(context), gatheredShape(context), cost),
  );
  return key;
}

/** Sums the partial results of the tp group: all-reduce, or reduce-scatter with sequence parallelism. */
export function reduceOperation(context: LayerContext, operations: Operation[], part: string, after: string): string {
  const { parallel, tokens, model, activationBytes, links, hardware, work } = context;
  if (parallel.tp === 1) return after;
  const size = tokens * model.hidden * activationBytes;
  const gathered = gatheredShape(context);
  if (parallel.sequenceParallel) {
    const key = `${part}-reduce-scatter`;
    const cost = reduceScatter(links.tp, hardware.collectives, size);
    operations.push(
      operation(key, 'reduce-scatter', 'communication', 'tp', [after], gathered, residualShape(context), cost),
    );
    return key;
  }
  const key = `${part}-all-reduce`;
  const cost = allReduce(links.tp, hardware.collectives, size, work.phase !== 'training');
  operations.push(operation(key, 'all-reduce', 'communication', 'tp', [after], gathered, gathered, cost));
  return key;
}
