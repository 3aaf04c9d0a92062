import type { ExpertMap } from '../plan/deployment.ts';
import { type LayerClass, mtpLayerOf } from '../plan/model.ts';
import type { Cost } from './kernels/primitive.ts';
import { isCommunication, type TimedOperations, timedOperations } from './layer.ts';
import { type LayerContext, operation, residualShape } from './layers/context.ts';
import { product } from './layers/products.ts';
import type { Operation, Phase } from './operation.ts';

/** The multi-token-prediction modules of a stage: each joins two streams, runs one layer and the output head. */
export interface PredictionModules {
  readonly count: number;
  readonly layer: LayerClass;
  /** Of the layer. */
  readonly times: TimedOperations;
  readonly join: Cost;
  readonly head: Cost;
}

/** A layer of the stage that is timed already: a module's layer is mostly one of these. */
export interface TimedLayer {
  readonly layer: LayerClass;
  readonly map: ExpertMap | undefined;
  readonly times: TimedOperations;
}

/** The modules that run in a phase; nothing where there are none. `head` is the output head on the same positions. */
export function predictionModules(
  context: LayerContext,
  timed: readonly TimedLayer[],
  head: Cost,
): PredictionModules | undefined {
  const { model, engine, work } = context;
  const count = modulesThatRun(work.phase, model.mtpModules, engine.speculativeTokens);
  const layer = mtpLayerOf(model);
  if (count === 0 || !layer) return undefined;
  const { times } = timed.find((one) => one.layer === layer) ?? timedLayer(context, timed, layer);
  const join = product(context, context.residualTokens, model.hidden, 2 * model.hidden, model.types.weights);
  return { count, layer, times, join, head };
}

function modulesThatRun(phase: Phase, modules: number, drafted: number): number {
  if (modules === 0) return 0;
  if (phase === 'training') return modules;
  return phase === 'decode' ? drafted : 0;
}

/** A layer that the stage has no other of; its experts lie as those of the stage's last layer of as many. */
function timedLayer(context: LayerContext, timed: readonly TimedLayer[], layer: LayerClass): TimedLayer {
  const alike = timed.findLast(({ layer: { feedForward } }) => isAlike(feedForward, layer.feedForward));
  const map = alike?.map;
  return { layer, map, times: timedOperations(context, layer, map) };
}

function isAlike(one: LayerClass['feedForward'], other: LayerClass['feedForward']): boolean {
  return one.kind === 'moe' && other.kind === 'moe' && one.count === other.count;
}

/** The modules as operations of the stage: computation in one, communication by its group. */
export function predictionOperations(context: LayerContext, modules: PredictionModules): Operation[] {
  const { work } = context;
  const { count, join, head, times } = modules;
  const residual = residualShape(context);
  // A decode step drafts one token per sequence and pass through the module, not all verified positions.
  const share = work.phase === 'decode' ? 1 / work.length : 1;
  const scale = share + (1 - share) * 0.5;
  let flop = 0;
  let bytes = 0;
  const computed = { seconds: 0, exposedSeconds: 0, engineSeconds: 0 };
  const exchanges = new Map<'tp' | 'expert-group', { bytes: number; seconds: number; exposedSeconds: number }>();
  for (const one of times.operations) {
    flop += one.flop;
    computed.engineSeconds += one.engineSeconds ?? 0;
    if (!isCommunication(one)) {
      bytes += one.bytes;
      computed.seconds += one.seconds;
      computed.exposedSeconds += one.exposedSeconds;
      continue;
    }
    const group = one.group === 'tp' ? 'tp' : 'expert-group';
    const known = exchanges.get(group) ?? { bytes: 0, seconds: 0, exposedSeconds: 0 };
    exchanges.set(group, {
      bytes: known.bytes + one.bytes,
      seconds: known.seconds + one.seconds,
      exposedSeconds: known.exposedSeconds + one.exposedSeconds,
    });
  }
  const ends = join.seconds + head.seconds;
  const operations: Operation[] = [
    {
      ...operation('prediction', 'multi-token prediction', 'compute', 'gpu', ['input'], residual, residual, {
        flop: count * (flop * share + join.flop + head.flop * share),
        bytes: count * (bytes + join.bytes + head.bytes),
        seconds: count * (computed.seconds * scale + ends),
        bound: head.bound,
        formula: 'prediction-module',
      }),
      exposedSeconds: count * (computed.exposedSeconds * scale + ends),
      ...(computed.engineSeconds > 0 && { engineSeconds: count * computed.engineSeconds * scale }),
    },
  ];
  // Training repeats communication once in its backward pass, computation twice: they must stay apart.
  for (const [group, exchange] of exchanges) {
    const key = group === 'tp' ? 'prediction-tp' : 'prediction-exchange';
    const after = [operations.at(-1)?.key ?? 'input'];
    operations.push({
      ...operation(key, 'communication of multi-token prediction', 'communication', group, after, residual, residual, {
        flop: 0,
        bytes: count * exchange.bytes,
        seconds: count * exchange.seconds * scale,
        bound: 'network',
        formula: 'prediction-module',
      }),
      exposedSeconds: count * exchange.exposedSeconds * scale,
    });
  }
  return operations;
}
