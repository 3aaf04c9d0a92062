import { sentByLevel } from '../../cost/collectives/levels.ts';
import type { Spread } from '../../cost/collectives/spread.ts';
import type { Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import type { CollectivePart } from '../../cost/kernels/primitive.ts';
import type { StageLinks, StageSetting } from '../../cost/layers/context.ts';
import type { Operation, StageRun, Step } from '../../cost/operation.ts';
import { collectivesOf, isCommunication } from '../../cost/steps/layer.ts';
import { type PoolSetting, poolSetting } from '../../cost/steps/stage.ts';
import type { Experts } from '../../plan/model.ts';
import type { TrafficFlow } from '../preview/trafficProtocol.ts';
import { gradientFlows } from './gradients.ts';
import { groupName, placedGroups } from './groups.ts';
import { handoverFlow } from './handover.ts';

/** The traffic of one operation in a step, on the GPUs of one stage. */
export interface Flow extends TrafficFlow {
  /** Key of the operation, by which its source is found. */
  readonly operation: string;
  readonly stage: number;
  /** `tp of 8 GPUs`. */
  readonly group: string;
  /** Seconds of a step that one GPU spends on it by its price, even when other work hides it. */
  readonly seconds: number;
  /** How often it runs in a step. */
  readonly times: number;
}

/** Kinds of group over which the collectives of layers run. */
type LayerGroup = CollectivePart['group'];

interface Collective {
  readonly label: string;
  readonly operation: string;
  readonly group: LayerGroup;
  readonly formula: string;
  /** Bytes per run and GPU. */
  readonly bytes: number;
  readonly seconds: number;
  readonly times: number;
  readonly experts: Experts | undefined;
}

/**
 * Everything that GPUs send each other in one step of a pool's first replica: collectives of layers, transfers between
 * stages, gradients, and the KV caches of prompts that another pool continues. Backward passes repeat what forward passes
 * send, and so does recomputation of a layer's exchange.
 */
export function flowsOf(evaluation: Evaluation, { pool }: Pick<PoolPrediction, 'pool'>, step: Step): readonly Flow[] {
  const setting = poolSetting(evaluation.deployment.cluster, pool);
  const passes = step.microBatches;
  const flows = pool.stages.flatMap((_, index) => stageFlows(setting, step, index, passes));
  const handover = handoverFlow(evaluation, pool, step);
  return [
    ...merged(flows),
    ...transferFlows(setting, step, passes),
    ...(step.phase === 'training' ? gradientFlows(evaluation, setting, step) : []),
    ...(handover ? [handover] : []),
  ];
}

/** A stage of DualPipe works with its own layers for one direction and with its partner's layers for the other. */
function stageFlows(setting: PoolSetting, step: Step, index: number, passes: number): readonly Flow[] {
  const { pool } = setting;
  const stages = step.stages.length;
  const isDual = step.phase === 'training' && pool.parallel.schedule === 'dualpipe' && stages > 1;
  const runs = isDual ? [index, stages - 1 - index] : [index];
  const stage = setting.stages[index];
  if (!stage) return [];
  return runs.flatMap((runIndex) => {
    const run = step.stages[runIndex];
    if (!run) return [];
    return sentIn(stage, run, step, passes / runs.length).flatMap(
      (collective) => flowOf(stage, index, collective) ?? [],
    );
  });
}

function sentIn(stage: StageSetting, run: StageRun, step: Step, passes: number): readonly Collective[] {
  const collectives: Collective[] = [];
  const add = (operations: readonly Operation[], times: number, experts: Experts | undefined) => {
    for (const operation of operations) {
      if (!isCommunication(operation)) continue;
      const { key, label } = operation;
      for (const part of collectivesOf(operation)) {
        const runs = runsOf(stage, step, part.group);
        collectives.push({ label, operation: key, experts, ...part, times: times * passes * runs });
      }
    }
  };
  const inLayers = [...run.layers].sort((a, b) => (a.layers[0] ?? 0) - (b.layers[0] ?? 0));
  for (const { layers, operations } of inLayers) add(operations, layers.length, expertsOf(stage, layers));
  // A prediction module has the same experts as the last layer.
  const last = inLayers.at(-1);
  const ends = [...run.entry, ...run.exit];
  add(ends, 1, last && expertsOf(stage, last.layers));
  return collectives;
}

function expertsOf({ model }: StageSetting, layers: readonly number[]): Experts | undefined {
  const feedForward = model.classes[model.layers[layers[0] ?? -1] ?? -1]?.feedForward;
  return feedForward?.kind === 'moe' ? feedForward : undefined;
}

/** Passes of a micro-batch in which a collective runs. */
function runsOf({ parallel }: StageSetting, { phase }: Step, group: LayerGroup): number {
  if (phase !== 'training') return 1;
  const isExchange = group === 'expert-group' || group === 'etp';
  const isRepeated = parallel.recompute.includes('full') || (isExchange && parallel.recompute.includes('experts'));
  return isRepeated ? 3 : 2;
}

function flowOf(stage: StageSetting, index: number, collective: Collective): Flow | undefined {
  const { label, operation, group, seconds, times } = collective;
  const priced = linksOf(stage.links, group);
  const to = collective.experts && { experts: collective.experts, ep: stage.parallel.ep };
  const groups = placedGroups(stage, group);
  const sent = groups.map(({ shape }) => sentByLevel(collective.formula, collective.bytes, priced, shape, to));
  if (sent.every(({ inside, across }) => inside + across === 0)) return undefined;
  return {
    label,
    operation,
    stage: index,
    group: groupName(group, priced.size),
    pattern: sent.some(({ isRail }) => isRail) ? 'rail' : 'even',
    groups: groups.map(({ gpus }) => gpus),
    inside: sent.map(({ inside }) => inside * times),
    across: sent.map(({ across }) => across * times),
    seconds: seconds * times,
    times,
  };
}

function linksOf(links: StageLinks, group: LayerGroup): Spread {
  return group === 'expert-group' ? links.experts : links[group];
}

/** Joins collectives of one operation over the same groups into one flow, so that the layers of a stage add up. */
function merged(flows: readonly Flow[]): readonly Flow[] {
  const flowByKey = new Map<string, Flow>();
  for (const flow of flows) {
    const key = `${flow.stage} ${flow.operation} ${flow.group} ${flow.pattern}`;
    const before = flowByKey.get(key);
    const sum = (bytesBefore: readonly number[], more: readonly number[]) =>
      bytesBefore.map((bytes, index) => bytes + (more[index] ?? 0));
    if (!before) flowByKey.set(key, flow);
    else
      flowByKey.set(key, {
        ...before,
        inside: sum(before.inside, flow.inside),
        across: sum(before.across, flow.across),
        seconds: before.seconds + flow.seconds,
        times: before.times + flow.times,
      });
  }
  return [...flowByKey.values()];
}

/**
 * Activations to the next stage, GPU by GPU, and their gradients back. Interleaved chunks cross every boundary once per
 * chunk and go round from the last stage to the first. In training, ranks with the same residual stream send a part each.
 */
function transferFlows(setting: PoolSetting, step: Step, passes: number): readonly Flow[] {
  const { pool } = setting;
  const { tp, sequenceParallel, schedule, vpp } = pool.parallel;
  const training = step.phase === 'training';
  const stages = step.stages.length;
  const chunks = training && schedule === 'interleaved' && step.microBatches >= stages ? vpp : 1;
  const share = training && !sequenceParallel ? 1 / tp : 1;
  const flow = (transfer: Operation, from: number, to: number, times: number): Flow => {
    const [senders, receivers] = [pool.stages[from]?.gpus ?? [], pool.stages[to]?.gpus ?? []];
    const pairs = Math.max(senders.length, receivers.length);
    const at = (gpus: readonly number[], index: number) => gpus[index % gpus.length] ?? 0;
    const indexes = Array.from({ length: pairs }, (_, index) => index);
    const bytes = (transfer.bytes * share * times * senders.length) / pairs;
    return {
      label: transfer.label,
      operation: transfer.key,
      stage: from,
      group: 'GPU to GPU',
      pattern: 'pairs',
      groups: [indexes.map((index) => at(senders, index))],
      to: [indexes.map((index) => at(receivers, index))],
      inside: [bytes],
      across: [0],
      seconds: (transfer.pricedSeconds ?? transfer.seconds) * share * times,
      times,
    };
  };
  const flows: Flow[] = [];
  for (const { transfer, stage } of step.stages) {
    if (!transfer) continue;
    flows.push(flow(transfer, stage, stage + 1, passes * chunks));
    if (training)
      flows.push(flow({ ...transfer, label: 'gradients to the stage before' }, stage + 1, stage, passes * chunks));
  }
  const round = step.stages[0]?.transfer;
  if (round && chunks > 1) {
    flows.push(flow(round, stages - 1, 0, passes * (chunks - 1)));
    flows.push(flow({ ...round, label: 'gradients to the stage before' }, 0, stages - 1, passes * (chunks - 1)));
  }
  return flows;
}
