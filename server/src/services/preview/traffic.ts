import type { Evaluation, PoolPrediction } from '../../cost/evaluation.ts';
import { countFigure, linkFigures, sendingTime, sentFigure } from '../../cost/figures/links.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Step } from '../../cost/operation.ts';
import { Memo } from '../../language/memo.ts';
import { placeOf } from '../../plan/cluster.ts';
import { stepLabel } from '../stepLabel.ts';
import { type Traffic, trafficOf } from '../traffic/traffic.ts';
import { LEVEL_ORDER, levelLabels, SATURATED, sendingQuantity, verdictOf } from '../traffic/words.ts';
import type { PreviewTraffic, TrafficFlow, TrafficGpus, TrafficLevel } from './trafficProtocol.ts';

/** Made once per evaluation, so that an edit elsewhere finds it again. */
const trafficOfEvaluations = new Memo<Evaluation, readonly PreviewTraffic[]>();

/** What the GPUs send each other, in every step of every pool. */
export function previewTraffic(evaluation: Evaluation): readonly PreviewTraffic[] {
  const before = trafficOfEvaluations.get(evaluation);
  if (before) return before;
  const made = evaluation.prediction.pools.flatMap((prediction, index) =>
    prediction.steps.map((step) => drawn(evaluation, prediction, index, step)),
  );
  trafficOfEvaluations.set(evaluation, made);
  return made;
}

function drawn(evaluation: Evaluation, prediction: PoolPrediction, pool: number, step: Step): PreviewTraffic {
  const traffic = trafficOf(evaluation, prediction, step);
  const { stages, replicas } = prediction.pool;
  const { levels, operations, flows } = traffic;
  const labels = levelLabels(evaluation.cluster, traffic.gpus);
  return {
    id: `${pool}/${step.phase}`,
    label: stepLabel(evaluation, prediction.pool, step),
    verdict: verdictOf(evaluation.cluster, traffic, step),
    notes: [
      ...(replicas > 1 ? [`One of ${replicas} equal replicas.`] : []),
      ...(levels.some(({ level }) => level === 'rack')
        ? ['What goes to other racks passes the network inside the rack too.']
        : []),
    ],
    levels: levels.map((level): TrafficLevel => {
      const { bytes, perGpu, bandwidth, busy, wire } = linkFigures(level, step.seconds);
      return {
        name: level.level,
        label: labels[level.level],
        bytes: bytes.value,
        bytesText: formatFigure(bytes),
        perGpuText: formatFigure(perGpu),
        bandwidthText: formatFigure(bandwidth),
        busy: busy.value,
        busyText: formatFigure(busy),
        wire: wire.value,
        wireText: formatFigure(wire),
        ...(level.most !== undefined && { most: level.most }),
        isSaturated: level.busySeconds >= SATURATED * step.seconds,
      };
    }),
    timeLabel: labelOf(sendingQuantity(step)),
    operations: operations.map(({ label, group, bytes, times, seconds, operation, stage }) => ({
      label,
      group,
      bytes: levels.map(({ level }) => {
        const levelBytes = bytes[LEVEL_ORDER.indexOf(level)] ?? 0;
        return levelBytes > 0 ? formatFigure(sentFigure(levelBytes)) : '';
      }),
      times: formatFigure(countFigure(times)),
      time: formatFigure(sendingTime(seconds)),
      source: `timeline/${pool}/${stage}/${operation}`,
    })),
    gpus: gpusOf(evaluation, prediction, traffic),
    ...poolsOf(evaluation, prediction),
    stages: stages.map(({ name }, index) => ({ label: name, source: `timeline/${pool}/${index}` })),
    flows: flows.map(
      ({ label, pattern, groups, to, inside, across }): TrafficFlow => ({
        label,
        pattern,
        groups,
        ...(to && { to }),
        inside,
        across,
      }),
    ),
  };
}

function poolsOf({ deployment }: Evaluation, { pool }: PoolPrediction): Pick<PreviewTraffic, 'pools'> {
  const others = deployment.pools.filter((candidate) => candidate !== pool);
  const [other] = others;
  if (!other) return {};
  return { pools: { own: `pool ${pool.name}`, others: others.length === 1 ? `pool ${other.name}` : 'other pools' } };
}

function gpusOf({ cluster }: Evaluation, { pool }: PoolPrediction, { gpus, domains, racks }: Traffic): TrafficGpus {
  const stageOf = new Map(pool.stages.flatMap((stage, index) => stage.gpus.map((gpu) => [gpu, index] as const)));
  return {
    gpu: gpus,
    node: gpus.map((gpu) => placeOf(cluster, gpu).node),
    domain: domains,
    rack: racks,
    stage: gpus.map((gpu) => stageOf.get(gpu) ?? -1),
  };
}
