import { behindFigure, plansFigure } from '../../cost/figures/found.ts';
import { formatFigure } from '../../cost/format.ts';
import { type MetricName, merit } from '../../search/metrics.ts';
import { BROKEN } from '../../search/refusal.ts';
import type { Chosen, SearchSpace } from '../../search/space.ts';
import { type Decided, keyOf, refusedOf } from '../../search/tally.ts';
import { chosenText, metricText } from './words.ts';

/** Why a class of plans is none, with how many there are and one of them. */
export interface FallenClass {
  readonly reason: string;
  readonly count: number;
  /** The sentence of the first such plan. */
  readonly message: string;
  readonly example: string;
}

/** What the best plan with one value of an axis comes to. */
export interface ValueStanding {
  readonly value: string;
  /** The objective of the best plan with it. Undefined where no plan with it holds, or a bound left all of them out. */
  readonly best?: number;
}

export interface AxisStanding {
  readonly axis: string;
  readonly values: readonly ValueStanding[];
}

/** The classes of plans that fell, the largest first. */
export function fallenClasses({ base }: SearchSpace, { fallen }: Decided): readonly FallenClass[] {
  return Object.entries(fallen)
    .map(([reason, { count, example }]) => ({
      reason: reasonText(reason),
      count,
      message: example.message,
      example: chosenText(example.chosen, base),
    }))
    .toSorted((left, right) => right.count - left.count);
}

/** Which constraint empties a space. */
export function whyNone(space: SearchSpace, decided: Decided): string {
  const [largest] = fallenClasses(space, decided);
  if (decided.all === 0 || !largest) return 'no values that are tried divide the GPUs and the model';
  const { count, reason, example, message } = largest;
  const [fell, all] = [count, decided.all].map((plans) => formatFigure(plansFigure(plans)));
  return `${fell} of ${all} plans ${reason} (${example}: ${message})`;
}

/** What plans of a class do, behind their number: `do not fit into memory`. */
function reasonText(reason: string): string {
  if (reason.startsWith(BROKEN)) return `break what \`require\` says of \`${reason.slice(BROKEN.length)}\``;
  return REASONS[reason] ?? `are refused by \`${reason}\``;
}

const REASONS: Readonly<Record<string, string>> = {
  memory: 'do not fit into memory',
  'kv-cache': 'have no room for a single request',
  'will-not-start': 'leave the engine too little to start',
  overload: 'cannot keep up with the requests that arrive',
  layout: 'cannot be laid out',
  'no-figure': 'have no such figure',
};

/** What was decided, in a sentence: `1,050 plans: 424 hold, 626 are refused, 0 are left out by a bound; 544 were scored`. */
export function decidedText({ all, evaluated, bounded, fallen }: Decided): string {
  const refused = refusedOf({ fallen });
  const count = (number: number) => formatFigure(plansFigure(number));
  return `${count(all)} plans: ${count(all - refused - bounded)} hold, ${count(refused)} are refused, ${count(bounded)} are left out by a bound; ${count(evaluated)} were scored`;
}

/** `tp`, in a plan with several pools `decode.tp`. */
export function axisName({ pools }: SearchSpace['base'], { axis, pool }: Pick<Chosen, 'axis' | 'pool'>): string {
  return pool === undefined || pools.length === 1 ? axis : `${pools[pool]?.name}.${axis}`;
}

/** The best plan with each value that was tried, by axis; axes with one value are left out. */
export function axisStandings(
  { base, objective }: SearchSpace,
  { best }: Decided,
  ranked: readonly { readonly chosen: readonly Chosen[] }[],
): readonly AxisStanding[] {
  const axes = new Map<string, ValueStanding[]>();
  const [first] = ranked;
  if (!first) return [];
  for (const choice of first.chosen) {
    // How layers are shared follows from pp and vpp.
    if (choice.axis === 'layout') continue;
    const prefix = keyOf({ ...choice, value: '' });
    const name = axisName(base, choice);
    const values = Object.entries(best).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [{ value: key.slice(prefix.length), best: value }] : [],
    );
    if (values.length > 1)
      axes.set(
        name,
        values.toSorted((left, right) => merit(objective, right.best) - merit(objective, left.best)),
      );
  }
  return [...axes].map(([axis, values]) => ({ axis, values }));
}

/** `12 % behind`, or the value itself for the best. */
export function behindText(objective: MetricName, value: number, best: number): string {
  if (value === best) return metricText(objective, value);
  return `${formatFigure(behindFigure(value, best))} behind`;
}
