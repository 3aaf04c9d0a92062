import type { Entity } from '../../language/entity.ts';
import { childrenOf, targetOf } from '../../plan/values.ts';
import { replaceChild, type SetValue, withProperty, withTarget } from './changed.ts';

/** The blocks that a what-if may change: the deployment itself, and those that it names. */
export type SettableBlock = 'deployment' | 'workload' | 'cluster';

/** A block inside another, by its keyword and by its name if it has one. */
export interface Step {
  readonly keyword: string;
  readonly name?: string;
}

/** One property that gets another value without a change of the text. */
export interface Setting {
  readonly block: SettableBlock;
  /** The path from the block to the one that has the property. Empty for the block itself. */
  readonly path: readonly Step[];
  readonly property: string;
  readonly value: SetValue;
}

export function stepTo({ keyword, name }: Entity): Step {
  return { keyword, ...(name !== undefined && { name }) };
}

/** The deployment with these settings. Undefined when a block or property does not exist. */
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
