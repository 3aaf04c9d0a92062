import { AnalysedFile } from './analysedFile.ts';
import type { FileAnalysis, LetConstant, Reference } from './analysis.ts';
import { evaluateProperty, skipItem } from './blockContents.ts';
import { Cache } from './cache.ts';
import { cacheFindings } from './cachedFindings.ts';
import { Declared } from './declared.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Troubled } from './entities.ts';
import type { Entity, EvaluatedCompare, Property } from './entity.ts';
import { FileOnDemand } from './fileOnDemand.ts';
import { closure, type Loaded, type LoadedFile, load } from './imports.ts';
import { originOf } from './moved.ts';
import { NamedFiles, readOf } from './namedFiles.ts';
import { Scope } from './names.ts';
import type { Reading } from './reading.ts';
import { LANGUAGE_RULES } from './rules/index.ts';
import { inOrder, runRules } from './rules/run.ts';
import type { SourceFile, Sources } from './source.ts';
import type { CompareNode, Item } from './tree.ts';
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
  const { declared } = run;
  const scope = new Scope(loaded.root, loaded);
  const lookup = (keyword: string, name: string) => {
    const block = scope.block(keyword, name);
    return block && 'one' in block ? declared.entity(block.one) : undefined;
  };
  const visible = () => {
    const keywords = new Set([...loaded.files.values()].flatMap((file) => [...file.names.blocks.keys()]));
    return [...keywords].flatMap((keyword) =>
      scope.visible(keyword).map((declaration) => declared.entity(declaration)),
    );
  };
  const lets = scope.visibleConstants().map((declaration) => declared.constant(declaration));
  return new AnalysedProgram(loaded, analyses, rootAnalysis, { lets, lookup, visible });
}

class AnalysedProgram implements Program {
  readonly root: SourceFile;
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly analyses: ReadonlyMap<string, FileAnalysis>;
  readonly own: readonly Entity[];
  readonly lets: readonly LetConstant[];
  readonly compares: readonly EvaluatedCompare[];
  readonly diagnostics: readonly Diagnostic[];
  readonly lookup: Program['lookup'];
  private readonly visible: () => readonly Entity[];
  private entitiesSeen: readonly Entity[] | undefined;
  private referencesSeen: readonly Reference[] | undefined;

  constructor(
    { root, files }: Loaded,
    analyses: ReadonlyMap<string, FileAnalysis>,
    rootAnalysis: FileAnalysis,
    { lets, lookup, visible }: Pick<Program, 'lets' | 'lookup'> & { readonly visible: () => readonly Entity[] },
  ) {
    this.root = root.source;
    this.files = new Map([...files].map(([uri, file]) => [uri, file.source]));
    this.analyses = analyses;
    this.own = rootAnalysis.entities;
    this.lets = lets;
    this.compares = rootAnalysis.compares;
    this.diagnostics = languageDiagnostics(rootAnalysis);
    this.lookup = lookup;
    this.visible = visible;
  }

  get entities(): readonly Entity[] {
    this.entitiesSeen ??= this.visible();
    return this.entitiesSeen;
  }

  get references(): readonly Reference[] {
    this.referencesSeen ??= [...this.analyses.values()].flatMap((analysis) => analysis.references);
    return this.referencesSeen;
  }
}

/** Findings of the syntax and names families in one file of a program, in the order of the text. */
export function languageDiagnostics(analysis: FileAnalysis): Diagnostic[] {
  const findings = runRules(LANGUAGE_RULES, analysis, { uri: analysis.source.uri, span: { start: 0, end: 0 } });
  return inOrder([...findings, ...analysis.findings]);
}

/** One pass over all files. Those on which no edit has an effect are not read again. */
class Run {
  readonly declared: Declared;
  private readonly loaded: Loaded;
  private readonly cache: Cache;
  private readonly reused = new Map<string, FileAnalysis>();
  private readonly finished = new Map<string, FileAnalysis>();
  private readonly files: NamedFiles;

  constructor(loaded: Loaded, sources: Sources, cache: Cache) {
    this.loaded = loaded;
    this.cache = cache;
    for (const file of loaded.files.values()) {
      const cachedAnalysis = cache.analysis(file.source.uri, signature(file, loaded), (uri) => readOf(uri, sources));
      if (cachedAnalysis) this.reused.set(file.source.uri, cachedAnalysis);
    }
    // A file of the catalogue that is looked at by itself is read like any other.
    if (!loaded.root.isCatalog && loaded.catalog.some(({ source }) => !this.reused.has(source.uri)))
      for (const file of catalogueOnDemand(loaded, sources, cache)) this.reused.set(file.source.uri, file);
    this.files = new NamedFiles(sources, cache);
    this.declared = new Declared(loaded, this.reused, this.files, cache);
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
    const parts = signature(file, this.loaded);
    // A file of the catalogue that is read on demand stays the same file when all of it is.
    if (!file.isCatalog || !this.cache.has(uri, parts))
      this.cache.keep(uri, { parts, reads: this.files.readFor(uri) }, analysis);
    return analysis;
  }

  private evaluate(file: LoadedFile): void {
    const { uri } = file.source;
    const { reading } = this.declared.builder(uri);
    let wasMisplaced = false;
    for (const item of file.source.tree.items) {
      const isMisplaced = !standsAtTopLevel(item);
      // Several misplaced items in a row are the body of one block that lost its header, so only the first is reported.
      reading.resolver.quietly(isMisplaced && wasMisplaced, () => this.topLevel(item, reading));
      wasMisplaced = isMisplaced;
    }
    for (const declaration of file.names.lets.values()) this.declared.constant(declaration);
  }

  private topLevel(node: Item, reading: Reading): void {
    const { uri } = reading.source;
    if (node.kind === 'property') {
      reading.resolver.doubt(node);
      reading.resolver.report({ kind: 'unknown-property', node, parent: 'file', properties: [] });
    } else if (node.kind === 'edge' || node.kind === 'entry' || node.kind === 'placement')
      skipItem(node, 'file', reading);
    else if (node.kind === 'block') {
      const spec = blockSpec('file', node.keyword.text);
      if (!spec) skipItem(node, 'file', reading);
      else if (!reading.entities.has(node)) {
        this.declared.entity({ keyword: spec.keyword, name: node.name?.text ?? '', node, spec, uri });
      }
    }
  }

  private finish(file: LoadedFile): FileAnalysis {
    const { source, names } = file;
    const { reading, takenOver, troubled } = this.declared.builder(source.uri);
    const compares = source.tree.items.flatMap((item) => (item.kind === 'compare' ? this.compare(item, reading) : []));
    reading.resolver.settle();
    const known: Troubled[] = [];
    for (const block of troubled) {
      if (cacheFindings(block, source)) known.push(block);
      else this.cache.kept.delete(originOf(block.node));
    }
    const lets = [...names.lets.values()].map((declaration) => this.declared.constant(declaration));
    const reads = new Set(this.files.readFor(source.uri).keys());
    return new AnalysedFile(file, this.loaded.files, reading, { compares, lets, reads, takenOver, known });
  }

  private compare(node: CompareNode, reading: Reading): EvaluatedCompare {
    const { resolver } = reading;
    const properties: Property[] = [];
    for (const item of node.items) {
      if (item.kind !== 'property') {
        skipItem(item, 'compare', reading);
        continue;
      }
      const spec = COMPARE_CLAIMS.find((claim) => claim.name === item.key.text);
      const property = spec && evaluateProperty(item, spec, resolver);
      if (property) properties.push(property);
      else if (!spec)
        resolver.report({ kind: 'unknown-property', node: item, parent: 'compare', properties: COMPARE_CLAIMS });
    }
    const deployments = node.names.flatMap((name) => resolver.entity('deployment', name) ?? []);
    return { deployments, properties, node, uri: reading.source.uri };
  }
}

/** The catalogue read by itself, so that it holds no other text. */
function catalogueOnDemand(loaded: Loaded, sources: Sources, cache: Cache): readonly FileAnalysis[] {
  const { catalog } = loaded;
  const [root] = catalog;
  if (!root) return [];
  const run = new Run(
    { root, files: new Map(catalog.map((file) => [file.source.uri, file])), catalog },
    sources,
    cache,
  );
  return catalog.map((file) => {
    const readAll = () => run.analyses().get(file.source.uri) ?? run.analysis(file);
    const onDemand = new FileOnDemand(file, run.declared, readAll);
    cache.keep(file.source.uri, { parts: signature(file, loaded), reads: new Map() }, onDemand);
    return onDemand;
  });
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
