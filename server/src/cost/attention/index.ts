import type { Attention } from '../../plan/attention.ts';
import { GroupedQuery } from './groupedQuery.ts';
import { Latent } from './latent.ts';
import { Linear } from './linear.ts';
import { None } from './none.ts';
import { Parallel } from './parallel.ts';
import type { AttentionClass, AttentionProfile } from './profile.ts';

/** Every class of attention with the maker of its profiles. A class that is missing or incomplete does not compile. */
const CLASSES: { readonly [Kind in Attention['kind']]: AttentionClass<Extract<Attention, { kind: Kind }>> } = {
  gqa: GroupedQuery,
  mla: Latent,
  linear: Linear,
  parallel: Parallel,
  none: None,
};

/**
 * What attention costs, by its class. The profile is a small object without state, so it is made at each request and not
 * kept.
 */
export function profileOf(attention: Attention): AttentionProfile {
  switch (attention.kind) {
    case 'gqa':
      return new CLASSES.gqa(attention);
    case 'mla':
      return new CLASSES.mla(attention);
    case 'linear':
      return new CLASSES.linear(attention);
    case 'parallel':
      return new CLASSES.parallel(attention);
    case 'none':
      return new CLASSES.none(attention);
  }
}

/** Keys of the operations that project into attention, over all classes, each with its number of kernels. */
export const PROJECTION_KERNELS: ReadonlyMap<string, number> = new Map(
  Object.values(CLASSES).flatMap(({ projections }) => Object.entries(projections)),
);
