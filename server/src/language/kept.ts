import type { EntityOf, Reference, Target } from './analysis.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Draft } from './entities.ts';
import type { Entity } from './entity.ts';
import { type Identity, meaningOf } from './identity.ts';
import type { Lookup, Resolver } from './resolver.ts';
import type { Span } from './span.ts';
import type { BlockNode } from './tree.ts';
import type { BlockSpec } from './vocabulary/spec.ts';

/**
 * A top-level block of which nothing but its own text and the meaning of its names decides what is said, for as long as no
 * edit touches its text.
 */
export interface Kept {
  readonly identity: Identity;
  /** Each name with what it meant. Of targets themselves only the last ones are held: each would hold its whole text. */
  readonly lookups: readonly { readonly lookup: Lookup; readonly meaning: unknown }[];
  /** Part of it could not be read. */
  readonly incomplete: boolean;
  /** Words in parts of it that could not be evaluated. */
  readonly doubtful: ReadonlySet<string>;
  /** What the rules of the language say of it, places counted from its start. */
  told: readonly Diagnostic[];
  /** As it was read last, with what its names meant then; left out when it stands elsewhere now. */
  last?: { readonly entity: Entity; readonly references: readonly Reference[]; readonly targets: readonly unknown[] };
}

/** A block of which nothing was read again. */
export interface TakenOver {
  readonly targets: readonly Target[];
  readonly kept: Kept;
  readonly node: BlockNode;
  /** The uses of names in it; those of a block that stands elsewhere now are known once its contents are. */
  readonly uses: readonly Reference[] | LazyEntity;
}

export function referencesOf({ uses }: TakenOver): readonly Reference[] {
  return uses instanceof LazyEntity ? uses.fill().references : uses;
}

/** By the block as it was first read. */
export type KeptBlocks = WeakMap<BlockNode, Kept>;

/** What the block's names lead to now. Nothing when one means something else: then the block must be read again. */
export function sameTargets({ lookups }: Kept, resolver: Resolver): readonly Target[] | undefined {
  const targets: Target[] = [];
  for (const { lookup, meaning } of lookups) {
    const target = resolver.targetOf(lookup);
    if (!target || meaningOf(target) !== meaning) return undefined;
    targets.push(target);
  }
  return targets;
}

/** Whether the same things are meant, at the same places. */
export function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((each, index) => each === right[index]);
}

/** What tells one target from another that says the same and stands elsewhere. */
export function placeOfTarget(target: Target): unknown {
  return target.kind === 'entity' ? target.entity : target.constant.node;
}

export function entitiesIn(targets: readonly Target[]): readonly Entity[] {
  return targets.flatMap((target) => (target.kind === 'entity' ? target.entity : []));
}

const CONTENTS = [
  'base',
  'properties',
  'children',
  'edges',
  'entries',
  'placements',
  'rejected',
  'config',
] as const satisfies readonly (keyof Draft)[];

/**
 * A block whose contents are read when first looked at; from then on they are properties of its own, as in any entity. Of
 * a long text thousands are made with every keystroke: this is why they share their getters.
 */
export class LazyEntity implements Draft {
  readonly spec: BlockSpec;
  readonly keyword: string;
  readonly name?: string;
  readonly uri: string;
  readonly node: BlockNode;
  readonly identity: Identity;
  incomplete?: true;
  readonly uses: readonly Entity[];
  /** The uses of names in it, once its contents are read. */
  references: readonly Reference[] = [];
  private read: ((lazy: LazyEntity) => void) | undefined;

  /** `read` places an empty draft and fills it. */
  constructor(
    node: BlockNode,
    spec: BlockSpec,
    uri: string,
    { identity, incomplete }: Kept,
    uses: readonly Entity[],
    read: (lazy: LazyEntity) => void,
  ) {
    this.spec = spec;
    this.keyword = spec.keyword;
    if (node.name) this.name = node.name.text;
    this.uri = uri;
    this.node = node;
    this.identity = identity;
    if (incomplete) this.incomplete = true;
    this.uses = uses;
    this.read = read;
  }

  fill(): this {
    const { read } = this;
    this.read = undefined;
    read?.(this);
    return this;
  }

  /** From here on the contents are the draft's. */
  place(draft: Draft): void {
    for (const key of CONTENTS)
      Object.defineProperty(this, key, { value: draft[key], writable: true, enumerable: true, configurable: true });
  }

  get base(): Draft['base'] {
    return this.fill().base;
  }

  get properties(): Draft['properties'] {
    return this.fill().properties;
  }

  get children(): Draft['children'] {
    return this.fill().children;
  }

  get edges(): Draft['edges'] {
    return this.fill().edges;
  }

  get entries(): Draft['entries'] {
    return this.fill().entries;
  }

  get placements(): Draft['placements'] {
    return this.fill().placements;
  }

  get rejected(): Draft['rejected'] {
    return this.fill().rejected;
  }

  get config(): Draft['config'] {
    return this.fill().config;
  }
}

/** The entities of a file's blocks; those inside blocks that were taken over are looked for in these. */
export class Entities implements EntityOf {
  private readonly read: ReadonlyMap<BlockNode, Entity>;
  private readonly topLevel: readonly Entity[];

  constructor(read: ReadonlyMap<BlockNode, Entity>, topLevel: readonly Entity[]) {
    this.read = read;
    this.topLevel = topLevel;
  }

  get(node: BlockNode): Entity | undefined {
    const known = this.read.get(node);
    if (known) return known;
    const outer = this.topLevel.find((entity) => covers(entity.node.span, node.span));
    return outer && entityInside(outer, node);
  }
}

function entityInside({ children }: Entity, node: BlockNode): Entity | undefined {
  for (const child of children) {
    const found = child.node === node ? child : entityInside(child, node);
    if (found) return found;
  }
  return undefined;
}

function covers(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
