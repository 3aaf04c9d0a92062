import type { EntityOf, FileAnalysis, LetConstant } from './analysis.ts';
import { Entities } from './blockCache.ts';
import type { Declared } from './declared.ts';
import type { Entity } from './entity.ts';
import type { LoadedFile } from './imports.ts';
import type { Declaration } from './names.ts';
import type { SourceFile } from './source.ts';
import type { BlockNode } from './tree.ts';

/**
 * A file of the catalogue, each of whose blocks is read when something names it: a plan names a few of some hundred. Whoever asks
 * for more of the file has all of it read. The catalogue imports nothing and names no other files.
 */
export class FileOnDemand implements FileAnalysis {
  readonly source: SourceFile;
  readonly isCatalog = true;
  readonly imports: LoadedFile['imports'];
  readonly configs: FileAnalysis['configs'] = [];
  readonly reads: ReadonlySet<string> = new Set();
  readonly entityOf: EntityOf;
  readonly loaded: LoadedFile;
  private readonly readAll: () => FileAnalysis;
  private analysis: FileAnalysis | undefined;

  /** `readAll` reads the blocks that nothing has named yet, and answers with what is known of the file then. */
  constructor(file: LoadedFile, declared: Declared, readAll: () => FileAnalysis) {
    this.source = file.source;
    this.imports = file.imports;
    this.loaded = file;
    this.readAll = readAll;
    this.entityOf = new EntitiesOnDemand(this, declared);
  }

  private get whole(): FileAnalysis {
    this.analysis ??= this.readAll();
    return this.analysis;
  }

  get lets(): readonly LetConstant[] {
    return this.loaded.names.lets.size === 0 ? [] : this.whole.lets;
  }

  get entities(): readonly Entity[] {
    return this.whole.entities;
  }

  get compares(): FileAnalysis['compares'] {
    return this.whole.compares;
  }

  get references(): FileAnalysis['references'] {
    return this.whole.references;
  }

  get targets(): FileAnalysis['targets'] {
    return this.whole.targets;
  }

  get problems(): FileAnalysis['problems'] {
    return this.whole.problems;
  }

  get findings(): FileAnalysis['findings'] {
    return this.whole.findings;
  }

  get doubtfulUses(): ReadonlySet<string> {
    return this.whole.doubtfulUses;
  }
}

class EntitiesOnDemand implements EntityOf {
  private readonly file: FileOnDemand;
  private readonly declared: Declared;
  private readonly declarations: ReadonlyMap<BlockNode, Declaration>;

  constructor(file: FileOnDemand, declared: Declared) {
    this.file = file;
    this.declared = declared;
    const byKeyword = [...file.loaded.names.blocks.values()];
    this.declarations = new Map(
      byKeyword.flatMap((byName) => [...byName.values()].map((declaration) => [declaration.node, declaration])),
    );
  }

  get(node: BlockNode): Entity | undefined {
    const declaration = this.declarations.get(node);
    if (declaration) return this.declared.entity(declaration);
    const { entities } = this.declared.builder(this.file.source.uri).reading;
    return new Entities(entities, this.file.entities).get(node);
  }
}
