import { overFigure, plansFigure } from '../../cost/figures/found.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatBand, formatFigure } from '../../cost/format.ts';
import type { Answer, Ranked } from '../../search/answer.ts';
import { METRIC_NAMES, METRICS, type MetricName } from '../../search/metrics.ts';
import { PARTS, type PartResult, type Progress } from '../../search/run.ts';
import type { SearchSpace } from '../../search/space.ts';
import { byMerit, type Found, Front } from '../../search/standing.ts';
import { type Decided, keyOf, refusedOf, together } from '../../search/tally.ts';
import type { RankedPlan, SearchedAxis, SearchPlan, SearchResult } from '../preview/searchProtocol.ts';
import { planKey } from './keys.ts';
import type { ReadSearch } from './read.ts';
import { axisName, axisStandings, behindText, decidedText, fallenClasses, whyNone } from './reasons.ts';
import { chosenText, metricFigure, metricText } from './words.ts';

/** More plans than anyone reads, and more points than a chart can tell apart. */
export const MOST_RANKED = 40;
const MOST_POINTS = 160;
const MOST_REASONS = 40;

/** What a search has come to, for the page. */
export function searchResult(read: ReadSearch, answer: Answer): SearchResult {
  const { space } = read;
  const { ranked, front, decided, isProved, base } = answer;
  const shown = shownOf(space, [...ranked, ...front, ...(base ? [{ values: base }] : [])]);
  const plans = ranked.map((plan) => rankedPlan(space, shown, plan));
  return {
    ...common(space, shown, decided, front, plans, ranked),
    notes: notesOf(ranked, isProved),
    ...(ranked.length === 0 && { none: whyNone(space, decided) }),
    ...(base && { base: figuresIn(shown, base) }),
  };
}

/**
 * What parts of a search have come to, while others are still searched. Plans come by their predictions, since their bands take an
 * evaluation each. `within` is how far the part that is searched has come.
 */
export function partialResult(
  { space }: ReadSearch,
  parts: readonly PartResult[],
  base: Found['values'] | undefined,
  within: Progress,
): SearchResult {
  const { objective, against } = space;
  const front = new Front(against, objective);
  for (const part of parts) for (const found of part.front) front.add(found);
  const best = parts
    .flatMap((part) => part.best.slice(0, MOST_RANKED))
    .toSorted(byMerit(objective))
    .slice(0, MOST_RANKED);
  const decided = together(
    objective,
    parts.map((part) => part.decided),
  );
  const shown = shownOf(space, [...best, ...front.list, ...(base ? [{ values: base }] : [])]);
  const plans = best.map((found) => ({ ...planOf(space, shown, found), ...NOT_COMPARED }));
  return {
    ...common(space, shown, decided, front.list, plans, best),
    progress: parts.length / PARTS,
    decided: decidedSoFar(decided, within),
    notes: [],
    ...(base && { base: figuresIn(shown, base) }),
  };
}

/** `12,000 plans so far, of which 300 hold`: of the parts that are done, and of the one that is searched. */
function decidedSoFar({ all, bounded, fallen }: Decided, within: Progress): string {
  const refused = refusedOf({ fallen });
  const [plans, held] = [all + within.decided, all - refused - bounded + within.held].map((count) =>
    formatFigure(plansFigure(count)),
  );
  return `${plans} plans so far, of which ${held} hold`;
}

const NOT_COMPARED = { band: '', over: '', overBand: '', isTied: false, isUnmeasured: false, alike: 0 };

function common(
  space: SearchSpace,
  shown: readonly MetricName[],
  decided: Decided,
  front: readonly Found[],
  plans: readonly RankedPlan[],
  found: readonly Pick<Found, 'chosen'>[],
) {
  return {
    decided: decidedText(decided),
    metrics: shown.map((name) => {
      const { quantity, unit, better } = METRICS[name];
      return { name, label: labelOf(quantity), unit, better };
    }),
    objective: shown.indexOf(space.objective),
    against: shown.indexOf(space.against),
    plans,
    front: thinned(front, MOST_POINTS).map((each) => planOf(space, shown, each)),
    fallen: fallenClasses(space, decided)
      .slice(0, MOST_REASONS)
      .map(({ count, ...others }) => ({ ...others, count: formatFigure(plansFigure(count)) })),
    axes: axesOf(space, decided, found),
  };
}

/** Both ends and others in equal steps, up to so many. */
function thinned<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, place) => items[Math.round(place * step)]).filter(
    (item) => item !== undefined,
  );
}

/** The metrics that at least one plan has, objective and second metric always. */
function shownOf({ objective, against }: SearchSpace, plans: readonly Pick<Found, 'values'>[]): readonly MetricName[] {
  return METRIC_NAMES.filter(
    (name) => name === objective || name === against || plans.some(({ values }) => values[name] !== undefined),
  );
}

function figuresIn(shown: readonly MetricName[], values: Found['values']) {
  return {
    values: shown.map((name) => values[name] ?? null),
    texts: shown.map((name) => metricText(name, values[name])),
  };
}

function planOf({ base }: SearchSpace, shown: readonly MetricName[], { chosen, values }: Found): SearchPlan {
  return { key: planKey(chosen), words: chosenText(chosen, base), ...figuresIn(shown, values) };
}

function rankedPlan(space: SearchSpace, shown: readonly MetricName[], plan: Ranked): RankedPlan {
  const figure = metricFigure(space.objective, plan.values[space.objective], plan.error);
  const over = plan.overBase && overFigure(plan.overBase.middle, plan.overBase.low, plan.overBase.high);
  return {
    ...planOf(space, shown, plan),
    band: (figure && formatBand(figure)) ?? '',
    over: over ? formatFigure(over) : '',
    overBand: (over && formatBand(over)) ?? '',
    isTied: plan.isTied,
    isUnmeasured: plan.isUnmeasured === true,
    alike: plan.alike,
  };
}

function notesOf(ranked: readonly Ranked[], isProved: boolean): readonly string[] {
  return [
    ...(ranked.some(({ isTied }, index) => isTied && index > 0)
      ? ['= cannot be told from the first: the band of their comparison holds both.']
      : []),
    ...(ranked.some(({ isUnmeasured }) => isUnmeasured) ? ['? is on GPUs of which nothing was measured.'] : []),
    ...(isProved || ranked.length === 0
      ? []
      : ['The order is not proved: more plans are alike than were compared with each other.']),
  ];
}

function axesOf(
  space: SearchSpace,
  decided: Decided,
  found: readonly Pick<Found, 'chosen'>[],
): readonly SearchedAxis[] {
  const { objective, base } = space;
  const prefixes = new Map(
    found[0]?.chosen.map((choice) => [axisName(base, choice), keyOf({ ...choice, value: '' })] as const),
  );
  const isMore = METRICS[objective].better === 'more';
  return axisStandings(space, decided, found).map(({ axis, values }) => {
    const first = values[0]?.best ?? Number.NaN;
    return {
      axis,
      values: values.map(({ value, best = Number.NaN }) => ({
        value,
        key: `${prefixes.get(axis) ?? ''}${value}`,
        text: behindText(objective, best, first),
        share: isMore ? best / first : first / best,
      })),
    };
  });
}
