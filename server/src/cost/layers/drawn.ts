import type { ExpertMap } from '../../plan/deployment.ts';
import {
  type DrawnLayer,
  type DrawnOperator,
  type DrawnShape,
  denseOf,
  reasonNotPredicted,
  widthOf,
} from '../../plan/drawnLayer.ts';
import type { LayerClass } from '../../plan/model.ts';
import { profileOf } from '../attention/index.ts';
import { elementwise } from '../kernels/elementwise.ts';
import { type Cost, NOTHING } from '../kernels/primitive.ts';
import type { Axis, Operation, Shape } from '../operation.ts';
import { axis, type LayerContext, operation } from './context.ts';
import { denseOperations, expertOperations } from './feedForward.ts';
import { product } from './products.ts';

/** The operations of one operator. `input` in their `after` stands for what enters the operator. */
interface Expanded {
  /** The operations for a given number of tensors that enter. */
  readonly operations: (inputs: number) => readonly Operation[];
  /** Keys of the operations whose outputs leave the operator. */
  readonly exits: readonly string[];
}

/**
 * Operations of a hand-drawn layer, along its arrows. Attention, dense network, experts and router are the model's and keep
 * their operations with their collectives. The other operators run on the tokens of the residual stream, whole on each GPU
 * that has them. An operator about which nothing is known has no figures and says why.
 */
export function drawnOperations(
  context: LayerContext,
  layer: LayerClass,
  drawn: DrawnLayer,
  map: ExpertMap | undefined,
): Operation[] {
  const expanded = new Map(
    drawn.operators.map((drawnOperator) => [drawnOperator.name, expand(context, layer, drawn, drawnOperator, map)]),
  );
  const leaving = new Set(drawn.arrows.flatMap(([from, to]) => (to === 'output' ? [from] : [])));
  return drawn.operators.flatMap(({ name, kind }) => {
    const part = expanded.get(name);
    const before = enteringOf(drawn, name, kind).flatMap((from) => expanded.get(from)?.exits ?? ['input']);
    return (part?.operations(before.length) ?? []).map((partOperation): Operation => {
      const leaves = leaving.has(name) && (part?.exits.includes(partOperation.key) ?? false);
      const after = partOperation.after.flatMap((key) => (key === 'input' ? before : [key]));
      return { ...partOperation, after, operator: { layer: drawn.name, name, kind, leaves } };
    });
  });
}

/**
 * What the arrows into an operator bring it. Tokens pass a router unchanged: experts with an arrow from it alone get its
 * input.
 */
function enteringOf({ arrows, operators }: DrawnLayer, name: string, kind: DrawnOperator['kind']): readonly string[] {
  const before = arrows.flatMap(([from, to]) => (to === name ? [from] : []));
  if (kind !== 'experts') return before;
  const isRouter = (from: string) =>
    operators.some((candidate) => candidate.name === from && candidate.kind === 'router');
  const data = before.filter((from) => !isRouter(from));
  return data.length > 0
    ? data
    : before.flatMap((router) => arrows.flatMap(([from, to]) => (to === router ? [from] : [])));
}

function expand(
  context: LayerContext,
  layer: LayerClass,
  drawn: DrawnLayer,
  operator: DrawnOperator,
  map: ExpertMap | undefined,
): Expanded {
  const reason = reasonNotPredicted(layer, operator);
  if (reason !== undefined) return own(context, drawn, operator, () => UNKNOWN, reason);
  const { attention, feedForward } = layer;
  switch (operator.kind) {
    case 'attention':
      return inside(profileOf(attention).operations(context));
    case 'feed-forward': {
      const dense = denseOf(layer);
      return inside(dense ? denseOperations(context, dense, 'input') : []);
    }
    case 'experts':
    case 'router': {
      const usual = feedForward.kind === 'moe' ? expertOperations(context, feedForward, map, 'input') : [];
      const isRouter = ({ key }: Operation) => key === 'router';
      if (operator.kind === 'router') return { ...inside(usual, isRouter), exits: ['router'] };
      const isOwn = drawn.operators.some(({ kind }) => kind === 'router');
      return inside(usual, (usualOperation) => !isOwn || !isRouter(usualOperation));
    }
    default:
      return own(context, drawn, operator, (inputs) => costOf(context, operator, inputs));
  }
}

/**
 * A half of the usual layer without the norm at its start and the residual sum at its end, which are operators of their own
 * here.
 */
function inside(usual: readonly Operation[], isMeant: (operation: Operation) => boolean = () => true): Expanded {
  const [norm] = usual;
  const operations = usual
    .slice(1, -1)
    .filter(isMeant)
    .map((usualOperation) => ({
      ...usualOperation,
      after: usualOperation.after.map((key) => (key === norm?.key ? 'input' : key)),
    }));
  return { operations: () => operations, exits: (usual.at(-1)?.after ?? []).filter((key) => key !== 'input') };
}

const UNKNOWN: Cost = { ...NOTHING, formula: 'not-predicted' };

function own(
  context: LayerContext,
  drawn: DrawnLayer,
  { name, kind, input, output }: DrawnOperator,
  cost: (inputs: number) => Cost,
  notPredicted?: string,
): Expanded {
  // No operation of the usual sequence has a dot in its key.
  const key = `${drawn.name}.${name}`;
  const label = name === kind ? name : `${name} (${kind})`;
  const shapes = [shapeOf(context, input), shapeOf(context, output)] as const;
  return {
    operations: (inputs) => {
      const kindOfNode = kind === 'router' ? 'gate' : 'compute';
      const whole = operation(key, label, kindOfNode, 'gpu', ['input'], ...shapes, cost(inputs));
      return [notPredicted === undefined ? whole : { ...whole, notPredicted }];
    },
    exits: [key],
  };
}

/**
 * Element-wise operators read their inputs and write their output once, and sums are fused with what follows. A linear
 * operator is one matrix of the width of its input by that of its output.
 */
function costOf(context: LayerContext, { kind, input, output }: DrawnOperator, inputs: number): Cost {
  const { hardware, activationBytes, model } = context;
  const { hidden } = model;
  const tokens = tokensOf(context, input);
  const [rows = 0, columns = 0] = [widthOf(input, hidden), widthOf(output, hidden)];
  const [read, written] = [tokens * rows, tokensOf(context, output) * columns];
  switch (kind) {
    case 'linear':
      return product(context, tokens, columns, rows, model.types.weights);
    case 'add':
      return elementwise(hardware, inputs * read * activationBytes, read, true);
    case 'multiply':
      return elementwise(hardware, (inputs * read + written) * activationBytes, written);
    default:
      return elementwise(hardware, (read + written) * activationBytes, 4 * read);
  }
}

/** The tokens or sequences that a written shape names. A shape that names none has all of the micro-batch. */
function tokensOf({ work, residualSeq, residualTokens }: LayerContext, written: DrawnShape): number {
  const [hasBatch, hasSeq] = [written.includes('batch'), written.includes('seq')];
  if (hasBatch === hasSeq || written.includes('tokens')) return residualTokens;
  return hasBatch ? work.sequences : residualSeq;
}

/** A written shape of one micro-batch on one GPU. Sizes of tokens are put in front when the shape leaves them out. */
function shapeOf({ work, residualSeq, model }: LayerContext, written: DrawnShape): Shape {
  const tokens = [axis('batch', work.sequences), axis('seq', residualSeq)];
  const named = new Map(tokens.map((tokenAxis) => [tokenAxis.name, tokenAxis]));
  const shape = written.flatMap((size): readonly Axis[] => {
    if (size === 'tokens') return tokens;
    if (size === 'hidden' || size === model.hidden) return [{ name: 'hidden', size: model.hidden }];
    if (typeof size === 'number') return [{ name: 'width', size }];
    return [named.get(size) ?? { name: size, size: 0 }];
  });
  return shape.some(({ name }) => named.has(name)) ? shape : [...tokens, ...shape];
}
