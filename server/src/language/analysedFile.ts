import type { EntityOf, FileAnalysis, LetConstant, Reference, Target } from './analysis.ts';
import { Entities, referencesOf, type TakenOver } from './blockCache.ts';
import { findingsOfBlock, findingsOfWord } from './cachedFindings.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Troubled } from './entities.ts';
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
  /** Blocks that were read anew and whose findings are made. */
  readonly known: readonly Troubled[];
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
  private readonly known: readonly Troubled[];
  private collectedReferences: readonly Reference[] | undefined;
  private collectedProblems: readonly Problem[] | undefined;

  constructor(file: LoadedFile, files: Loaded['files'], reading: Reading, read: Read) {
    const { compares, lets, reads, takenOver, known } = read;
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
      ...[...known, ...takenOver].flatMap(({ kept, node }) =>
        kept.findings.length > 0 ? findingsOfBlock(kept, node) : [],
      ),
      ...resolver.keptProblems.flatMap((problem) => findingsOfWord(problem, source)),
    ];
    this.doubtfulUses = resolver.doubtful;
    this.loaded = file;
    this.files = files;
    this.reading = reading;
    this.takenOver = takenOver;
    this.known = known;
  }

  get references(): readonly Reference[] {
    this.collectedReferences ??= [...this.reading.resolver.references, ...this.takenOver.flatMap(referencesOf)].sort(
      (left, right) => left.span.start - right.span.start,
    );
    return this.collectedReferences;
  }

  /** Only the findings of the file itself need them, so they are not computed for files that are only imported. */
  get problems(): readonly Problem[] {
    this.collectedProblems ??= this.collectProblems();
    return this.collectedProblems;
  }

  private collectProblems(): readonly Problem[] {
    const { loaded, files, reading, known } = this;
    const settled = new Set(known.flatMap(({ problems }) => problems));
    return [
      ...loaded.problems,
      ...importCycles(loaded, files),
      ...loaded.names.duplicates.map((duplicate): Problem => ({ kind: 'duplicate-name', ...duplicate })),
      ...reading.resolver.problems.filter((problem) => !settled.has(problem)),
    ];
  }
}
