import type { Attention } from '../../plan/attention.ts';
import { GroupedQuery } from './groupedQuery.ts';
import { Latent } from './latent.ts';
import { Linear } from './linear.ts';
import { None } from './none.ts';
import type { AttentionClass, AttentionProfile } from './profile.ts';

/** Every class of attention with what makes its profiles. One that is missing, or that forgets something, does not compile. */
const CLASSES: { readonly [Kind in Attention['kind']]: AttentionClass<Extract<Attention, { kind: Kind }>> } = {
  gqa: GroupedQuery,
  mla: Latent,
  linear: Linear,
  none: None,
};

/** What attention costs, by its class. A small object of no state: it is made where it is asked, and is not kept. */
export function profileOf(attention: Attention): AttentionProfile {
  switch (attention.kind) {
    case 'gqa':
      return new CLASSES.gqa(attention);
    case 'mla':
      return new CLASSES.mla(attention);
    case 'linear':
      return new CLASSES.linear(attention);
    case 'none':
      return new CLASSES.none(attention);
  }
}

/** Keys of the operations that project into attention, of all classes, each with how many kernels stand behind it. */
export const PROJECTION_KERNELS: ReadonlyMap<string, number> = new Map(
  Object.values(CLASSES).flatMap(({ projections }) => Object.entries(projections)),
);
