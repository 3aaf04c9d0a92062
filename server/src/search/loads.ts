import { METRICS, type MetricName, merit } from './metrics.ts';
import type { Refusal } from './refusal.ts';
import type { Found } from './standing.ts';

/** So many equal instances of a layout at a load. */
export interface Load {
  readonly replicas: number;
  /** Requests in flight for each instance. */
  readonly perInstance: number;
}

/** What a plan comes to at one load, from which those at other loads are bounded. */
export interface AtLoad {
  readonly replicas: number;
  readonly values: Found['values'];
}

/**
 * Room for figures that do not follow every single request: a kernel for one token more can be a percent faster, and a full cache
 * may cost a little throughput. A test holds that plans of several models and engines have no more.
 */
export const ROOM = 0.05;

/**
 * The most merit of a metric of so many instances between two loads of one layout. Throughput rises with the requests in flight
 * and so do all times, so one end bounds each of them. Instances that are equal and equally loaded are timed alike.
 */
export function mostBetween(metric: MetricName, low: AtLoad, high: AtLoad, replicas: number): number {
  const { withRequests, better, isSum } = METRICS[metric];
  if (withRequests === 'either') return Number.POSITIVE_INFINITY;
  const end = (withRequests === 'rises') === (better === 'more') ? high : low;
  const value = end.values[metric];
  if (value === undefined) return Number.POSITIVE_INFINITY;
  const most = merit(metric, isSum ? (value / end.replicas) * replicas : value);
  return withRequests === 'stays' ? most : most + ROOM * Math.abs(most);
}

/** What decides single plans, and says whether any between two loads could matter. */
export interface LoadJudge {
  /** Decides the plan at this place among the loads. */
  decide(at: number): Found['values'] | Refusal;
  /** Whether the plan at this place could be among the best, by what bounds it. */
  couldEnter(at: number, low: AtLoad, high: AtLoad): boolean;
  /** All plans from a place up to, but without, another are refused for one reason, or left out by a bound. */
  refuse(why: Refusal, from: number, to: number): void;
  leaveOut(from: number, to: number): void;
}

/** Decides all loads of one layout, which ascend: both ends, and those between them that could be among the best. */
export function decideLoads(loads: readonly Load[], judge: LoadJudge): void {
  let low = 0;
  let atLow: Found['values'] | Refusal | undefined;
  for (; low < loads.length; low++) {
    atLow = judge.decide(low);
    if (!('reason' in atLow)) break;
    if (atLow.holds === 'at more load') {
      judge.refuse(atLow, low + 1, loads.length);
      return;
    }
  }
  const high = loads.length - 1;
  if (!atLow || 'reason' in atLow || low >= high) return;
  new Span(loads, judge).above(low, atLow, high, judge.decide(high));
}

class Span {
  private readonly loads: readonly Load[];
  private readonly judge: LoadJudge;

  constructor(loads: readonly Load[], judge: LoadJudge) {
    this.loads = loads;
    this.judge = judge;
  }

  /** Between a load that holds and one that may be refused. */
  above(low: number, atLow: Found['values'], high: number, atHigh: Found['values'] | Refusal): void {
    if (high - low < 2) return;
    if (!('reason' in atHigh)) {
      this.between(low, atLow, high, atHigh);
      return;
    }
    const middle = (low + high) >> 1;
    const atMiddle = this.judge.decide(middle);
    if (!('reason' in atMiddle)) {
      this.between(low, atLow, middle, atMiddle);
      this.above(middle, atMiddle, high, atHigh);
      return;
    }
    if (atMiddle.holds === 'at more load') this.judge.refuse(atMiddle, middle + 1, high);
    else this.each(middle + 1, high);
    this.above(low, atLow, middle, atMiddle);
  }

  private between(low: number, atLow: Found['values'], high: number, atHigh: Found['values']): void {
    if (high - low < 2) return;
    const [before, behind] = [this.at(low, atLow), this.at(high, atHigh)];
    if (!this.couldAnyEnter(low, high, before, behind)) {
      this.judge.leaveOut(low + 1, high);
      return;
    }
    const middle = (low + high) >> 1;
    const atMiddle = this.judge.decide(middle);
    // One that is refused between two that hold bounds nothing, so all that are left are decided.
    if ('reason' in atMiddle) {
      this.each(low + 1, middle);
      this.each(middle + 1, high);
      return;
    }
    this.between(low, atLow, middle, atMiddle);
    this.between(middle, atMiddle, high, atHigh);
  }

  private couldAnyEnter(low: number, high: number, before: AtLoad, behind: AtLoad): boolean {
    for (let at = low + 1; at < high; at++) if (this.judge.couldEnter(at, before, behind)) return true;
    return false;
  }

  private each(from: number, to: number): void {
    for (let at = from; at < to; at++) this.judge.decide(at);
  }

  private at(index: number, values: Found['values']): AtLoad {
    return { replicas: this.loads[index]?.replicas ?? 1, values };
  }
}
