import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { GpuMemory } from '../../server/src/cost/evaluation.ts';
import type { Deployment } from '../../server/src/plan/deployment.ts';

/** The memory of each class of equal GPUs of a deployment. */
export function classesOf(of: Deployment): readonly GpuMemory[] {
  return evaluate(of).memory.flatMap(({ classes }) => classes);
}

/** Bytes of all weights, summed here for themselves: what is tested has a sum of its own. */
export function weightsOf(one: GpuMemory): number {
  return (
    one.embeddingBytes +
    one.attentionBytes +
    one.routerBytes +
    one.sharedExpertBytes +
    one.expertBytes +
    one.denseBytes +
    one.normBytes +
    one.headBytes +
    one.otherWeightBytes
  );
}
