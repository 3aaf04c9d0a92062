import { changedCopy, type Entity, type Property, type Value } from '../../language/entity.ts';
import type { Span } from '../../language/span.ts';
import type { Expression } from '../../language/tree.ts';
import type { Dimension } from '../../language/units.ts';
import { propertySpec } from '../../language/vocabulary/vocabulary.ts';

/** A number in its base unit, a word, the indexes `from..to`, or the name of another block. */
export type SetValue = number | string | { readonly from: number; readonly to: number } | Reference;

/** A block by its name. */
export interface Reference {
  readonly name: string;
  readonly target: Entity;
}

/** A copy of an entity in which one property has another value. Undefined when its block has no such property. */
export function withProperty(entity: Entity, name: string, value: SetValue): Entity | undefined {
  const spec = propertySpec(entity.spec, name);
  if (!spec) return undefined;
  const { span } = entity.node.keyword;
  const dimension = spec.type.kind === 'quantity' ? spec.type.dimension : 'number';
  const property: Property = {
    spec,
    operator: '=',
    value:
      typeof value === 'string' && spec.type.kind === 'string'
        ? { kind: 'text', text: value, span }
        : typedValue(value, dimension, span),
    ...(isReference(value) && { target: value.target }),
    node: {
      kind: 'property',
      key: { kind: 'word', text: name, span },
      operator: '=',
      value: expressionOf(value, span),
      span,
    },
    uri: entity.uri,
  };
  const rejected = new Set([...entity.rejected].filter((rejectedName) => rejectedName !== name));
  return changedCopy(entity, { rejected, properties: new Map([...entity.properties, [name, property]]) });
}

function typedValue(value: SetValue, dimension: Dimension, span: Span): Value {
  if (typeof value === 'number') return { kind: 'quantity', value, dimension, span };
  if (typeof value === 'string') return { kind: 'word', text: value, span };
  return isReference(value)
    ? { kind: 'word', text: value.name, span }
    : { kind: 'range', from: value.from, to: value.to, by: 1, span };
}

export function isReference(value: SetValue): value is Reference {
  return typeof value === 'object' && 'target' in value;
}

function expressionOf(value: SetValue, span: Span): Expression {
  const number = (amount: number) => ({ kind: 'number', value: amount, span }) as const;
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return { kind: 'word', text: value, span };
  if (isReference(value)) return { kind: 'word', text: value.name, span };
  return { kind: 'range', from: number(value.from), to: number(value.to), span };
}

/** A copy of an entity without one property. */
export function withoutProperty(entity: Entity, name: string): Entity {
  const properties = new Map(entity.properties);
  properties.delete(name);
  return changedCopy(entity, { properties });
}

/** A copy of an entity with a block somewhere in it replaced. */
export function replaceChild(entity: Entity, old: Entity, changed: Entity): Entity {
  const children = entity.children.map((child) => (child === old ? changed : replaceChild(child, old, changed)));
  if (children.every((child, index) => child === entity.children[index])) return entity;
  return changedCopy(entity, { children });
}

/** A copy of a deployment that refers to another entity than the written one, for example a changed workload. */
export function withTarget(entity: Entity, name: string, target: Entity): Entity | undefined {
  const property = entity.properties.get(name);
  if (!property) return undefined;
  return changedCopy(entity, { properties: new Map([...entity.properties, [name, { ...property, target }]]) });
}
