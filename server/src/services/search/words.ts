import type { Figure } from '../../cost/figures/figure.ts';
import { foundFigure } from '../../cost/figures/found.ts';
import { formatFigure } from '../../cost/format.ts';
import type { PlanSpec } from '../../plan/spec.ts';
import { METRICS, type MetricName } from '../../search/metrics.ts';
import type { Chosen } from '../../search/space.ts';

/** `tp 8, ep 16, concurrency 256`; pools apart by their names: `prefill tp 8; decode dp 16, ep 16`. */
export function chosenText(chosen: readonly Chosen[], { pools }: Pick<PlanSpec, 'pools'>): string {
  const common = chosen.filter(({ pool }) => pool === undefined || pools.length === 1).map(choiceText);
  if (pools.length === 1) return common.join(', ');
  const byPool = pools.map(({ name }, index) => {
    const own = chosen.filter(({ pool }) => pool === index).map(choiceText);
    return own.length > 0 ? `${name} ${own.join(', ')}` : '';
  });
  return [common.join(', '), ...byPool].filter((part) => part !== '').join('; ');
}

function choiceText({ axis, value }: Chosen): string {
  if (typeof value === 'boolean') return value ? axis : `no ${axis}`;
  return `${axis} ${value}`;
}

/** A metric of a found plan as a figure. Undefined where the plan has none. */
export function metricFigure(name: MetricName, value: number | undefined, error?: number): Figure | undefined {
  return value === undefined ? undefined : foundFigure(name, value, METRICS[name].unit, error);
}

/** ... and as text; `-` where the plan has none. */
export function metricText(name: MetricName, value: number | undefined): string {
  const figure = metricFigure(name, value);
  return figure ? formatFigure(figure) : '-';
}
