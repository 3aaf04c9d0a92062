import type { FileAnalysis } from './analysis.ts';
import { Identities } from './identity.ts';
import type { KeptBlocks } from './kept.ts';
import { type FileNames, fileNames } from './names.ts';
import { parseSource, type SourceFile, type Unread } from './source.ts';

/** A file that was read, is there and was not read, or is not there. */
export interface Read {
  readonly text?: string;
  readonly unread?: Unread | undefined;
}

/** What an analysis was made from: when all of it is the same, so is the analysis. */
export interface Signature {
  readonly parts: readonly unknown[];
  /** Files read besides sources, such as model configs, with what there was of them. */
  readonly reads: ReadonlyMap<string, Read>;
}

export type JsonResult = { readonly json: Readonly<Record<string, unknown>> } | { readonly reason: string };

/**
 * What one analysis can take over from the one before: parse results by text, and whole analyses of files whose
 * imports are unchanged. It holds nothing that a fresh one would not come to hold.
 */
export class Cache {
  private readonly sources = new Map<string, SourceFile>();
  private readonly namesOf = new WeakMap<SourceFile, FileNames>();
  /** Blocks that outlive edits elsewhere, of all files: their names are looked up again each time. */
  readonly kept: KeptBlocks = new WeakMap();
  private readonly jsons = new Map<string, { readonly text: string; readonly result: JsonResult }>();
  private readonly identitiesOf = new Map<string, Identities>();
  private readonly analyses = new Map<string, { readonly signature: Signature; readonly analysis: FileAnalysis }>();

  source(uri: string, text: string): SourceFile {
    const known = this.sources.get(uri);
    if (known?.text === text) return known;
    const source = parseSource(uri, text, known);
    this.sources.set(uri, source);
    return source;
  }

  names(source: SourceFile): FileNames {
    const known = this.namesOf.get(source);
    if (known) return known;
    const names = fileNames(source);
    this.namesOf.set(source, names);
    return names;
  }

  identities(uri: string): Identities {
    const known = this.identitiesOf.get(uri);
    if (known) return known;
    const identities = new Identities();
    this.identitiesOf.set(uri, identities);
    return identities;
  }

  json(uri: string, text: string): JsonResult {
    const known = this.jsons.get(uri);
    if (known?.text === text) return known.result;
    const result = parseJsonObject(text);
    this.jsons.set(uri, { text, result });
    return result;
  }

  analysis(uri: string, parts: readonly unknown[], read: (uri: string) => Read): FileAnalysis | undefined {
    const known = this.analyses.get(uri);
    if (!known || known.signature.parts.length !== parts.length) return undefined;
    if (!known.signature.parts.every((part, index) => part === parts[index])) return undefined;
    for (const [path, { text, unread }] of known.signature.reads) {
      const now = read(path);
      if (now.text !== text || now.unread !== unread) return undefined;
    }
    return known.analysis;
  }

  keep(uri: string, signature: Signature, analysis: FileAnalysis): void {
    this.analyses.set(uri, { signature, analysis });
  }

  /** How many things are held of all files: it depends on the texts, and not on how they came about. */
  get size(): number {
    const blocks = [...this.identitiesOf.values()].reduce((sum, identities) => sum + identities.size, 0);
    return this.sources.size + this.jsons.size + this.analyses.size + this.identitiesOf.size + blocks;
  }

  /** Drops what is held of a file, for hosts that see it closed or deleted. */
  forget(uri: string): void {
    this.sources.delete(uri);
    this.jsons.delete(uri);
    this.identitiesOf.delete(uri);
    this.analyses.delete(uri);
  }
}

function parseJsonObject(text: string): JsonResult {
  try {
    const json: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return isRecord(json) ? { json } : { reason: 'it holds another value' };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
