import type { Stage } from '../deployment.ts';
import type { Unlinked } from '../links.ts';
import type { LayoutFault } from '../pipelineLayout.ts';
import type { Misplaced } from '../placement.ts';

/*
 * What can be wrong with a plan, so that nothing can be computed of it: plain data without text. `derive` words the first
 * fault, and the rules say all of them at their places.
 */

/** What is wrong with a pool by itself. GPUs, layers and experts are told one by one, in the order of the stages. */
export type PoolFault =
  | { readonly kind: 'stages'; readonly pp: number; readonly written: number }
  /** How many layers each stage has is said, and cannot be. */
  | { readonly kind: 'layout'; readonly fault: LayoutFault }
  /** The degrees of attention or of the experts do not multiply to the GPUs of the stage. */
  | { readonly kind: 'degrees'; readonly part: 'attention' | 'experts'; readonly stage: Stage }
  | { readonly kind: 'gpu-in-two-stages'; readonly gpu: number }
  | { readonly kind: 'layer-outside'; readonly stage: Stage; readonly layer: number }
  | { readonly kind: 'layer-in-two-stages'; readonly layer: number }
  | {
      readonly kind: 'experts-missing';
      readonly stage: Stage;
      readonly layer: number;
      readonly experts: readonly number[];
    }
  | { readonly kind: 'layers-missing'; readonly layers: readonly number[] }
  /** The replicas, each as large as the stages together, are not all the GPUs of the pool. */
  | { readonly kind: 'replicas'; readonly perReplica: number }
  | { readonly kind: 'gpu-absent'; readonly gpu: number };

/** What is wrong with pools together. `pool` and `stage` are places in the plan, `line` is one in the specification. */
export type PlanFault =
  | { readonly kind: 'gpu-given-twice'; readonly gpu: number }
  | { readonly kind: 'no-gpus' }
  | { readonly kind: 'unlinked'; readonly unlinked: Unlinked }
  /** `line` is one of the stage's lines, or of the pool's when there is no stage. */
  | {
      readonly kind: 'misplaced';
      readonly pool: number;
      readonly stage?: number;
      readonly line: number;
      readonly misplaced: Misplaced;
    }
  /** More copies of experts than the pool allows. */
  | { readonly kind: 'experts-repeated'; readonly pool: number; readonly stage: number; readonly copies: number };

/**
 * A prediction of serving needs a pool that reads prompts and one that generates tokens. The other may stand in a file of its own,
 * so that memory is computed without it.
 */
export interface RoleFault {
  readonly role: 'prefill' | 'decode';
}

export type Fault = PoolFault | PlanFault;
