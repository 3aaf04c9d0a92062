import type { Figure } from './figure.ts';
import { exact } from './make.ts';

/** What limits a deployment, as the share of its step that it takes. */
export function bottleneckFigure(share: number): Figure {
  return exact(share, 'fraction', 'bottleneck');
}

/** A part of the time of a step. */
export function stepPartFigure(seconds: number): Figure {
  return exact(seconds, 'seconds', 'step-part');
}

/** A part of a request's latency, or all of it. */
export function requestPartFigure(seconds: number): Figure {
  return exact(seconds, 'seconds', 'request-part');
}

/** How much of what it could do a pool does. */
export function loadFigure(load: number): Figure {
  return exact(load, 'fraction', 'pool-load');
}
