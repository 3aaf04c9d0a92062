import { linkFigures } from '../../cost/figures/links.ts';
import type { QuantityName } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Step } from '../../cost/operation.ts';
import { type Cluster, placeOf } from '../../plan/cluster.ts';
import type { LinkLevel, Traffic } from './traffic.ts';

/** The order of levels in every table. */
export const LEVEL_ORDER: readonly LinkLevel[] = ['scale-up', 'scale-out', 'rack'];

/** The names of a cluster's levels. GPUs of several nodes may share one scale-up fabric. */
export function levelLabels(cluster: Cluster, gpus: readonly number[]): Readonly<Record<LinkLevel, string>> {
  const [first] = gpus;
  const node = first === undefined ? undefined : placeOf(cluster, first).group.node;
  const isWide = node !== undefined && node.domain !== node.gpus;
  return {
    'scale-up': isWide ? `Inside a scale-up domain of ${node.domain} GPUs` : 'Inside the node',
    'scale-out': isWide
      ? 'Between scale-up domains'
      : cluster.nodesPerRack === undefined
        ? 'Between nodes'
        : 'Between nodes of a rack',
    rack: 'Between racks',
  };
}

/** Links that work for at least this share of the step are called saturated. */
export const SATURATED = 0.9;

/** What the times of collectives are: in training a step counts a fitted part of what they are priced at. */
export function sendingQuantity({ phase }: Pick<Step, 'phase'>): QuantityName {
  return phase === 'training' ? 'pricedPerStep' : 'timePerStep';
}

/** Which level is busiest, for how much of the step, and with which operation. */
export function verdictOf(cluster: Cluster, { levels, gpus }: Traffic, step: Step): string {
  const [busiest] = levels.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.busySeconds - a.busySeconds);
  if (!busiest) return 'No GPU sends anything to another.';
  const label = levelLabels(cluster, gpus)[busiest.level];
  const figures = linkFigures(busiest, step.seconds);
  const what = busiest.most === undefined ? '' : `, most of it ${busiest.most}`;
  const word = figures.busy.value >= SATURATED ? 'saturated' : 'busiest';
  return `The links ${label.charAt(0).toLowerCase()}${label.slice(1)} are ${word}: ${formatFigure(figures.busy)} of the step (${formatFigure(figures.busyTime)} of ${formatFigure(figures.step)})${what}. At full bandwidth its ${formatFigure(figures.perGpu)} per GPU would take ${formatFigure(figures.wireTime)}.`;
}
