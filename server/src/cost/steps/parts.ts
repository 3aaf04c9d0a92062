import type { StepParts } from '../operation.ts';
import type { Pass } from './pass.ts';

/** How long a stage works in a step, in seconds, and the part of that in which only communication runs. */
export interface StageWork {
  readonly busy: number;
  readonly exposed: number;
}

/** A step as its schedule gives it. */
export interface Scheduled {
  readonly stages: readonly StageWork[];
  /** From the first stage's start to the last stage's end. */
  readonly seconds: number;
  /** What follows the last micro-batch: communication that nothing hides, and everything else. */
  readonly behind: { readonly communication: number; readonly rest: number };
}

export const NOTHING_BEHIND: Scheduled['behind'] = { communication: 0, rest: 0 };

/** The work of each stage for some micro-batches. Transfers between stages run beside it. */
export function worksOf(pass: Pass, microBatches: number): readonly StageWork[] {
  return pass.map(({ seconds, exposedCommunicationSeconds }) => ({
    busy: microBatches * seconds,
    exposed: microBatches * exposedCommunicationSeconds,
  }));
}

export function stepSeconds({ seconds, behind }: Scheduled): number {
  return seconds + behind.communication + behind.rest;
}

/** What each stage spends a step on. */
export function partsOf({ stages, seconds, behind }: Scheduled): readonly StepParts[] {
  return stages.map(({ busy, exposed }) => {
    const bubble = Math.max(0, seconds - busy);
    const sent = Math.min(exposed, seconds - bubble);
    return {
      computation: seconds - bubble - sent,
      exposedCommunication: sent + behind.communication,
      bubble,
      betweenSteps: behind.rest,
    };
  });
}

/** The mean over the stages, so that the means of all parts add up to the step too. */
export function meanPart(parts: readonly StepParts[], part: keyof StepParts): number {
  return parts.reduce((sum, stage) => sum + stage[part], 0) / Math.max(1, parts.length);
}
