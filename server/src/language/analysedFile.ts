import type { EntityOf, FileAnalysis, LetConstant, Reference, Target } from './analysis.ts';
import { Entities, referencesOf, type TakenOver } from './blockCache.ts';
import { findingsOfBlock, findingsOfWord } from './cachedFindings.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Entity, EvaluatedCompare } from './entity.ts';
import { importCycles, type Loaded, type LoadedFile } from './imports.ts';
import type { Problem } from './problems.ts';
import type { Reading } from './reading.ts';
import type { SourceFile } from './source.ts';

/** What a file was read into besides its blocks. */
interface Read {
  readonly compares: readonly EvaluatedCompare[];
  readonly lets: readonly LetConstant[];
  readonly reads: ReadonlySet<string>;
  readonly takenOver: readonly TakenOver[];
}

/** A file whose blocks are all read. What only some callers need is collected when it is first asked for. */
export class AnalysedFile implements FileAnalysis {
  readonly source: SourceFile;
  readonly isCatalog: boolean;
  readonly entities: readonly Entity[];
  readonly entityOf: EntityOf;
  readonly lets: readonly LetConstant[];
  readonly compares: readonly EvaluatedCompare[];
  readonly imports: LoadedFile['imports'];
  readonly configs: FileAnalysis['configs'];
  readonly reads: ReadonlySet<string>;
  readonly targets: readonly Target[];
  readonly findings: readonly Diagnostic[];
  readonly doubtfulUses: ReadonlySet<string>;
  readonly loaded: LoadedFile;
  private readonly files: Loaded['files'];
  private readonly reading: Reading;
  private readonly takenOver: readonly TakenOver[];
  private collectedReferences: readonly Reference[] | undefined;
  private collectedProblems: readonly Problem[] | undefined;

  constructor(file: LoadedFile, files: Loaded['files'], reading: Reading, { compares, lets, reads, takenOver }: Read) {
    const { source, imports, isCatalog } = file;
    const { resolver, entities, configs } = reading;
    this.source = source;
    this.isCatalog = isCatalog;
    this.entities = source.tree.items.flatMap((item) => (item.kind === 'block' ? (entities.get(item) ?? []) : []));
    this.entityOf = new Entities(entities, this.entities);
    this.lets = lets;
    this.compares = compares;
    this.imports = imports;
    this.configs = configs;
    this.reads = reads;
    this.targets = [...resolver.references.map(({ target }) => target), ...takenOver.flatMap(({ targets }) => targets)];
    this.findings = [
      ...takenOver.flatMap(({ kept, node }) => (kept.findings.length > 0 ? findingsOfBlock(kept, node) : [])),
      ...resolver.keptProblems.flatMap((problem) => findingsOfWord(problem, source)),
    ];
    this.doubtfulUses = resolver.doubtful;
    this.loaded = file;
    this.files = files;
    this.reading = reading;
    this.takenOver = takenOver;
  }

  get references(): readonly Reference[] {
    this.collectedReferences ??= [...this.reading.resolver.references, ...this.takenOver.flatMap(referencesOf)].sort(
      (left, right) => left.span.start - right.span.start,
    );
    return this.collectedReferences;
  }

  /** Only the findings of the file itself need them, so they are not computed for files that are only imported. */
  get problems(): readonly Problem[] {
    const { loaded, files, reading } = this;
    this.collectedProblems ??= [
      ...loaded.problems,
      ...importCycles(loaded, files),
      ...loaded.names.duplicates.map((duplicate): Problem => ({ kind: 'duplicate-name', ...duplicate })),
      ...reading.resolver.problems,
    ];
    return this.collectedProblems;
  }
}
