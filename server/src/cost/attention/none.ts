import type { Operation } from '../operation.ts';
import type { Tensor } from '../parameters/tensor.ts';
import type { AttentionProfile, LayerCache } from './profile.ts';

/** A layer that is a feed-forward network alone. Every amount is zero or empty. */
export class None implements AttentionProfile {
  static readonly projections: Readonly<Record<string, number>> = {};
  readonly unshapedParameters = 0;

  tensors(): Tensor[] {
    return [];
  }

  operations(): Operation[] {
    return [];
  }

  pairFlop(): number {
    return 0;
  }

  caches(): readonly LayerCache[] {
    return [];
  }

  liveElements(): number {
    return 0;
  }

  savedBytes(): number {
    return 0;
  }

  softmaxHeads(): number {
    return 0;
  }

  selectivelySavedElements(): number {
    return 0;
  }

  absorbedElements(): number {
    return 0;
  }
}
