import type { FileAnalysis, LetConstant, Reference } from './analysis.ts';
import { evaluateProperty, skipItem } from './blockContents.ts';
import { Cache, type Read } from './cache.ts';
import { Constants } from './constants.ts';
import type { Diagnostic } from './diagnostic.ts';
import { EntityBuilder, type FileReader } from './entities.ts';
import type { Entity, EvaluatedCompare, Property, TextFile } from './entity.ts';
import { closure, importCycles, type Loaded, type LoadedFile, load, resolvePath } from './imports.ts';
import { Entities, referencesOf } from './kept.ts';
import { canBeTold, toldOf } from './keptFindings.ts';
import { originOf } from './moved.ts';
import { type Declaration, Scope } from './names.ts';
import type { Problem } from './problems.ts';
import { Resolver, type Targets } from './resolver.ts';
import { LANGUAGE_RULES } from './rules/index.ts';
import { inOrder, runRules } from './rules/run.ts';
import type { SourceFile, Sources } from './source.ts';
import type { BlockNode, CompareNode, Item, StringLiteral } from './tree.ts';
import { COMPARE_CLAIMS } from './vocabulary/claims.ts';
import { blockSpec, isBlockKeyword } from './vocabulary/vocabulary.ts';

/** A file with all that it imports, its names resolved and its values evaluated. */
export interface Program {
  readonly root: SourceFile;
  /** Every file that takes part, the catalogue included, by URI. */
  readonly files: ReadonlyMap<string, SourceFile>;
  /** What is known about each of these files. */
  readonly analyses: ReadonlyMap<string, FileAnalysis>;
  /**
   * Top-level blocks that the root file can name: its own, then imported ones, then the catalogue's. A block that a nearer one
   * hides is left out.
   */
  readonly entities: readonly Entity[];
  /** The root file's own top-level blocks in the order of the text. */
  readonly own: readonly Entity[];
  /** Constants that the root file can name. */
  readonly lets: readonly LetConstant[];
  readonly compares: readonly EvaluatedCompare[];
  /** Every use of a name in every file. Two references mean the same thing when their targets' nodes are the same. */
  readonly references: readonly Reference[];
  /** Findings of the syntax and names families in the root file. */
  readonly diagnostics: readonly Diagnostic[];
  /** What a name means in the root file; nothing when it is unknown or ambiguous. */
  lookup(keyword: string, name: string): Entity | undefined;
}

/**
 * Analyses a file: parses it and what it imports, resolves names, merges `extends`, evaluates constants and checks
 * types. Never throws. With the cache of an earlier call only files that changed, or that import changed ones, are
 * done again.
 */
export function analyse(rootUri: string, sources: Sources, cache: Cache = new Cache()): Program {
  const loaded = load(rootUri, sources, cache);
  const run = new Run(loaded, sources, cache);
  const analyses = run.analyses();
  const rootAnalysis = run.analysis(loaded.root);
  const scope = new Scope(loaded.root, loaded);
  const lookup = (keyword: string, name: string) => {
    const block = scope.block(keyword, name);
    return block && 'one' in block ? run.entity(block.one) : undefined;
  };
  const visible = () => {
    const keywords = new Set([...loaded.files.values()].flatMap((file) => [...file.names.blocks.keys()]));
    return [...keywords].flatMap((keyword) => scope.visible(keyword).map((declaration) => run.entity(declaration)));
  };
  let entities: readonly Entity[] | undefined;
  let references: readonly Reference[] | undefined;
  return {
    root: loaded.root.source,
    files: new Map([...loaded.files].map(([uri, file]) => [uri, file.source])),
    analyses,
    get entities() {
      entities ??= visible();
      return entities;
    },
    own: rootAnalysis.entities,
    lets: scope.visibleConstants().map((declaration) => run.constant(declaration)),
    compares: rootAnalysis.compares,
    get references() {
      references ??= [...analyses.values()].flatMap((analysis) => analysis.references);
      return references;
    },
    diagnostics: languageDiagnostics(rootAnalysis),
    lookup,
  };
}

/** Findings of the syntax and names families in one file of a program, in the order of the text. */
export function languageDiagnostics(analysis: FileAnalysis): Diagnostic[] {
  const findings = runRules(LANGUAGE_RULES, analysis, { uri: analysis.source.uri, span: { start: 0, end: 0 } });
  return inOrder([...findings, ...analysis.told]);
}

/** One pass over all files: entities and constants are evaluated when first asked for, from whichever file. */
class Run implements Targets {
  private readonly loaded: Loaded;
  private readonly sources: Sources;
  private readonly cache: Cache;
  private readonly builders = new Map<string, EntityBuilder>();
  private readonly reused = new Map<string, FileAnalysis>();
  private readonly finished = new Map<string, FileAnalysis>();
  private readonly reads = new Map<string, Map<string, Read>>();
  private readonly constants: Constants;

  constructor(loaded: Loaded, sources: Sources, cache: Cache) {
    this.loaded = loaded;
    this.sources = sources;
    this.cache = cache;
    this.constants = new Constants((uri) => this.builder(uri).resolver);
    for (const file of loaded.files.values()) {
      const cachedAnalysis = cache.analysis(file.source.uri, signature(file, loaded), (uri) => readOf(uri, sources));
      if (!cachedAnalysis) continue;
      this.reused.set(file.source.uri, cachedAnalysis);
      this.constants.adopt(cachedAnalysis.lets);
    }
  }

  analyses(): Map<string, FileAnalysis> {
    // All files are evaluated before any is finished: evaluating a file may find problems in another.
    for (const file of this.loaded.files.values()) if (!this.reused.has(file.source.uri)) this.evaluate(file);
    return new Map([...this.loaded.files].map(([uri, file]) => [uri, this.analysis(file)]));
  }

  analysis(file: LoadedFile): FileAnalysis {
    const { uri } = file.source;
    const analysisAtHand = this.reused.get(uri) ?? this.finished.get(uri);
    if (analysisAtHand) return analysisAtHand;
    const analysis = this.finish(file);
    this.finished.set(uri, analysis);
    this.cache.identities(uri).settle();
    this.cache.keep(uri, { parts: signature(file, this.loaded), reads: this.reads.get(uri) ?? new Map() }, analysis);
    return analysis;
  }

  entity(declaration: Declaration): Entity {
    const cachedEntity = this.reused.get(declaration.uri)?.entityOf.get(declaration.node);
    return cachedEntity ?? this.builder(declaration.uri).entity(declaration);
  }

  constant(declaration: Parameters<Targets['constant']>[0]): LetConstant {
    return this.constants.get(declaration);
  }

  private builder(uri: string): EntityBuilder {
    const cachedBuilder = this.builders.get(uri);
    if (cachedBuilder) return cachedBuilder;
    const file = this.loaded.files.get(uri) ?? this.loaded.root;
    const resolver = new Resolver(new Scope(file, this.loaded), this);
    const builder = new EntityBuilder(
      resolver,
      (other) => this.builder(other),
      this.reused.get(uri)?.entityOf,
      this.files,
      this.cache.identities(uri),
      this.cache.kept,
    );
    this.builders.set(uri, builder);
    return builder;
  }

  private evaluate(file: LoadedFile): void {
    const { uri } = file.source;
    const builder = this.builder(uri);
    let wasMisplaced = false;
    for (const item of file.source.tree.items) {
      const isMisplaced = !standsAtTopLevel(item);
      // Several misplaced items in a row are the body of one block that lost its header, so only the first is reported.
      builder.resolver.quietly(isMisplaced && wasMisplaced, () => this.topLevel(item, builder));
      wasMisplaced = isMisplaced;
    }
    for (const declaration of file.names.lets.values()) this.constants.get(declaration);
  }

  private topLevel(node: Item, builder: EntityBuilder): void {
    const { uri } = builder.source;
    if (node.kind === 'property') {
      builder.resolver.doubt(node);
      builder.resolver.report({ kind: 'unknown-property', node, parent: 'file', properties: [] });
    } else if (node.kind === 'edge' || node.kind === 'entry' || node.kind === 'placement')
      skipItem(node, 'file', builder);
    else if (node.kind === 'block') {
      const spec = blockSpec('file', node.keyword.text);
      if (!spec) skipItem(node, 'file', builder);
      else if (!builder.entities.has(node)) {
        builder.entity({ keyword: spec.keyword, name: node.name?.text ?? '', node, spec, uri });
      }
    }
  }

  private finish(file: LoadedFile): FileAnalysis {
    const { source, names, imports, isCatalog } = file;
    const builder = this.builder(source.uri);
    const { resolver, entities, takenOver } = builder;
    const topLevel = source.tree.items.flatMap((item) => (item.kind === 'block' ? (entities.get(item) ?? []) : []));
    let references: readonly Reference[] | undefined;
    // Only the findings of the file itself need them, so they are not computed for files that are only imported.
    let problems: readonly Problem[] | undefined;
    const { files } = this.loaded;
    const compares = source.tree.items.flatMap((item) => (item.kind === 'compare' ? this.compare(item, builder) : []));
    const duplicates = names.duplicates.map((duplicate): Problem => ({ kind: 'duplicate-name', ...duplicate }));
    resolver.settle();
    for (const troubled of builder.troubled)
      if (!canBeTold(troubled, source)) this.cache.kept.delete(originOf(troubled.node));
    return {
      source,
      isCatalog,
      entities: topLevel,
      entityOf: new Entities(entities, topLevel),
      lets: [...names.lets.values()].map((declaration) => this.constants.get(declaration)),
      compares,
      imports,
      configs: builder.configs,
      reads: new Set(this.reads.get(source.uri)?.keys()),
      get references() {
        references ??= [...resolver.references, ...takenOver.flatMap(referencesOf)].sort(
          (left, right) => left.span.start - right.span.start,
        );
        return references;
      },
      targets: [...resolver.references.map(({ target }) => target), ...takenOver.flatMap(({ targets }) => targets)],
      get problems() {
        problems ??= [...file.problems, ...importCycles(file, files), ...duplicates, ...resolver.problems];
        return problems;
      },
      told: takenOver.flatMap(({ kept, node }) => (kept.told.length > 0 ? toldOf(kept, node) : [])),
      doubtfulUses: resolver.doubtful,
      loaded: file,
    };
  }

  private compare(node: CompareNode, builder: EntityBuilder): EvaluatedCompare {
    const { resolver } = builder;
    const properties: Property[] = [];
    for (const item of node.items) {
      if (item.kind !== 'property') {
        skipItem(item, 'compare', builder);
        continue;
      }
      const spec = COMPARE_CLAIMS.find((claim) => claim.name === item.key.text);
      const property = spec && evaluateProperty(item, spec, resolver);
      if (property) properties.push(property);
      else if (!spec)
        resolver.report({ kind: 'unknown-property', node: item, parent: 'compare', properties: COMPARE_CLAIMS });
    }
    const deployments = node.names.flatMap((name) => resolver.entity('deployment', name) ?? []);
    return { deployments, properties, node, uri: builder.source.uri };
  }

  private readonly files: FileReader = {
    config: (node, resolver) => {
      const file = node.from && this.read(node.from, node, resolver);
      if (!node.from || !file) return { link: { node } };
      const result = this.cache.json(file.uri, file.text);
      const link = { node, target: file.uri };
      if ('json' in result) return { link, config: { uri: file.uri, json: result.json } };
      resolver.report({ kind: 'config-not-json', path: node.from, reason: result.reason });
      return { link };
    },
    text: (path, node, resolver) => this.read(path, node, resolver),
  };

  /** The file behind a path in quotes. The analysis of this file now depends on it, so what was read is noted. */
  private read(path: StringLiteral, node: BlockNode, resolver: Resolver): TextFile | undefined {
    const { uri } = resolver.scope.file.source;
    const reads = this.reads.get(uri) ?? new Map<string, Read>();
    this.reads.set(uri, reads);
    const noted = (target: string) => {
      const read = readOf(target, this.sources);
      reads.set(target, read);
      return read;
    };
    const sources = {
      read: (target: string) => noted(target).text,
      unread: (target: string) => noted(target).unread,
      resolve: (base: string, to: string) => this.sources.resolve(base, to),
    };
    const named = path === node.from ? (id: string) => resolver.scope.alias('model', id)?.name : undefined;
    const { target } = resolvePath(uri, path, node, sources, resolver.problems, named);
    const text = target === undefined ? undefined : reads.get(target)?.text;
    return target === undefined || text === undefined ? undefined : { uri: target, text };
  }
}

/** The text of a file, or why it was not read. */
function readOf(uri: string, sources: Sources): Read {
  const text = sources.read(uri);
  return text === undefined ? { unread: sources.unread(uri) } : { text };
}

function standsAtTopLevel(item: Item): boolean {
  if (item.kind === 'block')
    return blockSpec('file', item.keyword.text) !== undefined || !isBlockKeyword(item.keyword.text);
  return item.kind === 'let' || item.kind === 'import' || item.kind === 'compare';
}

/** What the analysis of a file depends on: the texts that it reaches, and where each import leads. */
function signature(file: LoadedFile, loaded: Loaded): unknown[] {
  return closure(file, loaded).flatMap((part) => [part.source, part.targets]);
}
