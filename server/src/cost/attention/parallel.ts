import type { ParallelAttention } from '../../plan/attention.ts';
import type { LayerContext } from '../layers/context.ts';
import type { Operation } from '../operation.ts';
import type { Tensor } from '../parameters/tensor.ts';
import { QUERY_KEY_VALUE } from './byHeads.ts';
import { GroupedQuery } from './groupedQuery.ts';
import { Linear } from './linear.ts';
import type { AttentionProfile, LayerCache } from './profile.ts';

/** The operations of the state-space part by the key that they would have alone. Norm and sums are those of attention. */
const STATE_KEYS: ReadonlyMap<string, { readonly key: string; readonly label: string }> = new Map([
  ['qkv', { key: 'state-projection', label: 'state projection' }],
  ['context-gather', { key: 'state-gather', label: 'state all-gather' }],
  ['attention', { key: 'state', label: 'state-space scan' }],
  ['output-projection', { key: 'state-output', label: 'state output projection' }],
]);

/**
 * Attention and a state-space part side by side (Falcon-H1): both read one norm, both outputs go into one sum. Engines run one
 * after the other on the same stream, so their times add up. No kernel that joins them is published.
 */
export class Parallel implements AttentionProfile {
  static readonly projections: Readonly<Record<string, number>> = { ...QUERY_KEY_VALUE, 'state-projection': 1 };
  private readonly attention: GroupedQuery;
  private readonly state: Linear;

  constructor({ attention, state }: ParallelAttention) {
    this.attention = new GroupedQuery(attention);
    this.state = new Linear(state);
  }

  tensors(hidden: number): Tensor[] {
    return [...this.attention.tensors(hidden), ...this.state.tensors(hidden)];
  }

  get unshapedParameters(): number {
    return this.state.unshapedParameters;
  }

  operations(context: LayerContext): Operation[] {
    const beside = this.state.operations(context).flatMap((operation): Operation[] => {
      const named = STATE_KEYS.get(operation.key);
      return named
        ? [{ ...operation, ...named, after: operation.after.map((key) => STATE_KEYS.get(key)?.key ?? key) }]
        : [];
    });
    return this.attention.operations(context).flatMap((operation): Operation[] => {
      const joins = operation.after.includes('output-projection');
      return joins ? [...beside, { ...operation, after: [...operation.after, 'state-output'] }] : [operation];
    });
  }

  pairFlop(length: number, prefix: number): number {
    return this.attention.pairFlop(length, prefix) + this.state.pairFlop(length);
  }

  caches(elementBytes: number, tp: number): readonly LayerCache[] {
    return [...this.attention.caches(elementBytes, tp), ...this.state.caches(elementBytes, tp)];
  }

  liveElements(tokens: number, tp: number): number {
    return this.attention.liveElements(tokens, tp) + this.state.liveElements(tokens, tp);
  }

  savedBytes(context: LayerContext, operandBytes: number): number {
    return this.attention.savedBytes(context, operandBytes) + this.state.savedBytes(context, operandBytes);
  }

  softmaxHeads(tp: number): number {
    return this.attention.softmaxHeads(tp);
  }

  selectivelySavedElements(context: LayerContext): number {
    return this.attention.selectivelySavedElements(context) + this.state.selectivelySavedElements(context);
  }

  absorbedElements(): number {
    return 0;
  }
}
