import type { EntityOf, Reference, Target } from './analysis.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Draft, Entity } from './entity.ts';
import { type Identity, meaningOf } from './identity.ts';
import type { Memo } from './memo.ts';
import type { Lookup, Outcome, Resolver } from './resolver.ts';
import { encloses } from './span.ts';
import type { CachedStray } from './strays.ts';
import type { BlockNode } from './tree.ts';
import type { BlockSpec } from './vocabulary/spec.ts';

/**
 * A top-level block whose findings depend only on its own text and the meaning of its names. It is kept as long as no edit
 * touches its text.
 */
export interface CachedBlock {
  readonly identity: Identity;
  /**
   * Each name with what it meant, or that it meant nothing. Of the targets themselves only the last ones are held, because each
   * would hold its whole text.
   */
  readonly lookups: readonly { readonly lookup: Lookup; readonly meaning: unknown }[];
  /** Part of it could not be read. */
  readonly incomplete: boolean;
  /** Words in parts of it that could not be evaluated. */
  readonly doubtful: ReadonlySet<string>;
  /** Words that name nothing. What they may have meant is sought again each time, because all names of the file count. */
  readonly strays: readonly CachedStray[];
  /** What the rules of the language say of it. Places are counted from its start. */
  findings: readonly Diagnostic[];
  /** The entity as it was read last, with what its names meant then. It is left out when the block stands elsewhere now. */
  last?:
    | { readonly entity: Entity; readonly references: readonly Reference[]; readonly targets: readonly unknown[] }
    | undefined;
}

/** A block that was taken over without being read again. */
export interface TakenOver {
  readonly targets: readonly Target[];
  readonly kept: CachedBlock;
  readonly node: BlockNode;
  /** The uses of names in it. Those of a block that stands elsewhere now are known only once its contents are read. */
  readonly uses: readonly Reference[] | LazyEntity;
}

export function referencesOf({ uses }: TakenOver): readonly Reference[] {
  return uses instanceof LazyEntity ? uses.fill().references : uses;
}

/** Keyed by the block as it was first read. */
export type BlockCache = Memo<BlockNode, CachedBlock>;

/** What the block's names lead to now. It is undefined if one means something else, and then the block must be read again. */
export function sameTargets(
  { lookups }: CachedBlock,
  { span }: BlockNode,
  resolver: Resolver,
): readonly Target[] | undefined {
  const targets: Target[] = [];
  for (const { lookup, meaning } of lookups) {
    const outcome = resolver.outcomeOf(lookup, span);
    if (outcome === undefined || meaningOfOutcome(outcome) !== meaning) return undefined;
    if (typeof outcome === 'object') targets.push(outcome);
  }
  return targets;
}

/** No value and no identity of a block is equal to the word for a name without a meaning. */
export function meaningOfOutcome(outcome: Outcome): unknown {
  return typeof outcome === 'object' ? meaningOf(outcome) : outcome;
}

/** Whether the same things are meant, at the same places. */
export function areSame(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((leftItem, index) => leftItem === right[index]);
}

/** Distinguishes a target from another one that says the same and stands elsewhere. */
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
  'unread',
  'config',
] as const satisfies readonly (keyof Draft)[];

/**
 * A block whose contents are read when they are first looked at. From then on they are properties of its own, as in any entity.
 * Every keystroke in a long text makes thousands of these, so they share their getters.
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
    { identity, incomplete }: CachedBlock,
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

  /** From here on the contents are those of the draft. */
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

  get unread(): Draft['unread'] {
    return this.fill().unread;
  }

  get config(): Draft['config'] {
    return this.fill().config;
  }
}

/** The entities of a file's blocks. Blocks inside a block that was taken over are looked up in its entity. */
export class Entities implements EntityOf {
  private readonly read: ReadonlyMap<BlockNode, Entity>;
  private readonly topLevel: readonly Entity[];

  constructor(read: ReadonlyMap<BlockNode, Entity>, topLevel: readonly Entity[]) {
    this.read = read;
    this.topLevel = topLevel;
  }

  get(node: BlockNode): Entity | undefined {
    const readEntity = this.read.get(node);
    if (readEntity) return readEntity;
    const outer = this.topLevel.find((entity) => encloses(entity.node.span, node.span));
    return outer && entityInside(outer, node);
  }
}

function entityInside({ children }: Entity, node: BlockNode): Entity | undefined {
  for (const child of children) {
    const match = child.node === node ? child : entityInside(child, node);
    if (match) return match;
  }
  return undefined;
}
