import type { Entity } from '../language/entity.ts';
import { type Attention, isPresent, NO_ATTENTION } from './attention.ts';
import { type DenseFeedForward, type Experts, type LayerClass, NO_FEED_FORWARD } from './model.ts';
import { childrenOf, itemsOf, wordOf } from './values.ts';

/** A layer whose operators and arrows the user wrote: plain data. */
export interface DrawnLayer {
  readonly name: string;
  /** In the order of the dataflow. Operators in a circle or out of reach keep their written order. */
  readonly operators: readonly DrawnOperator[];
  /** By name; `input` and `output` are the layer's ends. */
  readonly arrows: readonly (readonly [from: string, to: string])[];
  /** The dense network that runs beside the routed experts of the same layer. */
  readonly beside?: DenseFeedForward;
}

export type OperatorKind =
  | 'norm'
  | 'attention'
  | 'linear'
  | 'activation'
  | 'add'
  | 'multiply'
  | 'router'
  | 'experts'
  | 'feed-forward'
  | 'split'
  | 'custom';

const KINDS: Readonly<Record<OperatorKind, true>> = {
  norm: true,
  attention: true,
  linear: true,
  activation: true,
  add: true,
  multiply: true,
  router: true,
  experts: true,
  'feed-forward': true,
  split: true,
  custom: true,
};

export interface DrawnOperator {
  readonly name: string;
  readonly kind: OperatorKind;
  readonly input: DrawnShape;
  readonly output: DrawnShape;
}

/** Sizes as written: numbers, or names of sizes. */
export type DrawnShape = readonly (number | string)[];

/** Names of sizes that a workload and a model give; `tokens` is `batch` times `seq`. */
const TOKEN_AXES: readonly (number | string)[] = ['batch', 'seq', 'tokens'];

/**
 * The model's own `layer` block with this name, or one that its text names; undefined when there is none. `dense` runs
 * beside the experts when the layer has operators of both kinds.
 */
export function drawnLayerNamed(
  model: Entity,
  name: string,
  dense: DenseFeedForward | undefined,
): DrawnLayer | undefined {
  const block = layerBlock(model, name);
  if (!block) return undefined;
  const layer = drawnLayer(block);
  const kinds = new Set(layer.operators.map(({ kind }) => kind));
  return dense && kinds.has('experts') && kinds.has('feed-forward') ? { ...layer, beside: dense } : layer;
}

/** The text of a hand-drawn layer of a model. */
export function layerBlock(model: Entity, name: string): Entity | undefined {
  const isMeant = (block: Entity) => block.keyword === 'layer' && block.name === name;
  const meant = model.children.find(isMeant) ?? model.uses.find(isMeant);
  return meant ?? (model.base && layerBlock(model.base, name));
}

/** An operator that could not be read becomes one about which nothing is known. */
function drawnLayer(block: Entity): DrawnLayer {
  const operators = childrenOf(block, 'operator').map((operator): DrawnOperator => {
    const kind = wordOf(operator, 'kind') ?? 'custom';
    return {
      name: operator.name ?? '',
      kind: isKind(kind) ? kind : 'custom',
      input: shapeOf(operator, 'input'),
      output: shapeOf(operator, 'output'),
    };
  });
  const names = new Set(['input', 'output', ...operators.map(({ name }) => name)]);
  const arrows = block.edges.flatMap(({ path }) =>
    path.slice(1).flatMap((to, step) => {
      const from = path[step]?.text;
      return from !== undefined && names.has(from) && names.has(to.text) ? [[from, to.text] as const] : [];
    }),
  );
  const distinct = new Map(arrows.map((arrow) => [arrow.join(' '), arrow]));
  return {
    name: block.name ?? '',
    operators: inOrder(operators, [...distinct.values()]),
    arrows: [...distinct.values()],
  };
}

function isKind(word: string): word is OperatorKind {
  return Object.hasOwn(KINDS, word);
}

function shapeOf(operator: Entity, name: 'input' | 'output'): DrawnShape {
  const value = operator.properties.get(name)?.value;
  return (value ? itemsOf(value) : []).flatMap((item): (number | string)[] =>
    item.kind === 'quantity' ? [item.value] : item.kind === 'word' ? [item.text] : [],
  );
}

/** Experts run after the router that chooses them, even without an arrow between them. */
function inOrder(operators: readonly DrawnOperator[], arrows: DrawnLayer['arrows']): readonly DrawnOperator[] {
  const router = operators.find(({ kind }) => kind === 'router');
  const chosen = operators
    .filter(({ kind }) => kind === 'experts')
    .map(({ name }) => [router?.name ?? '', name] as const);
  const waitsFor = [...arrows, ...chosen];
  const waiting = new Map(operators.map((operator) => [operator.name, operator]));
  const order: DrawnOperator[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find(
      ({ name }) => !waitsFor.some(([from, to]) => to === name && from !== name && waiting.has(from)),
    );
    const [next = ready] = ready ? [ready] : waiting.values();
    if (!next) break;
    waiting.delete(next.name);
    order.push(next);
  }
  return order;
}

/** Elements of one token: the product of the sizes that do not count tokens. Undefined when one of them is not known. */
export function widthOf(shape: DrawnShape, hidden: number): number | undefined {
  let width = 1;
  for (const size of shape) {
    if (TOKEN_AXES.includes(size)) continue;
    const number = size === 'hidden' ? hidden : size;
    if (typeof number === 'string') return undefined;
    width *= number;
  }
  return width;
}

/** Rows and columns of the matrices of a layer's `linear` operators, each whole on every GPU of its stage. */
export function linearMatrices(
  layer: LayerClass,
  hidden: number,
): readonly { readonly rows: number; readonly columns: number }[] {
  return (layer.drawn?.operators ?? []).flatMap((operator) => {
    if (operator.kind !== 'linear' || reasonNotPredicted(layer, operator) !== undefined) return [];
    const [rows, columns] = [widthOf(operator.input, hidden), widthOf(operator.output, hidden)];
    return rows === undefined || columns === undefined ? [] : [{ rows, columns }];
  });
}

/** The parts of a model that the operators of a hand-drawn layer run. */
export function runBy(
  drawn: DrawnLayer,
  attention: Attention,
  { moe, dense }: { readonly moe: Experts | undefined; readonly dense: DenseFeedForward | undefined },
): Pick<LayerClass, 'attention' | 'feedForward' | 'drawn'> {
  const kinds = new Set(drawn.operators.map(({ kind }) => kind));
  const feedForward = kinds.has('experts') ? moe : kinds.has('feed-forward') ? dense : undefined;
  return {
    attention: kinds.has('attention') ? attention : NO_ATTENTION,
    feedForward: feedForward ?? NO_FEED_FORWARD,
    drawn,
  };
}

/** The dense network of a layer: alone, or beside its experts. */
export function denseOf({ feedForward, drawn }: LayerClass): DenseFeedForward | undefined {
  return feedForward.kind === 'dense' ? feedForward : drawn?.beside;
}

/**
 * Why the prediction leaves an operator out, as a clause; undefined when it counts the operator. The first operator of each
 * kind stands for the model's attention, experts, router or dense network, with its weights.
 */
export function reasonNotPredicted(layer: LayerClass, operator: DrawnOperator): string | undefined {
  const { kind, input, output } = operator;
  switch (kind) {
    case 'attention':
      if (!isPresent(layer.attention)) return 'the model has no `attention`';
      return repeats(layer, operator);
    case 'experts':
      if (layer.feedForward.kind !== 'moe') return 'the model has no `experts`';
      return repeats(layer, operator);
    case 'router':
      if (layer.feedForward.kind !== 'moe') return 'the layer has no experts';
      return repeats(layer, operator);
    case 'feed-forward':
      if (!denseOf(layer)) return 'the model has no `dense`';
      return repeats(layer, operator);
    case 'custom':
      return 'nothing is known of a custom operator';
    case 'split':
      return 'a split may copy or not';
    default:
      return unknownSize(input, output);
  }
}

/** Lists the operators that the prediction leaves out, each with its reason; undefined when it counts all of them. */
export function leftOut(layer: LayerClass): string | undefined {
  const left = (layer.drawn?.operators ?? []).flatMap((operator) => {
    const reason = reasonNotPredicted(layer, operator);
    return reason === undefined ? [] : [`operator ${operator.name} (${reason})`];
  });
  return left.length > 0 ? left.join(', ') : undefined;
}

/** Widths other than the model's that enter or leave a hand-drawn layer, each with its operator. */
export function widthsBeside(
  { arrows, operators }: DrawnLayer,
  hidden: number,
): readonly { readonly name: string; readonly width: number }[] {
  return operators.flatMap(({ name, input, output }) => {
    const ends = arrows.flatMap(([from, to]) => [
      ...(from === 'input' && to === name ? [input] : []),
      ...(from === name && to === 'output' ? [output] : []),
    ]);
    const other = ends.map((shape) => widthOf(shape, hidden)).find((width) => width !== undefined && width !== hidden);
    return other === undefined ? [] : [{ name, width: other }];
  });
}

function repeats({ drawn }: LayerClass, { kind, name }: DrawnOperator): string | undefined {
  const first = drawn?.operators.find((operator) => operator.kind === kind);
  return first && first.name !== name ? `operator ${first.name} stands for the model's ${kind} already` : undefined;
}

function unknownSize(...shapes: readonly DrawnShape[]): string | undefined {
  if (shapes.some((shape) => shape.length === 0 || shape.includes(0))) return 'its shape is not known';
  const word = shapes
    .flat()
    .find((size) => typeof size === 'string' && size !== 'hidden' && !TOKEN_AXES.includes(size));
  return word === undefined ? undefined : `the size \`${word}\` is not known`;
}
