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
    const file = this.text(path, node, resolver, CONFIG);
    if (!file) return { link: { node } };
    const result = this.cache.json(file.uri, file.text);
    const link = { node, target: file.uri };
    if (!('json' in result)) {
      resolver.report({ kind: 'config-not-json', path, reason: result.reason });
      return { link };
    }
    const folder = file.uri.endsWith(`/${CONFIG}`) ? file.uri.slice(0, -CONFIG.length) : undefined;
    const quantization = folder === undefined ? undefined : this.beside(folder, QUANTIZATION, path, resolver);
    const index = folder === undefined ? undefined : this.beside(folder, INDEX, path, resolver);
    return {
      link,
      config: { uri: file.uri, json: result.json, ...(quantization && { quantization }), ...(index && { index }) },
    };
  }

  /** Reads the launch of `deployment x from "serve.sh"`. */
  launched(
    path: StringLiteral,
    node: BlockNode,
    resolver: Resolver,
  ): { readonly link: ConfigLink; readonly deployment?: Entity } {
    const file = this.text(path, node, resolver);
    if (!file) return { link: { node } };
    const { uri } = resolver.scope.file.source;
    const launched = this.sources.launched?.(file, node.name?.text, (target) => this.noted(uri, target).text);
    const link = { node, target: file.uri };
    if (!launched) {
      resolver.report({ kind: 'launches-nothing', path });
      return { link };
    }
    if (launched.untold.length > 0) resolver.report({ kind: 'launch-not-whole', path, untold: launched.untold });
    return { link, deployment: launched.deployment };
  }

  /** A further file of a checkpoint, which need not be there. */
  private beside(
    folder: string,
    name: string,
    path: StringLiteral,
    resolver: Resolver,
  ): Readonly<Record<string, unknown>> | undefined {
    const { uri } = resolver.scope.file.source;
    // A link must not lead out of the workspace here either.
    const resolved = this.sources.resolve(folder + CONFIG, name);
    if (!('uri' in resolved)) return undefined;
    const { text, unread } = this.noted(uri, resolved.uri);
    if (unread) resolver.report({ kind: 'file-not-read', path, unread, file: name });
    if (text === undefined) return undefined;
    const result = this.cache.json(resolved.uri, text);
    if ('json' in result) return result.json;
    resolver.report({ kind: 'config-not-json', path, reason: result.reason, file: name });
    return undefined;
  }

  /** Reads the file of a property such as `popularity = "loads.csv"`. A folder may stand for a file within it. */
  text(path: StringLiteral, node: BlockNode, resolver: Resolver, within?: string): TextFile | undefined {
    const { uri } = resolver.scope.file.source;
    const sources = {
      read: (target: string) => this.noted(uri, target).text,
      unread: (target: string) => this.noted(uri, target).unread,
      resolve: (base: string, to: string) => this.sources.resolve(base, to),
    };
    const named =
      path === node.from && node.keyword.text === 'model'
        ? (id: string) => resolver.scope.alias('model', id)?.name
        : undefined;
    const { target } = resolvePath(uri, path, node, sources, resolver.problems, { named, within });
    const text = target === undefined ? undefined : this.readFor(uri).get(target)?.text;
    return target === undefined || text === undefined ? undefined : { uri: target, text };
  }

  /** Reads a file for the text with this URI, and notes that it did. */
  private noted(uri: string, target: string): Read {
    const reads = this.reads.get(uri) ?? new Map<string, Read>();
    this.reads.set(uri, reads);
    const read = readOf(target, this.sources);
    reads.set(target, read);
    return read;
  }
}

/** The files of a checkpoint's folder that are read, by the names that Hugging Face, ModelOpt and safetensors give them. */
const CONFIG = 'config.json';
const QUANTIZATION = 'hf_quant_config.json';
const INDEX = 'model.safetensors.index.json';

/** The text of a file, or why it was not read. */
export function readOf(uri: string, sources: Sources): Read {
  const text = sources.read(uri);
  return text === undefined ? { unread: sources.unread(uri) } : { text };
}
