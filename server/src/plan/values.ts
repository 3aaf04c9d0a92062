import type { Entity, Property, Value } from '../language/entity.ts';
import type { Expression } from '../language/tree.ts';

/** Reads evaluated properties. The language has left out values of the wrong type and reported them. */

export function numberOf(entity: Entity | undefined, name: string): number | undefined {
  const value = entity?.properties.get(name)?.value;
  return value?.kind === 'quantity' ? value.value : undefined;
}

export function wordOf(entity: Entity | undefined, name: string): string | undefined {
  const value = entity?.properties.get(name)?.value;
  return value?.kind === 'word' ? value.text : undefined;
}

export function textOf(entity: Entity | undefined, name: string): string | undefined {
  const value = entity?.properties.get(name)?.value;
  return value?.kind === 'text' ? value.text : undefined;
}

export function flagOf(entity: Entity | undefined, name: string): boolean | undefined {
  const word = wordOf(entity, name);
  return word === undefined ? undefined : word === 'true';
}

export function targetOf(entity: Entity, name: string): Entity | undefined {
  return entity.properties.get(name)?.target;
}

export function wordsOf(property: Property | undefined): readonly string[] {
  return property ? itemsOf(property.value).flatMap((value) => (value.kind === 'word' ? [value.text] : [])) : [];
}

export function childOf(entity: Entity, keyword: string): Entity | undefined {
  return entity.children.find((child) => child.keyword === keyword);
}

export function childrenOf(entity: Entity, keyword: string): readonly Entity[] {
  return entity.children.filter((child) => child.keyword === keyword);
}

export function itemsOf(value: Value): readonly Value[] {
  return value.kind === 'list' ? value.items : [value];
}

/** Blocks that state expectations or measurements. Nothing is computed from them. */
const BESIDES: readonly string[] = ['expect', 'measured'];

/**
 * The name of a property or block, in the block or in one that it holds, that was written but not understood. A figure with
 * a default in its place would be about another plan than the one written. Undefined when everything was understood. A name
 * for which `isSaid` is true counts as understood: it has a value elsewhere.
 */
export function rejectedIn(
  entity: Entity,
  isSaid: (block: string, name: string) => boolean = () => false,
): string | undefined {
  for (const name of entity.rejected) {
    if (typeof name !== 'string') return entity.keyword;
    if (!BESIDES.includes(name) && !isSaid(entity.keyword, name)) return name;
  }
  for (const child of entity.children) {
    const inside = BESIDES.includes(child.keyword) ? undefined : rejectedIn(child, isSaid);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** A line of the block that was written but not understood. */
export function lineRejected(entity: Entity): Expression | undefined {
  for (const part of entity.rejected) if (typeof part !== 'string') return part;
  return undefined;
}

/** What `rejectedIn` tells of a deployment, or of the workload that it names. */
export function rejectedInPlan(
  deployment: Entity,
  isSaid?: (block: string, name: string) => boolean,
): string | undefined {
  const workload = targetOf(deployment, 'workload');
  // The contents of a workload that was read in whole need not be looked at.
  return rejectedIn(deployment, isSaid) ?? (workload?.incomplete ? rejectedIn(workload) : undefined);
}

/** Whether the block itself, its children apart, may say one of these in a part that could not be read. */
export function mayLack(entity: Entity | undefined, names: readonly string[]): boolean {
  return entity?.incomplete === true && (entity.unread || names.some((name) => entity.rejected.has(name)));
}

/** More indexes than any deployment has. A longer range is a slip of the pen: it is cut here and never allocated. */
const MOST_INDEXES = 1_000_000;

/** The largest index that a value names, or -1 when it names none. */
export function lastIndexOf(value: Value): number {
  return itemsOf(value).reduce((most, item) => {
    if (item.kind === 'quantity') return Math.max(most, item.value);
    return item.kind === 'range' ? Math.max(most, item.to - ((item.to - item.from) % Math.max(1, item.by))) : most;
  }, -1);
}

/** The indexes of a value without numbers and ranges that reach a bound. Rules report those at the place of the bound. */
export function indexesBelow(value: Value, bound: number): number[] {
  return itemsOf(value).flatMap((item) => (lastIndexOf(item) < bound ? indexesOf(item) : []));
}

/** The indexes of `0..7`, `5` or `[0..3, 8]`, in the order written. */
export function indexesOf(value: Value | undefined): number[] {
  const indexes: number[] = [];
  for (const item of value ? itemsOf(value) : []) {
    if (item.kind === 'quantity') indexes.push(item.value);
    if (item.kind === 'range') {
      for (let index = item.from; index <= item.to && indexes.length < MOST_INDEXES; index += Math.max(1, item.by)) {
        indexes.push(index);
      }
    }
  }
  return indexes;
}

/** The values of those of a table's names that are written, by the plan's field for each. */
export function writtenFields<Name extends string, Field extends string, Value>(
  table: Readonly<Record<Name, Field>>,
  read: (name: Name) => Value | undefined,
): Partial<Record<Field, Value>> {
  const fields: Partial<Record<Field, Value>> = {};
  for (const name of namesOf(table)) {
    const value = read(name);
    if (value !== undefined) fields[table[name]] = value;
  }
  return fields;
}

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(table).filter((name): name is Name => Object.hasOwn(table, name));
}
