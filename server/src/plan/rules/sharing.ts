import { addTo } from './context.ts';

/** A part of a plan that names GPUs or layers as its own. */
interface Owner {
  readonly indexes: readonly number[];
}

/** What an owner names that another one before it, or itself, has named already. */
export interface Clash<Named extends Owner> {
  readonly owner: Named;
  readonly other: Named;
  readonly indexes: readonly number[];
}

/** Finds who names the indexes that are `twice` in a plan: each clashes with the first that names it. */
export function clashesOver<Named extends Owner>(owners: readonly Named[], twice: ReadonlySet<number>): Clash<Named>[] {
  const first = new Map<number, Named>();
  return owners.flatMap((owner) => {
    const shared = new Map<Named, number[]>();
    for (const index of twice.size === 0 ? [] : owner.indexes) {
      if (!twice.has(index)) continue;
      const other = first.get(index);
      if (!other) first.set(index, owner);
      else if (!addTo(shared.get(other), index)) shared.set(other, [index]);
    }
    return [...shared].map(([other, indexes]) => ({ owner, other, indexes }));
  });
}
