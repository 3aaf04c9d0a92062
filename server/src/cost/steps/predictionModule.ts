import type { ExpertMap } from '../../plan/deployment.ts';
import { type LayerClass, mtpLayerOf } from '../../plan/model.ts';
import { type CollectivePart, type Cost, constantsOfAll } from '../kernels/primitive.ts';
import { type LayerContext, layerContext, operation, residualShape } from '../layers/context.ts';
import { product } from '../layers/products.ts';
import type { Operation, Phase } from '../operation.ts';
import { collectivesOf, isCommunication, type TimedOperations, timedOperations } from './layer.ts';

/** The multi-token-prediction modules of a stage. Each joins two streams and runs one layer and the output head. */
export interface PredictionModules {
  readonly layer: LayerClass;
  readonly passes: readonly PredictionPass[];
}

/** Passes through a module over the same positions. */
export interface PredictionPass {
  readonly count: number;
  /** Times of the layer. */
  readonly times: TimedOperations;
  readonly join: Cost;
  readonly head: Cost;
}

/** A layer of the stage that has been timed. A module's layer is mostly one of these. */
export interface TimedLayer {
  readonly layer: LayerClass;
  readonly map: ExpertMap | undefined;
  readonly times: TimedOperations;
}

/**
 * The modules that run in a phase; undefined when there are none. In training each module predicts at all positions, and
 * `head` is the output head there. In decode a draft begins with a pass over all positions that were verified and goes on
 * with one token of each sequence per pass; each pass needs the logits of one position per sequence.
 */
export function predictionModules(
  context: LayerContext,
  timed: readonly TimedLayer[],
  head: (context: LayerContext) => Cost,
): PredictionModules | undefined {
  const { model, engine, work } = context;
  const count = modulesThatRun(work.phase, model.mtpModules, engine.speculativeTokens);
  const layer = mtpLayerOf(model);
  if (count === 0 || !layer) return undefined;
  const timedModule = timed.find((earlier) => earlier.layer === layer) ?? timedLayer(context, timed, layer);
  const join = (at: LayerContext) =>
    product(at, at.residualTokens, model.hidden, 2 * model.hidden, model.types.weights);
  if (work.phase === 'training')
    return { layer, passes: [{ count, times: timedModule.times, join: join(context), head: head(context) }] };
  const single = layerContext(context, { ...work, length: 1 });
  const first = { count: 1, times: timedModule.times, join: join(context), head: head(single) };
  if (count === 1) return { layer, passes: [first] };
  const times = timedOperations(single, layer, timedModule.map);
  return { layer, passes: [first, { count: count - 1, times, join: join(single), head: head(single) }] };
}

function modulesThatRun(phase: Phase, modules: number, drafted: number): number {
  if (modules === 0) return 0;
  if (phase === 'training') return modules;
  return phase === 'decode' ? drafted : 0;
}

/**
 * Times a layer of a kind that the stage does not have. Its experts lie like those of the stage's last layer with as many.
 */
function timedLayer(context: LayerContext, timed: readonly TimedLayer[], layer: LayerClass): TimedLayer {
  const alike = timed.findLast(({ layer: { feedForward } }) => isAlike(feedForward, layer.feedForward));
  const map = alike?.map;
  return { layer, map, times: timedOperations(context, layer, map) };
}

function isAlike(left: LayerClass['feedForward'], right: LayerClass['feedForward']): boolean {
  return left.kind === 'moe' && right.kind === 'moe' && left.count === right.count;
}

interface Exchange {
  bytes: number;
  seconds: number;
  exposedSeconds: number;
  readonly parts: CollectivePart[];
  constants: Operation['constants'];
}

/** The modules as operations of the stage: all computation in one, and communication by its group. */
export function predictionOperations(context: LayerContext, { passes }: PredictionModules): Operation[] {
  const residual = residualShape(context);
  const sum = { flop: 0, bytes: 0, seconds: 0, exposedSeconds: 0, engineSeconds: 0 };
  const exchanges = new Map<'tp' | 'expert-group', Exchange>();
  for (const { count, times, join, head } of passes) {
    for (const moduleOperation of times.operations) {
      sum.flop += count * moduleOperation.flop;
      sum.engineSeconds += count * (moduleOperation.engineSeconds ?? 0);
      if (isCommunication(moduleOperation)) {
        addExchange(exchanges, moduleOperation, count);
        continue;
      }
      sum.bytes += count * moduleOperation.bytes;
      sum.seconds += count * moduleOperation.seconds;
      sum.exposedSeconds += count * moduleOperation.exposedSeconds;
    }
    const ends = count * (join.seconds + head.seconds);
    sum.flop += count * (join.flop + head.flop);
    sum.bytes += count * (join.bytes + head.bytes);
    sum.seconds += ends;
    sum.exposedSeconds += ends;
  }
  const { flop, bytes, seconds, exposedSeconds, engineSeconds } = sum;
  const bound = passes[0]?.head.bound ?? 'memory';
  const computed = passes.flatMap(({ times, join, head }) => [
    ...times.operations.filter((moduleOperation) => !isCommunication(moduleOperation)),
    join,
    head,
  ]);
  const constants = constantsOfAll(computed);
  const cost = { flop, bytes, seconds, bound, formula: 'prediction-module', constants };
  const operations: Operation[] = [
    {
      ...operation('prediction', 'multi-token prediction', 'compute', 'gpu', ['input'], residual, residual, cost),
      exposedSeconds,
      ...(engineSeconds > 0 && { engineSeconds }),
    },
  ];
  // In the backward pass, training repeats communication once and computation twice, so they must stay separate.
  for (const [group, { exposedSeconds: exposed, ...sent }] of exchanges) {
    const key = group === 'tp' ? 'prediction-tp' : 'prediction-exchange';
    const after = [operations.at(-1)?.key ?? 'input'];
    const exchange: Cost = { flop: 0, bound: 'network', formula: 'prediction-module', ...sent };
    operations.push({
      ...operation(
        key,
        'communication of multi-token prediction',
        'communication',
        group,
        after,
        residual,
        residual,
        exchange,
      ),
      exposedSeconds: exposed,
    });
  }
  return operations;
}

function addExchange(exchanges: Map<'tp' | 'expert-group', Exchange>, communication: Operation, count: number): void {
  const group = communication.group === 'tp' ? 'tp' : 'expert-group';
  const exchange = exchanges.get(group) ?? { bytes: 0, seconds: 0, exposedSeconds: 0, parts: [], constants: [] };
  exchanges.set(group, exchange);
  exchange.constants = constantsOfAll([exchange, communication]);
  exchange.bytes += count * communication.bytes;
  exchange.seconds += count * communication.seconds;
  exchange.exposedSeconds += count * communication.exposedSeconds;
  for (const part of collectivesOf(communication))
    exchange.parts.push({ ...part, bytes: count * part.bytes, seconds: count * part.seconds });
}
