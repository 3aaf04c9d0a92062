import type { ExpertMap } from '../../plan/deployment.ts';
import type { DenseFeedForward, Experts } from '../../plan/model.ts';
import { allGather, reduceScatter } from '../collectives/collectives.ts';
import type { Exchange, Transport } from '../collectives/expertParallel.ts';
import { combine, dispatch, transportOf } from '../collectives/expertParallel.ts';
import { elementwise } from '../kernels/elementwise.ts';
import { type CollectivePart, type Cost, NOTHING } from '../kernels/primitive.ts';
import { loadOf, realChoices } from '../load.ts';
import type { Operation, Shape } from '../operation.ts';
import { axis, gatheredShape, type LayerContext, operation, residualShape, sumOf } from './context.ts';
import { expertProduct, product } from './products.ts';
import { gatherOperation, normOperation, reduceOperation, residualSum } from './residual.ts';

/** Matrices of a dense network of inner width `ffn` (the shard) on `tokens` tokens: up (with gate), activation, down. */
function denseCost(context: LayerContext, tokens: number, ffn: number, gated: boolean): Cost {
  const { hardware, model, activationBytes } = context;
  const type = model.types.weights;
  const up = product(context, tokens, gated ? 2 * ffn : ffn, model.hidden, type);
  const activation = elementwise(hardware, tokens * ffn * (gated ? 3 : 2) * activationBytes, 4 * tokens * ffn);
  return sumOf(up, activation, product(context, tokens, model.hidden, ffn, type));
}

export function denseOperations(context: LayerContext, dense: DenseFeedForward, input: string): Operation[] {
  const operations = [normOperation(context, 'post-norm', 'feed-forward norm', input)];
  const from = gatherOperation(context, operations, 'ffn-gather', 'post-norm');
  const shape = gatheredShape(context);
  const width = Math.ceil(dense.ffn / context.parallel.tp);
  const cost = denseCost(context, context.tokens, width, dense.gated);
  operations.push(operation('ffn', 'dense feed-forward', 'compute', 'gpu', [from], shape, shape, cost));
  const last = reduceOperation(context, operations, 'ffn', 'ffn');
  operations.push(residualSum(context, 'ffn-add', 'residual sum', [input, last], residualShape(context)));
  return operations;
}

/** How tokens reach the experts and come back. */
interface Route {
  /** Tokens that one GPU sends: its own, or its share of what the whole tp group holds. */
  readonly sent: number;
  /**
   * Whether the whole tp group holds the tokens and the experts lie inside it. Then nothing is sent, and a sum joins the
   * results.
   */
  readonly inPlace: boolean;
}

function routeOf(context: LayerContext): Route {
  const { tp, etp, ep, sequenceParallel } = context.parallel;
  return {
    sent: sequenceParallel ? context.residualTokens : context.tokens / tp,
    inPlace: !sequenceParallel && etp * ep <= tp,
  };
}

/**
 * The experts half of a layer: norm, router, dispatch, experts, combine, shared experts and the residual sum. The time of
 * the experts is that of the fullest rank; FLOP and bytes are the mean over the ranks.
 */
export function expertOperations(
  context: LayerContext,
  experts: Experts,
  map: ExpertMap | undefined,
  input: string,
): Operation[] {
  const { model, hardware, parallel, work } = context;
  const residual = residualShape(context);
  const operations = [normOperation(context, 'post-norm', 'feed-forward norm', input)];
  const choices = experts.count + experts.zero;
  const routerCost = product(context, context.residualTokens, choices, model.hidden, 'bf16');
  const chosen: Shape = [axis('tokens', context.residualTokens), axis('top-k', experts.topK)];
  operations.push(operation('router', 'router', 'gate', 'gpu', ['post-norm'], residual, chosen, routerCost));
  let before = 'post-norm';
  let entering = residual;
  if (experts.latent !== undefined) {
    entering = [axis('batch', work.sequences), axis('seq', context.residualSeq), axis('latent', experts.latent)];
    const cost = product(context, context.residualTokens, experts.latent, model.hidden, model.types.weights);
    operations.push(operation('latent-in', 'latent projection', 'compute', 'gpu', [before], residual, entering, cost));
    before = 'latent-in';
  }
  const width = experts.latent ?? model.hidden;
  const route = routeOf(context);
  const load = loadOf(experts, map, parallel.ep, route.sent * parallel.etp * parallel.ep);
  const widthName = experts.latent === undefined ? 'hidden' : 'latent';
  const held = Math.max(1, Math.round(load.held));
  const dispatched: Shape = [
    axis('experts', held),
    axis('tokens', Math.ceil(load.mean / held)),
    axis(widthName, width),
  ];
  const transport = transportOf(context.engine, work.phase, hardware.gpu.family, context.links.experts.domains);
  const exchange = exchangeOf(context, experts, route, load.imbalance, transport);
  const solo = parallel.etp * parallel.ep === 1;
  const summedOver = parallel.tp > 1 ? 'tp' : 'gpu';
  operations.push(
    operation(
      'dispatch',
      'dispatch',
      'routing',
      route.inPlace || solo ? 'gpu' : 'expert-group',
      [before, 'router'],
      entering,
      dispatched,
      dispatchCost(context, exchange, route, transport),
    ),
  );
  const shard = Math.ceil(experts.ffn / parallel.etp);
  // All gathered tokens pass through the kernel's input and output, no matter which experts they chose.
  const entered = route.inPlace || transport === 'gather' ? route.sent * parallel.etp * parallel.ep : undefined;
  const busiest = expertProduct(context, experts, width, shard, load.fullest, load.active, entered);
  const mean = load.imbalance > 0 ? 1 / load.imbalance : 1;
  operations.push({
    ...operation('experts', 'routed experts', 'compute', 'gpu', ['dispatch'], dispatched, dispatched, {
      ...busiest,
      flop: busiest.flop * mean,
    }),
    routed: true,
    imbalance: load.imbalance,
  });
  operations.push(
    operation(
      'combine',
      'combine',
      'aggregation',
      route.inPlace ? summedOver : 'expert-group',
      ['experts'],
      dispatched,
      entering,
      combineCost(context, exchange, route, transport),
    ),
  );
  let last = 'combine';
  if (experts.latent !== undefined) {
    const cost = product(context, context.residualTokens, model.hidden, experts.latent, model.types.weights);
    operations.push(
      operation('latent-out', 'latent projection back', 'compute', 'gpu', [last], entering, residual, cost),
    );
    last = 'latent-out';
  }
  const sums = [input, last];
  const beside = besideOperation(context, experts, operations);
  if (beside) sums.push(beside);
  operations.push(residualSum(context, 'ffn-add', 'residual sum', sums, residual));
  return operations;
}

/**
 * Adds the shared experts and the dense network beside the experts. Returns their key, or undefined when the layer has
 * neither.
 */
function besideOperation(context: LayerContext, experts: Experts, operations: Operation[]): string | undefined {
  const { parallel } = context;
  const widths = [
    { key: 'shared-experts', label: 'shared experts', ffn: experts.sharedFfn, gated: experts.gated },
    { key: 'parallel-ffn', label: 'parallel dense feed-forward', ffn: experts.parallelFfn ?? 0, gated: true },
  ].filter(({ ffn }) => ffn > 0);
  const [first] = widths;
  if (!first) return undefined;
  const from = gatherOperation(context, operations, 'shared-gather', 'post-norm');
  const shape = gatheredShape(context);
  const cost = sumOf(
    ...widths.map(({ ffn, gated }) => denseCost(context, context.tokens, Math.ceil(ffn / parallel.tp), gated)),
  );
  const label = widths.map((part) => part.label).join(' and ');
  operations.push(operation(first.key, label, 'compute', 'gpu', [from], shape, shape, cost));
  // The experts' own all-reduce sums them too, when both are partial over the same group.
  if (routeOf(context).inPlace) return first.key;
  return reduceOperation(context, operations, 'shared', first.key);
}

function exchangeOf(
  context: LayerContext,
  experts: Experts,
  route: Route,
  imbalance: number,
  transport: Transport,
): Exchange {
  const { links, hardware, parallel, model, activationBytes, work } = context;
  const width = experts.latent ?? model.hidden;
  // DeepEP and fp8 experts dispatch one byte per element with one fp32 scale per 128 (DeepSeek-V3, 3.2.2).
  const narrow = transport !== 'gather' && work.phase !== 'training' && model.types.experts.startsWith('fp8');
  return {
    spread: links.experts,
    constants: hardware.collectives,
    experts,
    ep: parallel.ep,
    tokens: route.sent,
    width,
    dispatchBytes: narrow ? 1 + 4 / 128 : activationBytes,
    combineBytes: activationBytes,
    imbalance,
  };
}

/**
 * The transport, or the permutation of token copies when nothing is sent. With etp the parts of an expert gather its
 * tokens.
 */
function dispatchCost(context: LayerContext, exchange: Exchange, route: Route, transport: Transport): Cost {
  const local = permutation(exchange, route, context.parallel.etp, context.parallel.tp);
  if (route.inPlace || context.parallel.etp * context.parallel.ep === 1) return local;
  const costs: OverGroup[] = [];
  if (context.parallel.ep > 1) costs.push({ group: 'expert-group', cost: dispatch(transport, exchange) });
  if (context.parallel.etp > 1) {
    const gather = allGather(context.links.etp, exchange.constants, copiesBytes(context, exchange));
    costs.push({ group: 'etp', cost: gather });
  }
  return together(costs);
}

/** The way back: a sum over etp, the transport, and a gather or sum over the tp group when it shares its tokens. */
function combineCost(context: LayerContext, exchange: Exchange, route: Route, transport: Transport): Cost {
  const { parallel, links, tokens, model } = context;
  const local = permutation(exchange, route, context.parallel.etp, context.parallel.tp);
  if (route.inPlace) {
    if (parallel.tp === 1) return local;
    const reduced: Operation[] = [];
    reduceOperation(context, reduced, 'combine', 'experts');
    const [sum] = reduced;
    return sum ?? local;
  }
  const costs: OverGroup[] = [];
  if (parallel.etp > 1) {
    const sum = reduceScatter(links.etp, exchange.constants, copiesBytes(context, exchange));
    costs.push({ group: 'etp', cost: sum });
  }
  if (parallel.ep > 1) costs.push({ group: 'expert-group', cost: combine(transport, exchange) });
  if (parallel.tp > 1 && !parallel.sequenceParallel) {
    const gather = allGather(links.tp, exchange.constants, tokens * model.hidden * exchange.combineBytes);
    costs.push({ group: 'tp', cost: gather });
  }
  return costs.length > 0 ? together(costs) : local;
}

interface OverGroup {
  readonly group: CollectivePart['group'];
  readonly cost: Cost;
}

/** Makes one operation of collectives that run one after the other, and keeps each as a part. */
function together(costs: readonly OverGroup[]): Cost {
  const parts = costs.map(({ group, cost: { bytes, seconds, formula } }) => ({ group, bytes, seconds, formula }));
  return { ...sumOf(...costs.map(({ cost }) => cost)), parts };
}

/** Bytes of the token copies that the etp parts of a rank's experts share. */
function copiesBytes(context: LayerContext, exchange: Exchange): number {
  const copies = exchange.tokens * realChoices(exchange.experts) * context.parallel.etp;
  return copies * exchange.width * exchange.combineBytes * exchange.imbalance;
}

/** Puts copies of tokens in order and sums them afterwards. Its time is part of the experts' measured time. */
function permutation(exchange: Exchange, route: Route, etp: number, tp: number): Cost {
  const copies = route.sent * realChoices(exchange.experts) * (route.inPlace ? Math.min(etp, tp) : 1);
  const bytes = (route.sent + copies) * exchange.width * exchange.combineBytes;
  return { ...NOTHING, bytes, bound: 'memory', formula: 'permutation' };
}
