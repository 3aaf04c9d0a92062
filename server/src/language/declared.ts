import type { FileAnalysis, LetConstant } from './analysis.ts';
import type { Cache } from './cache.ts';
import { Constants, cycleOf } from './constants.ts';
import { EntityBuilder } from './entities.ts';
import type { Entity } from './entity.ts';
import type { Loaded } from './imports.ts';
import { Inheritance } from './inheritance.ts';
import type { NamedFiles } from './namedFiles.ts';
import { type Declaration, type LetDeclaration, Scope } from './names.ts';
import { Reading } from './reading.ts';
import { Resolver, type Targets } from './resolver.ts';
import type { BlockNode, Word } from './tree.ts';

/**
 * What declarations stand for, in whichever file. Each is read once, when it is first asked for, and what it extends before it.
 * Chains are followed across files and without recursion.
 */
export class Declared implements Targets {
  private readonly loaded: Loaded;
  private readonly reused: ReadonlyMap<string, FileAnalysis>;
  private readonly files: NamedFiles;
  private readonly cache: Cache;
  private readonly constants: Constants;
  private readonly inheritance: Inheritance;
  private readonly builders = new Map<string, EntityBuilder>();
  private readonly bases = new Map<BlockNode, Declaration | 'broken'>();

  /** `reused` holds the earlier analyses of files that are not read again. */
  constructor(loaded: Loaded, reused: ReadonlyMap<string, FileAnalysis>, files: NamedFiles, cache: Cache) {
    this.loaded = loaded;
    this.reused = reused;
    this.files = files;
    this.cache = cache;
    const resolverOf = (uri: string) => this.builder(uri).reading.resolver;
    this.constants = new Constants(resolverOf);
    this.inheritance = new Inheritance((uri) => resolverOf(uri).scope);
    for (const { lets } of reused.values()) this.constants.adopt(lets);
  }

  /** What reads the blocks of one file. */
  builder(uri: string): EntityBuilder {
    const cachedBuilder = this.builders.get(uri);
    if (cachedBuilder) return cachedBuilder;
    const file = this.loaded.files.get(uri) ?? this.loaded.root;
    const resolver = new Resolver(new Scope(file, this.loaded), this);
    const builder = new EntityBuilder(new Reading(resolver, this.files), this.cache.identities(uri), this.cache.kept);
    this.builders.set(uri, builder);
    return builder;
  }

  constant(declaration: LetDeclaration): LetConstant {
    return this.constants.get(declaration);
  }

  entity(declaration: Declaration): Entity {
    const builtEntity = this.built(declaration);
    if (builtEntity) return builtEntity;
    if (!declaration.node.base) return this.build(declaration);
    for (const base of this.unbuiltBases(declaration).reverse()) if (!this.built(base)) this.build(base);
    return this.built(declaration) ?? this.build(declaration);
  }

  private built({ uri, node }: Declaration): Entity | undefined {
    return this.reused.get(uri)?.entityOf.get(node) ?? this.builders.get(uri)?.reading.entities.get(node);
  }

  private build(declaration: Declaration): Entity {
    return this.builder(declaration.uri).build(declaration, this.base(declaration) === 'broken');
  }

  /** What the declaration extends, directly or not, up to what is already built or extends nothing. A cycle is reported and cut. */
  private unbuiltBases(start: Declaration): Declaration[] {
    const chain = [start];
    const seen = new Set<BlockNode>([start.node]);
    for (let base = this.base(start); base && base !== 'broken' && !this.built(base); base = this.base(base)) {
      const { node } = base;
      if (seen.has(node)) {
        this.reportCycle(chain.slice(chain.findIndex((link) => link.node === node)));
        break;
      }
      chain.push(base);
      seen.add(node);
    }
    return chain.slice(1);
  }

  private reportCycle(members: readonly Declaration[]): void {
    const { first, path } = cycleOf(members);
    const word = first.node.base;
    if (word) this.builder(first.uri).reading.resolver.report({ kind: 'extends-cycle', word, path });
    for (const member of members) this.bases.set(member.node, 'broken');
  }

  /** What a block extends, looked up only once. */
  private base(declaration: Declaration): Declaration | 'broken' | undefined {
    const { node, spec } = declaration;
    if (!node.base || !spec.extendable) return undefined;
    const cachedBase = this.bases.get(node);
    if (cachedBase) return cachedBase;
    const base = this.findBase(declaration, node.base) ?? 'broken';
    this.bases.set(node, base);
    return base;
  }

  /** A base of the same name is sought outside the file. */
  private findBase({ node, spec, name, uri }: Declaration, word: Word): Declaration | undefined {
    const { resolver } = this.builder(uri).reading;
    const isOwnName = word.text === name;
    if (isOwnName && !resolver.scope.block(spec.keyword, name, true)) {
      const itself = { uri, span: node.name?.span ?? word.span, name };
      resolver.report({ kind: 'extends-cycle', word, path: [itself, itself] });
      return undefined;
    }
    const excess = this.inheritance.excess(node, uri);
    if (excess?.isFirst) resolver.report({ kind: 'inherits-too-much', word });
    if (excess) return undefined;
    // It may be met for the first time while another block is read, and what is found here is not found in that block.
    return resolver.apart(() => resolver.declaration(spec.keyword, word, isOwnName, node)).result;
  }
}
