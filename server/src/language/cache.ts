import type { FileAnalysis } from './analysis.ts';
import type { BlockCache } from './blockCache.ts';
import { Identities } from './identity.ts';
import { type JsonResult, parseJsonObject } from './json.ts';
import { Memo } from './memo.ts';
import { type FileNames, fileNames } from './names.ts';
import { parseSource, type SourceFile, type Unread } from './source.ts';

/** The text of a file, or why an existing file was not read. A file that does not exist has neither. */
export interface Read {
  readonly text?: string;
  readonly unread?: Unread | undefined;
}

/** What an analysis was made from. As long as all of it is the same, so is the analysis. */
export interface Signature {
  readonly parts: readonly unknown[];
  /** Files read besides sources, such as model configs, and the text that was read. */
  readonly reads: ReadonlyMap<string, Read>;
}

/**
 * What one analysis can take over from the one before: parse results by text, and whole analyses of files whose imports are
 * unchanged. It holds nothing that a fresh cache would not come to hold.
 */
export class Cache {
  private readonly sources = new Map<string, SourceFile>();
  private readonly namesOf = new Memo<SourceFile, FileNames>();
  /** Blocks of all files that outlive edits elsewhere. Their names are looked up again each time. */
  readonly kept: BlockCache = new Memo();
  private readonly jsons = new Map<string, { readonly text: string; readonly result: JsonResult }>();
  private readonly identitiesOf = new Map<string, Identities>();
  private readonly analyses = new Map<string, { readonly signature: Signature; readonly analysis: FileAnalysis }>();

  source(uri: string, text: string): SourceFile {
    const cachedSource = this.sources.get(uri);
    if (cachedSource?.text === text) return cachedSource;
    const source = parseSource(uri, text, cachedSource);
    this.sources.set(uri, source);
    return source;
  }

  names(source: SourceFile): FileNames {
    const cachedNames = this.namesOf.get(source);
    if (cachedNames) return cachedNames;
    const names = fileNames(source);
    this.namesOf.set(source, names);
    return names;
  }

  identities(uri: string): Identities {
    const cachedIdentities = this.identitiesOf.get(uri);
    if (cachedIdentities) return cachedIdentities;
    const identities = new Identities();
    this.identitiesOf.set(uri, identities);
    return identities;
  }

  json(uri: string, text: string): JsonResult {
    const cachedJson = this.jsons.get(uri);
    if (cachedJson?.text === text) return cachedJson.result;
    const result = parseJsonObject(text);
    this.jsons.set(uri, { text, result });
    return result;
  }

  analysis(uri: string, parts: readonly unknown[], read: (uri: string) => Read): FileAnalysis | undefined {
    const cachedAnalysis = this.analyses.get(uri);
    if (!cachedAnalysis || !this.has(uri, parts)) return undefined;
    for (const [path, { text, unread }] of cachedAnalysis.signature.reads) {
      const readNow = read(path);
      if (readNow.text !== text || readNow.unread !== unread) return undefined;
    }
    return cachedAnalysis.analysis;
  }

  /** Whether it holds an analysis made from these parts, whatever else was read for it. */
  has(uri: string, parts: readonly unknown[]): boolean {
    const made = this.analyses.get(uri)?.signature.parts;
    return made?.length === parts.length && made.every((part, index) => part === parts[index]);
  }

  keep(uri: string, signature: Signature, analysis: FileAnalysis): void {
    this.analyses.set(uri, { signature, analysis });
  }

  /** How many things are held for all files. It depends only on the texts, not on the edits that led to them. */
  get size(): number {
    const blocks = [...this.identitiesOf.values()].reduce((sum, identities) => sum + identities.size, 0);
    return this.sources.size + this.jsons.size + this.analyses.size + this.identitiesOf.size + blocks;
  }

  /** Drops what is held of a file. Hosts call it when a file is closed or deleted. */
  forget(uri: string): void {
    this.sources.delete(uri);
    this.jsons.delete(uri);
    this.identitiesOf.delete(uri);
    this.analyses.delete(uri);
  }
}
