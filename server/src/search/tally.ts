import { type MetricName, merit } from './metrics.ts';
import type { Refusal } from './refusal.ts';
import type { Chosen } from './space.ts';

/** Plans that fell for one reason. */
export interface Fallen {
  readonly count: number;
  /** One of them, the first in the order of the space. */
  readonly example: { readonly order: number; readonly chosen: readonly Chosen[]; readonly message: string };
}

/** How a space was decided, as plain data. All numbers are plans. */
export interface Decided {
  readonly all: number;
  /** Scored. */
  readonly evaluated: number;
  /** Left out since a proved bound keeps them from every list. */
  readonly bounded: number;
  /** Refused by the reason's name: a rule, memory, or a bound that the search requires. */
  readonly fallen: Readonly<Record<string, Fallen>>;
  /** The best of the objective among plans with this value of an axis: by `decode.tp=8`. */
  readonly best: Readonly<Record<string, number>>;
}

export class Tally {
  private all = 0;
  private evaluated = 0;
  private bounded = 0;
  private heldPlans = 0;
  private readonly fallen = new Map<string, { count: number; example: Fallen['example'] }>();
  private readonly best = new Map<string, number>();
  private readonly objective: MetricName;

  constructor(objective: MetricName) {
    this.objective = objective;
  }

  refused({ reason, message }: Refusal, order: number, chosen: readonly Chosen[], count: number): void {
    this.all += count;
    // Parts are decided in one order, so the first that is met is always the same.
    const known = this.fallen.get(reason);
    if (known) known.count += count;
    else this.fallen.set(reason, { count, example: { order, chosen, message: message() } });
  }

  /** A plan that was scored and then refused counts as evaluated too. */
  scored(): void {
    this.evaluated++;
  }

  leftOut(count: number): void {
    this.all += count;
    this.bounded += count;
  }

  get progress(): { readonly decided: number; readonly held: number } {
    return { decided: this.all, held: this.heldPlans };
  }

  held(chosen: readonly Chosen[], value: number): void {
    this.all++;
    this.heldPlans++;
    const own = merit(this.objective, value);
    for (const choice of chosen) {
      const key = keyOf(choice);
      const before = this.best.get(key);
      if (before === undefined || merit(this.objective, before) < own) this.best.set(key, value);
    }
  }

  result(): Decided {
    return {
      all: this.all,
      evaluated: this.evaluated,
      bounded: this.bounded,
      fallen: Object.fromEntries([...this.fallen].toSorted(byName)),
      best: Object.fromEntries([...this.best].toSorted(byName)),
    };
  }
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

export function keyOf({ axis, pool, value }: Chosen): string {
  return `${pool === undefined ? '' : `${pool}.`}${axis}=${value}`;
}

/** What several parts of a space were decided to, together. */
export function together(objective: MetricName, parts: readonly Decided[]): Decided {
  const fallen: Record<string, Fallen> = {};
  const best: Record<string, number> = {};
  for (const part of parts) {
    for (const [reason, of] of Object.entries(part.fallen)) {
      const known = fallen[reason];
      const example = !known || of.example.order < known.example.order ? of.example : known.example;
      fallen[reason] = { count: of.count + (known?.count ?? 0), example };
    }
    for (const [key, value] of Object.entries(part.best)) {
      const known = best[key];
      if (known === undefined || merit(objective, known) < merit(objective, value)) best[key] = value;
    }
  }
  const sum = (of: (part: Decided) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    all: sum(({ all }) => all),
    evaluated: sum(({ evaluated }) => evaluated),
    bounded: sum(({ bounded }) => bounded),
    fallen: Object.fromEntries(Object.entries(fallen).toSorted(byName)),
    best: Object.fromEntries(Object.entries(best).toSorted(byName)),
  };
}

/** Plans that were refused, for whatever reason. */
export function refusedOf({ fallen }: Pick<Decided, 'fallen'>): number {
  return Object.values(fallen).reduce((sum, { count }) => sum + count, 0);
}
