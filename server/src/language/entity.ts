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
 * The language's output: blocks with their names resolved, `let` and arithmetic evaluated, units applied and `extends` merged.
 * `plan/` reads these, and from the tree only the spans for its findings.
 */

/** A number in its dimension's base unit (bytes, bytes/s, FLOP/s, seconds, tokens, ...). */
export interface Quantity {
  readonly kind: 'quantity';
  readonly value: number;
  readonly dimension: Dimension;
  readonly span: Span;
}

/** Indexes from `from` to `to`, both included, every `by`-th of them. */
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

/** A property with a value of the type that the vocabulary declares. A value of another type is left out and reported. */
export interface Property {
  readonly spec: PropertySpec;
  readonly operator: Comparison;
  readonly value: Value;
  /** `+- 5%` is a fraction, `+- 2 GiB` has the value's own dimension. */
  readonly tolerance?: Quantity;
  /** The entity that the value names, if the property's type is a reference. */
  readonly target?: Entity;
  /** The file that the text leads to, if the property reads one and it was found. */
  readonly file?: TextFile;
  readonly node: PropertyNode;
  /** The file that wrote it. With `extends` this may differ from the entity's own file. */
  readonly uri: string;
}

export interface TextFile {
  readonly uri: string;
  readonly text: string;
}

/**
 * What stands between a block's braces. In a block that was taken over it is read when it is first looked at, through getters of
 * its class, so `{ ...entity }` would leave it out. Declaring it as a class, which exists only in the types, makes the compiler
 * report that. `changedCopy` copies an entity.
 */
declare abstract class Contents {
  get base(): Entity | undefined;
  /** Own properties over inherited ones, by name. */
  get properties(): ReadonlyMap<string, Property>;
  /** Child blocks, own ones over inherited ones: a child is merged with the base's child of the same keyword and name. */
  get children(): readonly Entity[];
  /** Inherited edges come first. An own edge that repeats an inherited one counts once. */
  get edges(): readonly EvaluatedEdge[];
  get entries(): readonly EvaluatedEntry[];
  get placements(): readonly EvaluatedPlacement[];
  /**
   * What is written but not understood, or required but missing, and has been reported: properties and blocks by the names that
   * they seem to mean, `extends` and `from`, lines by their first parts. No default replaces any of it.
   */
  get rejected(): ReadonlySet<string | Expression>;
  /**
   * Whether a part of the block itself, its children apart, could not be read and may have said anything. What `rejected` names
   * is no such part.
   */
  get unread(): boolean;
  /** `model x from "config.json"`: the parsed and validated JSON object; undefined when it could not be read. */
  get config(): EntityConfig | undefined;
}

export interface Entity extends Contents {
  readonly spec: BlockSpec;
  readonly keyword: string;
  readonly name?: string;
  readonly uri: string;
  readonly node: BlockNode;
  readonly parent?: Entity;
  /** A part of it could not be read or is missing, and a diagnostic says so. What a check does not find may be in that part. */
  readonly incomplete?: true;
  /**
   * Top-level blocks that it names, in the order in which they were met. The uses of a child are those of its top-level block.
   */
  readonly uses: readonly Entity[];
  /**
   * Only top-level blocks have one, and only if they have no syntax errors and no name in them means several things. All others
   * are analysed again with every edit. A changed copy of an entity has none.
   */
  readonly identity?: Identity;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Gathered = 'properties' | 'children' | 'edges' | 'entries' | 'placements' | 'rejected' | 'unread';

/** An entity while its parts are being gathered. */
export type Draft = Writable<Omit<Entity, Gathered>> & {
  properties: Map<string, Property>;
  children: Entity[];
  edges: EvaluatedEdge[];
  entries: EvaluatedEntry[];
  placements: EvaluatedPlacement[];
  rejected: Set<string | Expression>;
  unread: boolean;
};

/** The config of a checkpoint with the files of its folder that say more about it. */
export interface EntityConfig {
  readonly uri: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** Of `hf_quant_config.json`: in which types its tensors are. */
  readonly quantization?: Readonly<Record<string, unknown>>;
  /** Of `model.safetensors.index.json`: names of all tensors, and their size. */
  readonly index?: Readonly<Record<string, unknown>>;
}

/** Arrows keep their words. They may be written in the file of a base. */
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
 * A copy with other content. It has no identity, because what is kept by an identity belongs to the block as it is written.
 * Contents that have not been read yet are read here.
 */
export function changedCopy(
  entity: Entity,
  changes: Partial<Pick<Entity, 'properties' | 'children' | 'rejected'>>,
): Entity {
  const { identity: _, ...withoutIdentity } = entity;
  const { base, properties, children, edges, entries, placements, rejected, unread, config } = entity;
  return {
    ...withoutIdentity,
    base,
    properties,
    children,
    edges,
    entries,
    placements,
    rejected,
    unread,
    config,
    ...changes,
  };
}

/** A block with nothing in it, as if it stood in another one that lacks it. What is found about it stands at that one. */
export function emptyChild(parent: Entity, spec: BlockSpec): Entity {
  const { span } = parent.node.keyword;
  return {
    spec,
    keyword: spec.keyword,
    uri: parent.uri,
    node: {
      kind: 'block',
      keyword: { kind: 'word', text: spec.keyword, span },
      items: [],
      body: span,
      closed: true,
      span,
    },
    parent,
    uses: [],
    base: undefined,
    properties: new Map(),
    children: [],
    edges: [],
    entries: [],
    placements: [],
    rejected: new Set(),
    unread: false,
    config: undefined,
  };
}

/** Where an entity or property stands, for findings and jumps. */
export function locationOfEntity(entity: Entity): Location {
  return { uri: entity.uri, span: (entity.node.name ?? entity.node.keyword).span };
}

export function locationOfProperty(property: Property): Location {
  return { uri: property.uri, span: property.node.span };
}
