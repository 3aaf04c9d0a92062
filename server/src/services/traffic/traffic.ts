import { placesOf } from '../../cost/collectives/spread.ts';
import type { Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import type { Step } from '../../cost/operation.ts';
import { Memo } from '../../language/memo.ts';
import type { Cluster, Level } from '../../plan/cluster.ts';
import { type Flow, flowsOf } from './flows.ts';
import { visitSenders } from './senders.ts';

/** A kind of link between GPUs: scale-up inside a domain, the network inside a rack, or the network between racks. */
export type LinkLevel = Exclude<Level, 'gpu'>;

export interface LevelTraffic {
  readonly level: LinkLevel;
  /** Bytes per step over all GPUs. */
  readonly bytes: number;
  /** Bytes per step of the GPU that sends most. */
  readonly perGpu: number;
  /** Bytes/s of one GPU. */
  readonly bandwidth: number;
  /** Seconds of a step in which the links of the busiest stage work, by the prices of their operations. */
  readonly busySeconds: number;
  /** Seconds of a step in which these links would work at full bandwidth. */
  readonly wireSeconds: number;
  /** Label of the operation that occupies them longest. */
  readonly most?: string;
}

export interface OperationTraffic {
  readonly label: string;
  readonly operation: string;
  readonly group: string;
  readonly stage: number;
  /** Bytes over scale-up links, over the network inside racks, and over the network between racks. */
  readonly bytes: readonly number[];
  readonly times: number;
  readonly seconds: number;
}

/** Bytes between GPUs in one step. */
export interface Traffic {
  readonly flows: readonly Flow[];
  readonly levels: readonly LevelTraffic[];
  /** Operations over all stages. Times and seconds are those of the stage where the operation takes longest. */
  readonly operations: readonly OperationTraffic[];
  /** Senders and receivers, ascending, with their places. */
  readonly gpus: readonly number[];
  readonly domains: readonly number[];
  readonly racks: readonly number[];
}

const LEVELS: readonly LinkLevel[] = ['scale-up', 'scale-out', 'rack'];

/** Cached, so that traffic is added up once per step. */
const trafficOfSteps = new Memo<Step, Traffic>();

export function trafficOf(evaluation: Evaluation, prediction: PoolPrediction, step: Step): Traffic {
  const before = trafficOfSteps.get(step);
  if (before) return before;
  const flows = flowsOf(evaluation, prediction, step);
  const senders = prediction.pool.stages.flatMap(({ gpus }) => gpus);
  const receivers = flows.flatMap(({ to }) => to?.flat() ?? []);
  const gpus = [...new Set([...senders, ...receivers])].sort((a, b) => a - b);
  const { domains, racks } = placesOf(evaluation.cluster, gpus);
  const made = { flows, gpus, domains, racks, ...addedUp(evaluation.cluster, flows, gpus, domains, racks) };
  trafficOfSteps.set(step, made);
  return made;
}

function addedUp(
  cluster: Cluster,
  flows: readonly Flow[],
  gpus: readonly number[],
  domains: readonly number[],
  racks: readonly number[],
): Pick<Traffic, 'levels' | 'operations'> {
  const place = new Map(gpus.map((gpu, index) => [gpu, index]));
  const standOf = (gpu: number) => {
    const index = place.get(gpu) ?? -1;
    return { domain: domains[index] ?? 0, rack: racks[index] ?? 0 };
  };
  const bandwidths = bandwidthsOf(cluster, gpus);
  const totals = LEVELS.map(
    (): LevelSum => ({ bytes: 0, perGpu: new Float64Array(gpus.length), busy: new Map(), by: new Map() }),
  );
  const operations = new Map<string, OperationSum>();
  for (const flow of flows) {
    const bytes = [0, 0, 0];
    const most = [0, 0, 0];
    visitSenders(flow, standOf, (gpu, sent) => {
      const index = place.get(gpu) ?? -1;
      for (const [level, levelBytes] of sent.entries()) {
        bytes[level] = (bytes[level] ?? 0) + levelBytes;
        most[level] = Math.max(most[level] ?? 0, levelBytes);
        const column = totals[level]?.perGpu;
        if (column) column[index] = (column[index] ?? 0) + levelBytes;
      }
    });
    const wires = wireSeconds(most, bandwidths);
    const longest = Math.max(...wires);
    for (const [level, total] of totals.entries()) {
      total.bytes += bytes[level] ?? 0;
      // The slowest level sets the time of the operation. The other levels work for a part of it.
      const seconds = longest > 0 ? (flow.seconds * (wires[level] ?? 0)) / longest : 0;
      if (seconds === 0) continue;
      total.busy.set(flow.stage, (total.busy.get(flow.stage) ?? 0) + seconds);
      total.by.set(flow.label, (total.by.get(flow.label) ?? 0) + seconds);
    }
    const key = `${flow.label} ${flow.group}`;
    const operation = operations.get(key) ?? new OperationSum(flow);
    operations.set(key, operation);
    operation.add(flow, bytes);
  }
  const levels = LEVELS.flatMap((level, index): LevelTraffic[] => {
    const total = totals[index];
    const isHere = level === 'scale-up' ? gpus.length > new Set(domains).size : total !== undefined && total.bytes > 0;
    if (!total || !isHere) return [];
    const perGpu = total.perGpu.reduce((largest, bytes) => Math.max(largest, bytes), 0);
    // The same network cards send between racks as inside one.
    const loads = gpus.map(
      (_, gpu) =>
        wireSeconds(
          totals.map((levelSum) => levelSum.perGpu[gpu] ?? 0),
          bandwidths,
        )[index] ?? 0,
    );
    const [most] = [...total.by].sort(([, a], [, b]) => b - a);
    return [
      {
        level,
        bytes: total.bytes,
        perGpu,
        bandwidth: bandwidths[index] ?? 0,
        busySeconds: Math.max(0, ...total.busy.values()),
        wireSeconds: loads.reduce((largest, seconds) => Math.max(largest, seconds), 0),
        ...(most && { most: most[0] }),
      },
    ];
  });
  return {
    levels,
    operations: [...operations.values()].map((sum) => sum.done()).sort((a, b) => b.seconds - a.seconds),
  };
}

interface LevelSum {
  bytes: number;
  readonly perGpu: Float64Array;
  /** Seconds by stage, and by label of the operation. */
  readonly busy: Map<number, number>;
  readonly by: Map<string, number>;
}

/** Seconds of one GPU's links at full bandwidth. What goes to other racks passes the network inside the rack as well. */
function wireSeconds(sent: readonly number[], [up = 1, out = 1, rack = 1]: readonly number[]): readonly number[] {
  const [inside = 0, across = 0, far = 0] = sent;
  return [inside / up, (across + far) / out, far / rack];
}

/** Flows with one name add up within their stage. Of several stages, the one where they take longest counts. */
class OperationSum {
  private readonly first: Flow;
  private readonly bytes = [0, 0, 0];
  private readonly stages = new Map<number, { times: number; seconds: number }>();

  constructor(first: Flow) {
    this.first = first;
  }

  add({ stage, times, seconds }: Flow, bytes: readonly number[]): void {
    for (const [level, levelBytes] of bytes.entries()) this.bytes[level] = (this.bytes[level] ?? 0) + levelBytes;
    const before = this.stages.get(stage) ?? { times: 0, seconds: 0 };
    this.stages.set(stage, { times: before.times + times, seconds: before.seconds + seconds });
  }

  done(): OperationTraffic {
    const { label, operation, group } = this.first;
    const [slowest = [0, { times: 0, seconds: 0 }] as const] = [...this.stages].sort(
      ([, a], [, b]) => b.seconds - a.seconds,
    );
    const [stage, { times, seconds }] = slowest;
    return { label, operation, group, stage, bytes: this.bytes, times, seconds };
  }
}

/** Bytes/s of one GPU by level. When nodes differ, the slowest counts. */
function bandwidthsOf(cluster: Cluster, gpus: readonly number[]): readonly number[] {
  let [up, out] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const group of cluster.groups) {
    const end = group.firstGpu + group.node.gpus * group.count;
    if (!gpus.some((gpu) => gpu >= group.firstGpu && gpu < end)) continue;
    up = Math.min(up, group.node.scaleUpBandwidth);
    out = Math.min(out, group.node.scaleOutBandwidth);
  }
  return [up, out, out / cluster.oversubscription];
}
