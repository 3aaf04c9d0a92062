import { changedCopy, type Entity, emptyChild } from '../../language/entity.ts';
import { blockSpec } from '../../language/vocabulary/vocabulary.ts';
import { childrenOf, targetOf } from '../../plan/values.ts';
import { replaceChild, type SetValue, withoutProperty, withProperty, withTarget } from './changed.ts';

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
  /** Undefined where the property is left out. */
  readonly value: SetValue | undefined;
}

export function stepTo({ keyword, name }: Entity): Step {
  return { keyword, ...(name !== undefined && { name }) };
}

/** The deployment with these settings. Blocks without a name that it lacks are added. Undefined when anything else is missing. */
export function withSettings(deployment: Entity, settings: readonly Setting[]): Entity | undefined {
  let changed: Entity | undefined = deployment;
  for (const setting of settings) changed = changed && withSetting(changed, setting);
  return changed;
}

function withSetting(deployment: Entity, setting: Setting): Entity | undefined {
  const { block, path } = setting;
  const outer = block === 'deployment' ? deployment : targetOf(deployment, block);
  const whole = outer && within(outer, path, setting);
  return whole && block !== 'deployment' ? withTarget(deployment, block, whole) : whole;
}

/** The block with a property changed in it, or in the block to which a path leads. */
function within(block: Entity, [step, ...steps]: readonly Step[], setting: Setting): Entity | undefined {
  const { property, value } = setting;
  if (!step) return value === undefined ? withoutProperty(block, property) : withProperty(block, property, value);
  const { keyword, name } = step;
  const child = childrenOf(block, keyword).find((inner) => inner.name === name);
  if (child) {
    const changed = within(child, steps, setting);
    return changed && replaceChild(block, child, changed);
  }
  const spec = name === undefined ? blockSpec(block.keyword, keyword) : undefined;
  const added = spec && within(emptyChild(block, spec), steps, setting);
  return added && changedCopy(block, { children: [...block.children, added] });
}
