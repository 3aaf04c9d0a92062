import { METRICS, type MetricName, merit } from './metrics.ts';
import type { Found } from './standing.ts';

/** What a plan comes to at one load, from which those at other loads are bounded. */
export type AtLoad = Found['values'];

/**
 * Room for times that do not rise with every single request: a kernel for one token more can be a percent faster. A test holds
 * that no plan of the catalogue has more.
 */
const ROOM = 0.02;

/**
 * The most merit of a metric between two loads of one plan. Throughput rises with the requests in flight and so do all times, so one
 * end bounds each of them.
 */
export function mostBetween(metric: MetricName, low: AtLoad, high: AtLoad): number {
  const { withRequests, better } = METRICS[metric];
  const atHigh = (withRequests === 'rises') === (better === 'more');
  const value = (atHigh ? high : low)[metric];
  if (value === undefined) return Number.POSITIVE_INFINITY;
  const most = merit(metric, value);
  return withRequests === 'stays' ? most : most + ROOM * Math.abs(most);
}
