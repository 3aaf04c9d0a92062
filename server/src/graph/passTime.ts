import type { DagNode } from './types.ts';

/** Seconds of a node in one pass over the layers: layers and equal stages that it stands for run one after the other. */
export function passSeconds({ seconds, layers, copies, opens }: DagNode): number {
  return seconds * (opens === undefined ? Math.max(1, layers.length) : copies);
}
