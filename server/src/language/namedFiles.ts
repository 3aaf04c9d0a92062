import type { ConfigLink } from './analysis.ts';
import type { Cache, Read } from './cache.ts';
import type { Entity, TextFile } from './entity.ts';
import { resolvePath } from './imports.ts';
import type { Resolver } from './resolver.ts';
import type { Sources } from './source.ts';
import type { BlockNode, StringLiteral } from './tree.ts';

/**
 * The files that blocks name in quotes. A file that is not found is reported. The analysis of a text depends on what was read for
 * it, so that is noted.
 */
export class NamedFiles {
  private readonly sources: Sources;
  private readonly cache: Cache;
  private readonly reads = new Map<string, Map<string, Read>>();

  constructor(sources: Sources, cache: Cache) {
    this.sources = sources;
    this.cache = cache;
  }

  /** What was read or looked for, for the text with this URI. */
  readFor(uri: string): ReadonlyMap<string, Read> {
    return this.reads.get(uri) ?? new Map();
  }

  /** Reads the config of `model x from "config.json"`. */
  config(
    path: StringLiteral,
    node: BlockNode,
    resolver: Resolver,
  ): { readonly link: ConfigLink; readonly config?: Entity['config'] } {
    const file = this.text(path, node, resolver);
    if (!file) return { link: { node } };
    const result = this.cache.json(file.uri, file.text);
    const link = { node, target: file.uri };
    if ('json' in result) return { link, config: { uri: file.uri, json: result.json } };
    resolver.report({ kind: 'config-not-json', path, reason: result.reason });
    return { link };
  }

  /** Reads the file of a property such as `popularity = "loads.csv"`. */
  text(path: StringLiteral, node: BlockNode, resolver: Resolver): TextFile | undefined {
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
export function readOf(uri: string, sources: Sources): Read {
  const text = sources.read(uri);
  return text === undefined ? { unread: sources.unread(uri) } : { text };
}
