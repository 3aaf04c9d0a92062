import { stageTitle } from '../../plan/stageTitle.ts';
import type { Bottleneck, BottleneckKind } from '../evaluation.ts';
import { bottleneckFigure } from '../figures/bottleneck.ts';
import { formatRounded } from '../format.ts';
import type { Operation, Step } from '../operation.ts';
import { isCommunication } from './layer.ts';

const WORDS: Readonly<Record<BottleneckKind, string>> = {
  compute: 'computation',
  memory: 'memory bandwidth',
  network: 'the network',
  latency: 'start-up of kernels and transfers',
  bubble: 'the pipeline bubble',
  load: 'uneven load of experts',
};

/**
 * What a step waits for most, in shares of the step. The exposed time of each operation of the slowest stage counts for
 * what bounds it, the experts' time beyond an even load counts as load, and waiting for other stages counts as bubble.
 */
export function bottleneckOf(step: Step, stageNames: readonly string[]): Bottleneck {
  let slowest = step.stages[0];
  for (const run of step.stages) if (slowest && run.seconds > slowest.seconds) slowest = run;
  const shares: Record<BottleneckKind, number> = { compute: 0, memory: 0, network: 0, latency: 0, bubble: 0, load: 0 };
  const seconds = new Map<string, { total: number; kind: BottleneckKind; label: string }>();
  let sum = 0;
  const add = (operation: Operation, times: number) => {
    const total = operation.exposedSeconds * times;
    const uneven = operation.imbalance === undefined ? 0 : total * (1 - 1 / operation.imbalance);
    const kind: BottleneckKind =
      isCommunication(operation) && operation.bound !== 'latency' ? 'network' : operation.bound;
    shares.load += uneven;
    shares[kind] += total - uneven;
    sum += total;
    const sameKey = seconds.get(operation.key);
    if (sameKey) sameKey.total += total;
    else seconds.set(operation.key, { total, kind, label: operation.label });
  };
  if (slowest) {
    for (const operation of slowest.entry) add(operation, 1);
    for (const { layers, operations } of slowest.layers)
      for (const operation of operations) add(operation, layers.length);
    for (const operation of slowest.exit) add(operation, 1);
    if (slowest.transfer) add(slowest.transfer, 1);
  }
  const busy = 1 - step.bubbleFraction;
  if (sum > 0) for (const kind of KINDS) shares[kind] *= busy / sum;
  shares.bubble = step.bubbleFraction;
  let kind: BottleneckKind = 'compute';
  for (const candidate of KINDS) if (shares[candidate] > shares[kind]) kind = candidate;
  const wanted = kind === 'load' ? 'experts' : undefined;
  let operation: string | undefined = wanted;
  let largest = 0;
  for (const [key, entry] of seconds) {
    if (wanted === undefined && entry.kind === kind && entry.total > largest) {
      largest = entry.total;
      operation = key;
    }
  }
  const stage = slowest && stageNames.length > 1 ? stageNames[slowest.stage] : undefined;
  const share = shares[kind];
  const label = operation === undefined ? undefined : seconds.get(operation)?.label;
  const most = label === undefined ? '' : `, most of it in ${label}`;
  return {
    kind,
    ...(operation === undefined ? {} : { operation }),
    ...(stage === undefined ? {} : { stage }),
    share,
    text: `${formatRounded(bottleneckFigure(share))} of the step is ${WORDS[kind]}${most}${stage === undefined ? '' : ` (${stageTitle(stage)})`}.`,
  };
}

const KINDS = ['compute', 'memory', 'network', 'latency', 'bubble', 'load'] as const;
