import { type Entity, locationOfEntity } from '../../language/entity.ts';
import type { Program } from '../../language/program.ts';
import type { Location } from '../../language/span.ts';
import { childrenOf, targetOf } from '../../plan/values.ts';

/** The pool of the base that a `vary` block means by its name. */
export interface VariedPool {
  /** Where the `vary` block names it. */
  readonly at: Location;
  readonly vary: Entity;
  readonly pool: Entity;
}

/** The pools that the `vary` blocks of a file name. */
export function variedPools(program: Program): readonly VariedPool[] {
  return program.own.flatMap((search) => {
    if (search.keyword !== 'search') return [];
    const pools = poolsOfBase(search);
    return childrenOf(search, 'vary').flatMap((vary) => {
      const pool = pools.find(({ name }) => name !== undefined && name === vary.name);
      return pool ? [{ at: locationOfEntity(vary), vary, pool }] : [];
    });
  });
}

/** The pools of the deployment from which a `search` block starts. */
export function poolsOfBase(search: Entity): readonly Entity[] {
  const base = targetOf(search, 'base');
  return base ? childrenOf(base, 'pool') : [];
}
