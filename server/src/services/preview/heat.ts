import type { Evaluation } from '../../cost/evaluation.ts';
import { timeShares } from '../../graph/passTime.ts';
import type { Dag, DagNode } from '../../graph/types.ts';
import type { PreviewNode } from './protocol.ts';

/**
 * Time of a node in a pass and its bytes, as shares of the most in its graph. Memory is the share that the fullest of its
 * GPUs uses.
 */
export function heatOf({ memory }: Evaluation, dag: Dag): (node: DagNode) => PreviewNode['heat'] {
  const time = timeShares(dag);
  let bytes = 0;
  dag.forEachNode((_, node) => {
    bytes = Math.max(bytes, node.bytes);
  });
  const filled = new Map<number, number>();
  for (const { classes } of memory)
    for (const { gpuClass, totalBytes, capacityBytes } of classes)
      for (const gpu of gpuClass.gpus) filled.set(gpu, Math.min(1, totalBytes / capacityBytes));
  /** Cached, because nodes of one group of GPUs mostly share their list. */
  const mostOfGpus = new Map<readonly number[], number>();
  const fullest = (gpus: readonly number[]) => {
    const before = mostOfGpus.get(gpus);
    if (before !== undefined) return before;
    const most = gpus.reduce((least, gpu) => Math.max(least, filled.get(gpu) ?? 0), 0);
    mostOfGpus.set(gpus, most);
    return most;
  };
  return (node) => ({
    time: share(time(node), 1),
    bytes: share(node.bytes, bytes),
    memory: share(fullest(node.gpus), 1),
  });
}

/** Rounded, so that messages are short and equal pictures are equal. */
function share(value: number, most: number): number {
  return most > 0 ? Math.round((value / most) * 1_000) / 1_000 : 0;
}
