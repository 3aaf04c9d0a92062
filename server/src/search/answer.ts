import { evaluate } from '../cost/evaluate.ts';
import type { Evaluation } from '../cost/evaluation.ts';
import { resultOf } from '../language/pieces.ts';
import { derive } from '../plan/derive/derive.ts';
import type { PlanSpec } from '../plan/spec.ts';
import { errorBetween, errorsOf, ownError } from './comparison.ts';
import { METRICS, type MetricName, merit, metricsOf } from './metrics.ts';
import type { PartResult } from './run.ts';
import { type RankedBy, SETTING_AXES, type SearchSpace } from './space.ts';
import { specOf } from './specOf.ts';
import { byMerit, type Found, Front } from './standing.ts';
import { type Decided, together } from './tally.ts';

/** A plan of the answer. */
export interface Ranked extends Found {
  readonly spec: PlanSpec;
  /** Relative error of the objective by itself. */
  readonly error: number;
  /** How many times better it is in the objective than the base, where both have one: more of it, or less time. */
  readonly overBase?: Ratio;
  /** Whether the band of the comparison with the best plan reaches it, so that either may be the better one. */
  readonly isTied: boolean;
  /** Plans with the same figures and degrees, whose other settings change nothing. */
  readonly alike: number;
  /** Set where a GPU's family is guessed, so that nothing measured stands behind its times. */
  readonly isUnmeasured?: true;
}

/** A ratio of two plans' figures, with the band that is left when what they have in common cancels. */
export interface Ratio {
  readonly middle: number;
  readonly low: number;
  readonly high: number;
}

export interface Answer {
  readonly ranked: readonly Ranked[];
  /** Ascending in the second metric's merit. */
  readonly front: readonly Found[];
  readonly decided: Decided;
  /** Whether no plan outside the kept ones can belong among the ranked. */
  readonly isProved: boolean;
  /** The base's own figures; undefined where it cannot be computed. */
  readonly base?: Found['values'];
}

export interface AnswerOptions {
  readonly limit: number;
  readonly by: RankedBy;
  readonly base: Evaluation | undefined;
}

/** Puts the parts of a space together and ranks its plans. The parts may come in any order. */
export function answerOf(space: SearchSpace, parts: readonly PartResult[], options: AnswerOptions): Answer {
  return resultOf(answering(space, parts, options));
}

/** The same, with a pause after each plan that is compared. */
export function* answering(
  space: SearchSpace,
  parts: readonly PartResult[],
  { limit, by, base }: AnswerOptions,
): Generator<void, Answer> {
  const { objective, against } = space;
  const front = new Front(against, objective);
  const inOrder = parts.toSorted((left, right) => left.part - right.part);
  for (const part of inOrder) for (const found of part.front) front.add(found);
  const best = inOrder.flatMap((part) => part.best).toSorted(byMerit(objective));
  const decided = together(
    objective,
    parts.map((part) => part.decided),
  );
  const ranking = new Ranking(space, base, by);
  const { ranked, isProved } = yield* ranking.rank(best, limit, mostUnkept(objective, parts));
  const baseValues = base && valuesOfBase(base);
  return { ranked, front: front.list, decided, isProved, ...(baseValues && { base: baseValues }) };
}

/** The most merit that a plan can have which no part kept. */
function mostUnkept(objective: MetricName, parts: readonly PartResult[]): number {
  const last = parts.map(({ best, isFull }) => (isFull ? best.at(-1) : undefined));
  return Math.max(
    Number.NEGATIVE_INFINITY,
    ...last.map((found) =>
      found ? merit(objective, found.values[objective] ?? Number.NaN) : Number.NEGATIVE_INFINITY,
    ),
  );
}

export function valuesOfBase(evaluation: Evaluation): Found['values'] {
  const { prediction, memory, deployment } = evaluation;
  const score = { predicted: prediction, memory, gpus: deployment.gpus.length };
  return metricsOf({ score, cluster: deployment.cluster, workload: deployment.workload });
}

/** Plans whose bands are worked out. Each takes a whole evaluation. */
const MOST_COMPARED = 600;

class Ranking {
  private readonly space: SearchSpace;
  private readonly by: RankedBy;
  private readonly base: { readonly value: number; readonly errors: ReturnType<typeof errorsOf> } | undefined;

  constructor(space: SearchSpace, base: Evaluation | undefined, by: RankedBy) {
    this.space = space;
    this.by = by;
    const value = base && valuesOfBase(base)[space.objective];
    this.base = base && value ? { value, errors: errorsOf(base, space.objective) } : undefined;
  }

  /**
   * Plans come in falling merit. A lower edge is no better than the prediction itself, so the rest need not be looked at when as
   * many as are asked for have an edge above the next prediction.
   */
  *rank(
    found: readonly Found[],
    limit: number,
    unkept: number,
  ): Generator<void, { readonly ranked: readonly Ranked[]; readonly isProved: boolean }> {
    const edges: Edge[] = [];
    const byFigures = new Map<string, Edge>();
    for (const each of found) {
      const enough = edges.toSorted(byEdge)[limit - 1];
      if (enough && enough.edge >= this.meritOf(each)) break;
      const key = figuresKey(each);
      const known = byFigures.get(key);
      if (known) {
        known.alike++;
        continue;
      }
      if (edges.length === MOST_COMPARED) return { ranked: this.ranked(edges, limit), isProved: false };
      const made = this.edgeOf(each);
      yield;
      if (!made) continue;
      edges.push(made);
      byFigures.set(key, made);
    }
    const worst = edges.toSorted(byEdge)[limit - 1]?.edge ?? Number.NEGATIVE_INFINITY;
    return { ranked: this.ranked(edges, limit), isProved: worst >= unkept };
  }

  private ranked(edges: readonly Edge[], limit: number): readonly Ranked[] {
    const sorted = edges.toSorted(byEdge);
    const [first] = sorted;
    return sorted.slice(0, limit).map((edge) => ({
      ...edge.ranked,
      alike: edge.alike,
      isTied: first !== undefined && this.isTied(first, edge),
    }));
  }

  private isTied(first: Edge, other: Edge): boolean {
    const { objective } = this.space;
    if (!METRICS[objective].isPredicted) return first.ranked.values[objective] === other.ranked.values[objective];
    const [left, right] = [first.ranked.values[objective] ?? 0, other.ranked.values[objective] ?? 0];
    const ratio = METRICS[objective].better === 'more' ? left / right : right / left;
    return ratio <= 1 + errorBetween(first.errors, other.errors);
  }

  private edgeOf(found: Found): Edge | undefined {
    const { objective } = this.space;
    const spec = specOf(this.space, found.chosen);
    const { draft, invalid } = derive(spec);
    if (invalid !== undefined) return undefined;
    const evaluation = evaluate(draft);
    const errors = errorsOf(evaluation, objective);
    const value = found.values[objective] ?? Number.NaN;
    const overBase = this.ratioOf(value, errors);
    const isGuessed = draft.cluster.groups.some(({ node }) => node.gpu.isFamilyGuessed);
    const ranked = {
      ...found,
      spec,
      error: METRICS[objective].isPredicted ? ownError(errors) : 0,
      ...(overBase && { overBase }),
      ...(isGuessed && { isUnmeasured: true as const }),
    };
    return { ranked, edge: this.edge(value, errors), errors, alike: 0 };
  }

  /** The merit at the lower edge of the comparison with the base, or of the figure itself where there is no base. */
  private edge(value: number, errors: Errors): number {
    const { objective } = this.space;
    const { better, isPredicted } = METRICS[objective];
    if (this.by === 'middle' || !isPredicted) return merit(objective, value);
    const error = this.base ? errorBetween(errors, this.base.errors) : ownError(errors);
    return merit(objective, better === 'more' ? value / (1 + error) : value * (1 + error));
  }

  private ratioOf(value: number, errors: Errors): Ratio | undefined {
    if (!this.base || !METRICS[this.space.objective].isPredicted) return undefined;
    const isMore = METRICS[this.space.objective].better === 'more';
    const middle = isMore ? value / this.base.value : this.base.value / value;
    const error = errorBetween(errors, this.base.errors);
    return { middle, low: middle / (1 + error), high: middle * (1 + error) };
  }

  private meritOf({ values }: Found): number {
    return merit(this.space.objective, values[this.space.objective] ?? Number.NaN);
  }
}

type Errors = ReturnType<typeof errorsOf>;

/** A plan with the merit at the edge of its comparison. */
interface Edge {
  readonly ranked: Omit<Ranked, 'isTied' | 'alike'>;
  readonly edge: number;
  readonly errors: Errors;
  alike: number;
}

function byEdge(left: Edge, right: Edge): number {
  return right.edge - left.edge || left.ranked.order - right.ranked.order;
}

/** Equal for plans of the same degrees and loads whose other settings change no figure. */
function figuresKey({ chosen, values }: Found): string {
  const laidOut = chosen.filter(({ axis }) => !SETTING_AXES.some((name) => name === axis));
  return JSON.stringify([values, laidOut]);
}
