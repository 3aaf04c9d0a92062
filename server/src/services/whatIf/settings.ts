import type { Entity } from '../../language/entity.ts';
import { childrenOf, targetOf } from '../../plan/values.ts';
import { replaceChild, type SetValue, withProperty, withTarget } from './changed.ts';

/** The blocks that a what-if may change: the deployment itself, and what it names. */
export type SettableBlock = 'deployment' | 'workload' | 'cluster';

/** A block inside another, by keyword and, where it has one, by name. */
export interface Step {
  readonly keyword: string;
  readonly name?: string;
}

/** One property set to another value, beside the text. */
export interface Setting {
  readonly block: SettableBlock;
  /** The way from the block to the one that holds the property; empty for the block itself. */
  readonly path: readonly Step[];
  readonly property: string;
  readonly value: SetValue;
}

export function stepTo({ keyword, name }: Entity): Step {
  return { keyword, ...(name !== undefined && { name }) };
}

/** The deployment as it would be with these settings; nothing where a block or property is not there. */
export function withSettings(deployment: Entity, settings: readonly Setting[]): Entity | undefined {
  let changed: Entity | undefined = deployment;
  for (const setting of settings) changed = changed && withSetting(changed, setting);
  return changed;
}

function withSetting(deployment: Entity, { block, path, property, value }: Setting): Entity | undefined {
  const outer = block === 'deployment' ? deployment : targetOf(deployment, block);
  const holder = outer && follow(outer, path);
  const changed = holder && withProperty(holder, property, value);
  if (!outer || !holder || !changed) return undefined;
  const whole = holder === outer ? changed : replaceChild(outer, holder, changed);
  return block === 'deployment' ? whole : withTarget(deployment, block, whole);
}

function follow(entity: Entity, path: readonly Step[]): Entity | undefined {
  let at: Entity | undefined = entity;
  for (const { keyword, name } of path) at = at && childrenOf(at, keyword).find((child) => child.name === name);
  return at;
}
