import type { Figure } from './figure.ts';
import { exact, shareOf } from './make.ts';

/** The traffic of links of one level in a step. */
export interface LinkUse {
  /** Over all GPUs, and of the GPU that sends most. */
  readonly bytes: number;
  readonly perGpu: number;
  readonly bandwidth: number;
  readonly busySeconds: number;
  readonly wireSeconds: number;
}

export interface LinkFigures {
  readonly bytes: Figure;
  readonly perGpu: Figure;
  readonly bandwidth: Figure;
  readonly busyTime: Figure;
  /** The shares of the step in which the links work: as they are priced, and at full bandwidth. */
  readonly busy: Figure;
  readonly wireTime: Figure;
  readonly wire: Figure;
  readonly step: Figure;
}

export function linkFigures(use: LinkUse, stepSeconds: number): LinkFigures {
  const { busySeconds, wireSeconds } = use;
  return {
    bytes: sentFigure(use.bytes),
    perGpu: sentFigure(use.perGpu),
    bandwidth: exact(use.bandwidth, 'bytes/s', 'count'),
    busyTime: exact(busySeconds, 'seconds', 'link-time'),
    busy: shareOf(busySeconds, stepSeconds, 'seconds'),
    wireTime: exact(wireSeconds, 'seconds', 'wire-time'),
    wire: shareOf(wireSeconds, stepSeconds, 'seconds'),
    step: exact(stepSeconds, 'seconds', 'step'),
  };
}

/** Bytes that are sent in a step. */
export function sentFigure(bytes: number): Figure {
  return exact(bytes, 'bytes', 'operation-bytes');
}

/** The time of a collective in all the passes of a step. */
export function sendingTime(seconds: number): Figure {
  return exact(seconds, 'seconds', 'link-time');
}

/** How often something happens in a step. */
export function countFigure(times: number): Figure {
  return exact(times, 'count', 'count');
}
