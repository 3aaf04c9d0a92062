import type { Cluster } from '../../plan/cluster.ts';
import type { ExpertMap, Pool } from '../../plan/deployment.ts';
import { tokenColumns, typeOfPart } from '../../plan/model.ts';
import { allGather, allReduce, pointToPoint } from '../collectives/collectives.ts';
import type { Spread } from '../collectives/spread.ts';
import { linkOf } from '../collectives/spread.ts';
import { elementwise } from '../kernels/elementwise.ts';
import {
  axis,
  gatheredShape,
  type LayerContext,
  layerContext,
  operation,
  residualShape,
  type StageSetting,
  stageSetting,
  sumOf,
  type Work,
} from '../layers/context.ts';
import { product } from '../layers/products.ts';
import { normOperation } from '../layers/residual.ts';
import { residualKept } from '../layers/streams.ts';
import { type LayerRun, type Operation, type Shape, type StageRun, shownSeconds } from '../operation.ts';
import { isCommunication, timedOperations } from './layer.ts';
import { Passes, type StagePass } from './pass.ts';
import {
  type PredictionModules,
  predictionModules,
  predictionOperations,
  type TimedLayer,
} from './predictionModule.ts';

/**
 * The stages of a pool and the links between them, which do not depend on the workload, and the passes of one kind of workload
 * that were timed in them.
 */
export interface PoolSetting {
  readonly pool: Pool;
  readonly stages: readonly StageSetting[];
  /** The links from each stage to the next. */
  readonly links: readonly Spread[];
  readonly passes: Passes<readonly StageCost[]>;
}

export function poolSetting(
  cluster: Cluster,
  pool: Pool,
  passes: PoolSetting['passes'] = new Passes({ isDrawn: true }),
): PoolSetting {
  const stages: StageSetting[] = [];
  const links: Spread[] = [];
  for (const stage of pool.stages) {
    const before = stages.at(-1);
    const setting = stageSetting(cluster, pool, stage, before);
    if (before) links.push(linkOf(before.places, setting.places));
    stages.push(setting);
  }
  return { pool, stages, links, passes };
}

/** One micro-batch through one stage. */
export interface StageCost {
  readonly run: StageRun;
  /** Multi-token prediction, where it runs. `run.exit` holds it as whole operations. */
  readonly modules?: PredictionModules;
}

/** Layers of one class and one placement of experts, on machines and links that are alike, timed once. */
export type TimedLayers = {
  readonly setting: StageSetting;
  readonly index: number;
  readonly timed: Omit<TimedRun, 'run'> & { readonly run: Omit<LayerRun, 'layers'> };
}[];

/** `timedBefore` holds what other stages of the pool have timed for the same work. This stage adds what it times. */
export function stageCost(setting: PoolSetting, index: number, work: Work, timedBefore: TimedLayers = []): StageCost {
  const stage = setting.stages[index];
  if (!stage) throw new RangeError(`pool ${setting.pool.name} has no stage ${index}`);
  const context = layerContext(stage, work);
  const layers = layerRuns(stage, context, timedBefore);
  const entry = index === 0 ? entryOperations(context) : [];
  const last = index === setting.stages.length - 1;
  const { operations: exit, modules }: StageExit = last ? exitOperations(context, layers) : { operations: [] };
  const link = setting.links[index];
  const transfer = link ? transferOperation(context, link) : undefined;
  let seconds = 0;
  let exposed = 0;
  const runs = layers.map(({ run }) => run);
  for (const run of runs) {
    seconds += run.layers.length * run.seconds;
    exposed += run.layers.length * run.exposedCommunicationSeconds;
  }
  for (const stageOperation of transfer ? [...entry, ...exit, transfer] : [...entry, ...exit]) {
    seconds += shownSeconds(stageOperation);
    if (stageOperation !== transfer && isCommunication(stageOperation)) exposed += stageOperation.exposedSeconds;
  }
  return {
    run: {
      stage: index,
      entry,
      layers: runs,
      exit,
      ...(transfer ? { transfer } : {}),
      seconds,
      exposedCommunicationSeconds: exposed,
    },
    ...(modules && { modules }),
  };
}

/** The numbers of a stage's operations. */
export function passOfStage({ run }: StageCost): StagePass {
  const { transfer, entry, layers, exit } = run;
  const sent = transfer?.seconds ?? 0;
  let attentionSeconds = 0;
  let otherFlop = 0;
  for (const { layers: equal, operations } of layers) {
    for (const { key, seconds, flop } of operations) {
      if (key === 'attention') attentionSeconds += equal.length * seconds;
      else otherFlop += equal.length * flop;
    }
  }
  for (const { flop } of entry) otherFlop += flop;
  for (const { flop } of exit) otherFlop += flop;
  return {
    seconds: run.seconds - sent,
    ...(transfer && { sent }),
    exposedCommunicationSeconds: run.exposedCommunicationSeconds,
    attentionSeconds,
    otherFlop,
  };
}

interface TimedRun extends TimedLayer {
  readonly run: LayerRun;
}

interface StageExit {
  readonly operations: readonly Operation[];
  readonly modules?: PredictionModules;
}

/** Layers of one class and one placement of experts are computed once. */
function layerRuns(setting: StageSetting, context: LayerContext, timedBefore: TimedLayers): TimedRun[] {
  const { model, stage } = context;
  const groups: { readonly index: number; readonly map: ExpertMap | undefined; readonly layers: number[] }[] = [];
  for (const layer of stage.layers) {
    const index = model.layers[layer];
    if (index === undefined) throw new RangeError(`model ${model.name} has no layer ${layer}`);
    const map = stage.experts.get(layer);
    const group = groups.find((candidate) => candidate.index === index && candidate.map === map);
    if (group) group.layers.push(layer);
    else groups.push({ index, map, layers: [layer] });
  }
  return groups.map(({ index, map, layers }) => {
    const sameRun = timedBefore.find(
      (run) =>
        run.index === index &&
        run.timed.map === map &&
        run.setting.links === setting.links &&
        run.setting.hardware === setting.hardware,
    );
    const timed = sameRun?.timed ?? timedLayers(context, index, map);
    if (!sameRun) timedBefore.push({ setting, index, timed });
    return { ...timed, run: { ...timed.run, layers } };
  });
}

function timedLayers(context: LayerContext, index: number, map: ExpertMap | undefined): TimedLayers[number]['timed'] {
  const { model } = context;
  const layer = model.classes[index];
  if (!layer) throw new RangeError(`model ${model.name} has no layer class ${index}`);
  const times = timedOperations(context, layer, map);
  const { operations, seconds, exposedSeconds, isInTurns } = times;
  return {
    layer,
    map,
    times,
    run: { className: layer.name, operations, seconds, exposedCommunicationSeconds: exposedSeconds, isInTurns },
  };
}

/** Per-layer embeddings: a look-up for all layers at once, and the projection of the stream that is added to it. */
function tokenTable(context: LayerContext, input: Shape, output: Shape): Operation {
  const { model, hardware, tokens, activationBytes, parallel } = context;
  const columns = tokenColumns(model);
  const lookedUp = elementwise(hardware, 3 * tokens * columns * activationBytes, tokens * columns);
  const projected = product(context, tokens, Math.ceil(columns / parallel.tp), model.hidden, model.types.weights);
  const cost = sumOf(projected, lookedUp);
  return operation('token-table', 'per-layer embedding', 'compute', 'gpu', ['embedding'], input, output, cost);
}

/** Token embedding, split over the vocabulary. The parts are summed over the tp group. */
function entryOperations(context: LayerContext): Operation[] {
  const { model, work, hardware, tokens, activationBytes, links, parallel } = context;
  if (model.vocabulary === 0) return [];
  const input: Shape = [axis('batch', work.sequences), axis('seq', context.seq)];
  const residual = residualShape(context);
  const output = parallel.tp > 1 ? gatheredShape(context) : residual;
  const size = tokens * model.hidden * activationBytes;
  const operations = [
    operation(
      'embedding',
      'token embedding',
      'compute',
      'gpu',
      ['input'],
      input,
      output,
      elementwise(hardware, 2 * size, 0),
    ),
  ];
  if (model.tokenRows !== undefined) operations.push(tokenTable(context, input, output));
  if (parallel.tp > 1) {
    const looked = model.tokenRows === undefined ? 0 : tokens * tokenColumns(model) * activationBytes;
    const cost = allReduce(links.tp, hardware.collectives, size + looked, work.phase !== 'training');
    operations.push(
      operation(
        'embedding-all-reduce',
        'all-reduce',
        'communication',
        'tp',
        [operations.at(-1)?.key ?? 'embedding'],
        output,
        residual,
        cost,
      ),
    );
  }
  return operations;
}

/**
 * Prediction modules, where they run, then final norm and output head. Inference needs the logits of the last position of
 * each sequence (or of every drafted position), training those of all positions.
 */
function exitOperations(context: LayerContext, layers: readonly TimedLayer[]): StageExit {
  const { model, work, hardware, links, parallel } = context;
  if (model.vocabulary === 0) return { operations: [] };
  const operations: Operation[] = [];
  const residual = residualShape(context);
  const positions = positionsOf(context);
  const rows = work.sequences * positions;
  const columns = Math.ceil(model.vocabulary / parallel.tp);
  const headOf = (at: LayerContext) =>
    product(at, at.work.sequences * positionsOf(at), columns, model.hidden, typeOfPart(model, 'head', 'embedding'));
  const head = headOf(context);
  const norm = normOperation(context, 'final-norm', 'final norm', 'input');
  const modules = predictionModules(context, layers, headOf);
  if (modules) operations.push(...predictionOperations(context, modules));
  operations.push({ ...norm, after: [operations.at(-1)?.key ?? 'input'] });
  const logits: Shape = [axis('batch', work.sequences), axis('seq', positions), axis('vocabulary', columns)];
  operations.push(operation('head', 'output head', 'compute', 'gpu', ['final-norm'], residual, logits, head));
  if (parallel.tp > 1 && work.phase !== 'training') {
    const whole: Shape = [axis('batch', work.sequences), axis('seq', positions), axis('vocabulary', model.vocabulary)];
    const cost = allGather(links.tp, hardware.collectives, rows * model.vocabulary * 2);
    operations.push(
      operation('logits-gather', 'all-gather of logits', 'communication', 'tp', ['head'], logits, whole, cost),
    );
  }
  return { operations, ...(modules && { modules }) };
}

/** Positions of a sequence for which the output head gives logits. */
function positionsOf({ work, seq }: LayerContext): number {
  return work.phase === 'training' ? seq : work.phase === 'decode' ? work.length : 1;
}

function transferOperation(context: LayerContext, link: Spread): Operation {
  const { residualTokens, model, activationBytes, hardware } = context;
  const shape = residualShape(context);
  const cost = pointToPoint(
    link,
    hardware.collectives,
    residualKept(model) * residualTokens * model.hidden * activationBytes,
  );
  return operation('transfer', 'to the next stage', 'communication', 'gpu', ['input'], shape, shape, cost);
}
