import type { Identity } from './identity.ts';
import type { Location, Span } from './span.ts';
import type {
  BlockNode,
  CompareNode,
  Comparison,
  EdgeNode,
  EntryNode,
  Expression,
  PlacementNode,
  PropertyNode,
} from './tree.ts';
import type { Dimension } from './units.ts';
import type { BlockSpec, PropertySpec } from './vocabulary/spec.ts';

/**
 * The language's output: blocks with their names resolved, `let` and arithmetic evaluated, units applied and
 * `extends` merged. `plan/` reads these and nothing of the tree but spans for its findings.
 */

/** A number in its dimension's base unit (bytes, bytes/s, FLOP/s, seconds, tokens, ...). */
export interface Quantity {
  readonly kind: 'quantity';
  readonly value: number;
  readonly dimension: Dimension;
  readonly span: Span;
}

/** Indexes `from..to`, both included, every `by`-th. */
export interface RangeValue {
  readonly kind: 'range';
  readonly from: number;
  readonly to: number;
  readonly by: number;
  readonly span: Span;
}

export interface WordValue {
  readonly kind: 'word';
  readonly text: string;
  readonly span: Span;
}

export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
  readonly span: Span;
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly span: Span;
}

export interface ApplicationValue {
  readonly kind: 'application';
  readonly word: string;
  readonly argument: Value;
  readonly span: Span;
}

export type Value = Quantity | RangeValue | WordValue | TextValue | ListValue | ApplicationValue;

/** A property with a value of the type that the vocabulary declares; a value of another type is left out and reported. */
export interface Property {
  readonly spec: PropertySpec;
  readonly operator: Comparison;
  readonly value: Value;
  /** `+- 5%` is a fraction, `+- 2 GiB` has the value's own dimension. */
  readonly tolerance?: Quantity;
  /** The entity a reference names, when the property's type is a reference. */
  readonly target?: Entity;
  /** The file that the text leads to, where the property reads one and it was found. */
  readonly file?: TextFile;
  readonly node: PropertyNode;
  /** The file that wrote it: with `extends` another than the entity's own. */
  readonly uri: string;
}

export interface TextFile {
  readonly uri: string;
  readonly text: string;
}

/**
 * What stands between a block's braces. Of a block that was taken over it is read when first looked at, through getters of
 * its class: `{ ...entity }` would leave it out. As a class, which is here in the types alone, it makes the compiler say so;
 * `changedCopy` copies an entity.
 */
declare abstract class Contents {
  get base(): Entity | undefined;
  /** Own properties over inherited ones, by name. */
  get properties(): ReadonlyMap<string, Property>;
  /** Child blocks, own over inherited: a child of equal keyword and name is merged with the base's. */
  get children(): readonly Entity[];
  /** Inherited ones first; an own one that repeats an inherited one counts once. */
  get edges(): readonly EvaluatedEdge[];
  get entries(): readonly EvaluatedEntry[];
  get placements(): readonly EvaluatedPlacement[];
  /**
   * What is written and not understood, or required and missing, and reported: properties and blocks by the names that they
   * seem to mean, `extends` and `from`, lines by their first parts. No default stands for any of it.
   */
  get rejected(): ReadonlySet<string | Expression>;
  /** `model x from "config.json"`: the parsed and validated JSON object, absent when it could not be read. */
  get config(): EntityConfig | undefined;
}

export interface Entity extends Contents {
  readonly spec: BlockSpec;
  readonly keyword: string;
  readonly name?: string;
  readonly uri: string;
  readonly node: BlockNode;
  readonly parent?: Entity;
  /** Part of it could not be read or is missing, and a diagnostic says so: what a check finds lacking may be there. */
  readonly incomplete?: true;
  /** Top-level blocks that it names, in the order in which they were met; a child's are its top-level block's. */
  readonly uses: readonly Entity[];
  /**
   * Of top-level blocks without mistakes of syntax in which every name means one thing: others are looked at anew with
   * every edit. A changed copy of an entity has none.
   */
  readonly identity?: Identity;
}

export interface EntityConfig {
  readonly uri: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Arrows keep their words; the file that wrote them may be a base's. */
export interface EvaluatedEdge extends EdgeNode {
  readonly uri: string;
}

export interface EvaluatedEntry {
  readonly range: Value;
  readonly value: Value;
  readonly node: EntryNode;
  readonly uri: string;
}

export interface EvaluatedPlacement {
  readonly experts: Value;
  readonly layers?: Value;
  readonly gpus: Value;
  readonly node: PlacementNode;
  readonly uri: string;
}

export interface EvaluatedCompare {
  readonly deployments: readonly Entity[];
  readonly properties: readonly Property[];
  readonly node: CompareNode;
  readonly uri: string;
}

/**
 * A copy that says something else. It has no identity: what is kept by one is that of the block as written. The contents are
 * read here, where they have not been.
 */
export function changedCopy(
  entity: Entity,
  changes: Partial<Pick<Entity, 'properties' | 'children' | 'rejected'>>,
): Entity {
  const { identity: _, ...rest } = entity;
  const { base, properties, children, edges, entries, placements, rejected, config } = entity;
  return { ...rest, base, properties, children, edges, entries, placements, rejected, config, ...changes };
}

/** Where an entity or property stands, for findings and jumps. */
export function locationOfEntity(entity: Entity): Location {
  return { uri: entity.uri, span: (entity.node.name ?? entity.node.keyword).span };
}

export function locationOfProperty(property: Property): Location {
  return { uri: property.uri, span: property.node.span };
}
