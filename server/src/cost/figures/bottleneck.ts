import type { Figure } from './figure.ts';
import { exact } from './make.ts';

/** What limits a deployment, as the share of its step that it takes. */
export function bottleneckFigure(share: number): Figure {
  return exact(share, 'fraction', 'bottleneck');
}
