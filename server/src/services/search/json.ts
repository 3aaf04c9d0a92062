import { foundFigure } from '../../cost/figures/found.ts';
import type { Answer } from '../../search/answer.ts';
import { METRIC_NAMES, METRICS, type MetricName } from '../../search/metrics.ts';
import type { Chosen } from '../../search/space.ts';
import type { Found } from '../../search/standing.ts';
import { refusedOf } from '../../search/tally.ts';
import type { ReadSearch } from './read.ts';
import { type AxisStanding, axisStandings, type FallenClass, fallenClasses } from './reasons.ts';
import { chosenText } from './words.ts';

/** What `moeplan search --format json` prints, by schemas/search.schema.json, in bytes, seconds and tokens per second. */
export interface SearchJson {
  readonly search: string;
  readonly base: string;
  readonly objective: MetricName;
  readonly against: MetricName;
  readonly by: ReadSearch['by'];
  /** Whether no plan outside the kept ones can belong among the ranked. */
  readonly proved: boolean;
  readonly decided: {
    readonly plans: number;
    readonly scored: number;
    readonly refused: number;
    readonly bounded: number;
  };
  readonly ranked: readonly RankedJson[];
  readonly front: readonly PlanJson[];
  readonly fallen: readonly FallenClass[];
  readonly axes: readonly AxisStanding[];
}

export interface PlanJson {
  readonly plan: string;
  readonly chosen: readonly {
    readonly pool?: string;
    readonly axis: Chosen['axis'];
    readonly value: Chosen['value'];
  }[];
  readonly values: Found['values'];
}

export interface RankedJson extends PlanJson {
  readonly rank: number;
  /** Of the objective. */
  readonly band: { readonly low: number; readonly high: number } | null;
  readonly overBase: { readonly middle: number; readonly low: number; readonly high: number } | null;
  /** Whether the band of the comparison with the first reaches it. */
  readonly tied: boolean;
  /** Plans with the same figures and degrees, whose other settings change nothing. */
  readonly alike: number;
  readonly measured: boolean;
}

export function searchJson(search: ReadSearch, answer: Answer): SearchJson {
  const { space, name, base, by } = search;
  const { decided, ranked, front, isProved } = answer;
  const { objective, against } = space;
  return {
    search: name,
    base: base.name,
    objective,
    against,
    by,
    proved: isProved,
    decided: {
      plans: decided.all,
      scored: decided.evaluated,
      refused: refusedOf(decided),
      bounded: decided.bounded,
    },
    ranked: ranked.map((plan, index) => ({
      rank: index + 1,
      ...planJson(search, plan),
      band: foundFigure(objective, plan.values[objective] ?? 0, METRICS[objective].unit, plan.error).band ?? null,
      overBase: plan.overBase ?? null,
      tied: plan.isTied,
      alike: plan.alike,
      measured: !plan.isUnmeasured,
    })),
    front: front.map((plan) => planJson(search, plan)),
    fallen: fallenClasses(space, decided),
    axes: axisStandings(space, decided, ranked),
  };
}

function planJson({ space: { base } }: ReadSearch, { chosen, values }: Pick<Found, 'chosen' | 'values'>): PlanJson {
  return {
    plan: chosenText(chosen, base),
    chosen: chosen.map(({ axis, pool, value }) => {
      const name = pool === undefined || base.pools.length === 1 ? undefined : base.pools[pool]?.name;
      return { ...(name !== undefined && { pool: name }), axis, value };
    }),
    values,
  };
}

/** The ranked plans and the front as comma-separated values (RFC 4180), a column for each metric and each axis. */
export function searchCsv(search: ReadSearch, answer: Answer): string {
  const { ranked, front } = searchJson(search, answer);
  const plans: readonly (PlanJson & { readonly place: string })[] = [
    ...ranked.map((plan) => ({ ...plan, place: String(plan.rank) })),
    ...front.map((plan) => ({ ...plan, place: 'front' })),
  ];
  const axisOf = ({ pool, axis }: PlanJson['chosen'][number]) => (pool === undefined ? axis : `${pool}.${axis}`);
  const axes = [...new Set(plans.flatMap(({ chosen }) => chosen.map(axisOf)))];
  const rows = plans.map(({ place, chosen, values }) => [
    place,
    ...METRIC_NAMES.map((name) => values[name] ?? ''),
    ...axes.map((axis) => chosen.find((choice) => axisOf(choice) === axis)?.value ?? ''),
  ]);
  return [['rank', ...METRIC_NAMES, ...axes], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
