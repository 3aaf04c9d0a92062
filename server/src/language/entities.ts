import type { ConfigLink, EntityOf, Reference, Target } from './analysis.ts';
import { fillBlock } from './blockContents.ts';
import { firstOf } from './constants.ts';
import type { Entity, EvaluatedEdge, EvaluatedEntry, EvaluatedPlacement, Property, TextFile } from './entity.ts';
import { firstNotBelow } from './halving.ts';
import { type Identities, meaningOf, partsOf, usesOf } from './identity.ts';
import { Inheritance } from './inheritance.ts';
import {
  areSame,
  entitiesIn,
  type Kept,
  type KeptBlocks,
  LazyEntity,
  placeOfTarget,
  sameTargets,
  type TakenOver,
} from './kept.ts';
import { originOf } from './moved.ts';
import { type Declaration, locationOfDeclaration } from './names.ts';
import { isOfItsBlock, type Problem } from './problems.ts';
import type { FoundOut, Resolver } from './resolver.ts';
import type { SourceFile } from './source.ts';
import type { Span } from './span.ts';
import type { BlockNode, Expression, ParseError, StringLiteral } from './tree.ts';
import type { BlockSpec } from './vocabulary/spec.ts';

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Gathered = 'properties' | 'children' | 'edges' | 'entries' | 'placements' | 'rejected';

/** An entity while its parts are being gathered. */
export type Draft = Writable<Omit<Entity, Gathered>> & {
  properties: Map<string, Property>;
  children: Entity[];
  edges: EvaluatedEdge[];
  entries: EvaluatedEntry[];
  placements: EvaluatedPlacement[];
  rejected: Set<string | Expression>;
};

/** How blocks get the files that they name. A file that is not found is reported. */
export interface FileReader {
  /** Reads the config of `model x from "config.json"`. */
  config(node: BlockNode, resolver: Resolver): { readonly link: ConfigLink; readonly config?: Entity['config'] };
  /** Reads the file of a property such as `popularity = "loads.csv"`. */
  text(path: StringLiteral, node: BlockNode, resolver: Resolver): TextFile | undefined;
}

export interface Troubled {
  readonly kept: Kept;
  readonly node: BlockNode;
  readonly problems: readonly Problem[];
}

/** Builds the entities of one file, each once, when first asked for. */
export class EntityBuilder {
  readonly resolver: Resolver;
  readonly source: SourceFile;
  readonly entities = new Map<BlockNode, Entity>();
  readonly takenOver: TakenOver[] = [];
  readonly configs: ConfigLink[] = [];
  /** Blocks that were read anew, can be kept, and have problems. Their findings are made once the file is read. */
  readonly troubled: Troubled[] = [];
  private readonly bases = new Map<BlockNode, Declaration | 'broken' | undefined>();
  private readonly builderOf: (uri: string) => EntityBuilder | undefined;
  private readonly files: FileReader;
  private readonly identities: Identities;
  private readonly kept: KeptBlocks;
  private readonly built: EntityOf | undefined;
  private readonly textsRead: { readonly span: Span; readonly file: TextFile | undefined }[] = [];
  private readonly errorStarts: readonly number[];
  private readonly inheritance: Inheritance;

  /** `built` holds the entities of a file whose earlier analysis is taken over. */
  constructor(
    resolver: Resolver,
    builderOf: (uri: string) => EntityBuilder | undefined,
    built: EntityOf | undefined,
    files: FileReader,
    identities: Identities,
    kept: KeptBlocks,
  ) {
    this.resolver = resolver;
    this.built = built;
    this.kept = kept;
    this.source = resolver.scope.file.source;
    this.builderOf = builderOf;
    this.inheritance = new Inheritance((uri) => builderOf(uri)?.resolver.scope);
    this.files = files;
    this.identities = identities;
    this.errorStarts = this.source.tree.errors
      // A flag is read as far as possible, and its finding is made as that of a property.
      .filter(({ rule }) => rule !== 'unknown-property')
      .map((error: ParseError) => error.span.start)
      .sort((left, right) => left - right);
  }

  /** The entity of a top-level block of this file. Chains of `extends` are followed without recursion. */
  entity(declaration: Declaration): Entity {
    const builtEntity = this.builtEntityOf(declaration.node);
    if (builtEntity) return builtEntity;
    const chain = this.chain(declaration);
    let entity: Entity | undefined;
    for (const link of chain.reverse()) {
      const builder = this.builderOf(link.uri) ?? this;
      entity = builder.builtEntityOf(link.node) ?? builder.build(link.node, link.spec);
    }
    return entity ?? this.build(declaration.node, declaration.spec);
  }

  private builtEntityOf(node: BlockNode): Entity | undefined {
    return this.entities.get(node) ?? this.built?.get(node);
  }

  /** The declaration and its bases, up to one that is already built or has no base. A cycle is reported and cut. */
  private chain(start: Declaration): Declaration[] {
    const chain = [start];
    const seen = new Set<BlockNode>([start.node]);
    for (let current: Declaration = start; ; ) {
      const builder = this.builderOf(current.uri);
      const base = builder?.base(current);
      if (!base || base === 'broken' || this.builderOf(base.uri)?.builtEntityOf(base.node)) return chain;
      if (seen.has(base.node)) {
        this.reportCycle(chain.slice(chain.findIndex((link) => link.node === base.node)));
        return chain;
      }
      chain.push(base);
      seen.add(base.node);
      current = base;
    }
  }

  private reportCycle(members: readonly Declaration[]): void {
    const first = firstOf(members);
    const at = members.indexOf(first);
    const path = [...members.slice(at), ...members.slice(0, at), first];
    const word = first.node.base;
    if (word) {
      this.builderOf(first.uri)?.resolver.report({
        kind: 'extends-cycle',
        word,
        path: path.map((member) => ({ ...locationOfDeclaration(member), name: member.name })),
      });
    }
    for (const member of members) this.builderOf(member.uri)?.bases.set(member.node, 'broken');
  }

  /** What a block extends, looked up only once. A base of the same name is sought outside this file. */
  private base({ node, spec, name }: Declaration): Declaration | 'broken' | undefined {
    if (!node.base || !spec.extendable) return undefined;
    if (!this.bases.has(node)) {
      const isOwnName = node.base.text === name;
      if (isOwnName && !this.resolver.scope.block(spec.keyword, name, true)) {
        const itself = { uri: this.source.uri, span: node.name?.span ?? node.base.span, name };
        this.resolver.report({ kind: 'extends-cycle', word: node.base, path: [itself, itself] });
        this.bases.set(node, 'broken');
      } else {
        const excess = this.inheritance.excess(node, this.source.uri);
        if (excess?.isFirst) this.resolver.report({ kind: 'inherits-too-much', word: node.base });
        const declaration = excess ? undefined : this.resolver.declaration(spec.keyword, node.base, isOwnName, node);
        this.bases.set(node, declaration ?? 'broken');
      }
    }
    return this.bases.get(node);
  }

  /** Builds a top-level block. What it extends has been built before. */
  build(node: BlockNode, spec: BlockSpec): Entity {
    const name = node.name?.text ?? '';
    const { resolver } = this;
    const base = this.base({ keyword: spec.keyword, name, node, spec, uri: this.source.uri });
    const takenOver = base === 'broken' ? undefined : this.takeOver(node, spec);
    if (takenOver) return takenOver;
    const firstReference = resolver.references.length;
    const { result: draft, found: foundInBlock } = resolver.apart(() => this.read(node, spec, base));
    const ownReferences = this.identify(draft, firstReference, foundInBlock.isOpen || base === 'broken');
    this.keep(draft, ownReferences, foundInBlock);
    return draft;
  }

  private read(node: BlockNode, spec: BlockSpec, base: Declaration | 'broken' | undefined): Draft {
    const { resolver } = this;
    const isOwnName = node.base !== undefined && node.base.text === node.name?.text;
    const inherited =
      base && base !== 'broken' && node.base ? resolver.entity(spec.keyword, node.base, isOwnName) : undefined;
    const draft = this.draft(node, spec, inherited);
    if (base === 'broken') {
      draft.incomplete = true;
      draft.rejected.add('extends');
    }
    this.entities.set(node, draft);
    if (node.from) {
      const { link, config } = this.files.config(node, resolver);
      this.configs.push(link);
      if (config) draft.config = config;
      else {
        draft.incomplete = true;
        draft.rejected.add('from');
      }
    }
    fillBlock(draft, this);
    return draft;
  }

  /** Keeps a block for as long as its text and the meaning of its names stay the same, unless it depends on more than these. */
  private keep(draft: Draft, references: readonly Reference[], { lookups, problems, doubtful }: FoundOut): void {
    const { node, identity, incomplete = false } = draft;
    if (!identity || this.readsFiles(node) || !problems.every(isOfItsBlock)) return;
    const kept: Kept = {
      identity,
      lookups: lookups.map(({ lookup, target }) => ({ lookup, meaning: meaningOf(target) })),
      incomplete,
      doubtful,
      told: [],
      last: { entity: draft, references, targets: lookups.map(({ target }) => placeOfTarget(target)) },
    };
    this.kept.set(originOf(node), kept);
    if (problems.length > 0) this.troubled.push({ kept, node, problems });
  }

  /** Whether what the block says depends on more than its text and its names. */
  private readsFiles({ from, span }: BlockNode): boolean {
    return from !== undefined || this.textsRead.some((read) => isIn(span, read));
  }

  /** The block as it was read before the last edits, if they have changed nothing that it says. */
  private takeOver(node: BlockNode, spec: BlockSpec): Entity | undefined {
    const kept = this.kept.get(originOf(node));
    const targets = kept && sameTargets(kept, this.resolver);
    if (!targets) return undefined;
    const { last } = kept;
    if (kept.doubtful.size > 0) this.resolver.doubtAll(kept.doubtful);
    const places = targets.map(placeOfTarget);
    if (last?.entity.node === node && areSame(last.targets, places)) {
      this.entities.set(node, last.entity);
      this.takenOver.push({ kept, node, targets, uses: last.references });
      return last.entity;
    }
    delete kept.last;
    const entity = this.moved(node, spec, kept, targets, places);
    this.entities.set(node, entity);
    return entity;
  }

  /** The same block at another place, or a block whose names lead to another place. */
  private moved(
    node: BlockNode,
    spec: BlockSpec,
    kept: Kept,
    targets: readonly Target[],
    places: readonly unknown[],
  ): Entity {
    const entity = new LazyEntity(node, spec, this.source.uri, kept, entitiesIn(targets), (lazy) => {
      lazy.references = this.resolver.again(() => {
        const base = node.base && this.resolver.entity(spec.keyword, node.base, node.base.text === node.name?.text);
        lazy.place(this.draft(node, spec, base));
        fillBlock(lazy, this);
      });
      kept.last = { entity: lazy, references: lazy.references, targets: places };
    });
    this.takenOver.push({ kept, node, targets, uses: entity });
    return entity;
  }

  /** Sets what the block uses and, if all its names are clear, its identity. Returns the block's own references. */
  private identify(draft: Draft, firstReference: number, isOpen: boolean): readonly Reference[] {
    const { span, closed } = draft.node;
    const isOwn = (part: { readonly span: Span }) => isIn(span, part);
    // Blocks and constants that were met for the first time have left their own references in between.
    const ownReferences = this.resolver.references.slice(firstReference).filter(isOwn);
    draft.uses = usesOf(ownReferences);
    const isWhole = closed && !isOpen && !this.hasSyntaxError(span);
    const parts = isWhole ? partsOf(ownReferences, span) : undefined;
    if (!parts) return ownReferences;
    const { uri, text } = this.source;
    const files = this.textsRead.filter(isOwn).flatMap(({ file }) => [file?.uri, file?.text]);
    draft.identity = this.identities.of(text.slice(span.start, span.end), [
      uri,
      draft.config?.json,
      ...files,
      ...parts,
    ]);
    return ownReferences;
  }

  /** A block inside another one. */
  buildChild(node: BlockNode, spec: BlockSpec, parent: Draft): Entity {
    const name = node.name?.text;
    const base = parent.base?.children.find((child) => child.keyword === spec.keyword && child.name === name);
    const draft = this.draft(node, spec, base);
    draft.parent = parent;
    this.entities.set(node, draft);
    fillBlock(draft, this);
    if (draft.incomplete) parent.incomplete = true;
    return draft;
  }

  private draft(node: BlockNode, spec: BlockSpec, base: Entity | undefined): Draft {
    const draft: Draft = {
      spec,
      keyword: spec.keyword,
      uri: this.source.uri,
      node,
      properties: new Map(base?.properties),
      children: [],
      edges: [...(base?.edges ?? [])],
      entries: [...(base?.entries ?? [])],
      placements: [...(base?.placements ?? [])],
      rejected: new Set(base?.rejected),
      uses: [],
      base,
      config: base?.config,
    };
    if (node.name) draft.name = node.name.text;
    if (base?.incomplete || this.hasSyntaxError(node.span)) draft.incomplete = true;
    return draft;
  }

  readText(path: StringLiteral, node: BlockNode): TextFile | undefined {
    const file = this.files.text(path, node, this.resolver);
    this.textsRead.push({ span: path.span, file });
    return file;
  }

  /** Whether the parser has reported something that starts in the span. */
  hasSyntaxError(span: Span): boolean {
    const starts = this.errorStarts;
    const next = starts[firstNotBelow(starts.length, (index) => starts[index] ?? 0, span.start)];
    return next !== undefined && next < span.end;
  }
}

function isIn(block: Span, { span }: { readonly span: Span }): boolean {
  return block.start <= span.start && span.end <= block.end;
}
