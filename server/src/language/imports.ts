import type { Cache } from './cache.ts';
import type { FileNames } from './names.ts';
import type { Problem } from './problems.ts';
import type { SourceFile, Sources, Unread } from './source.ts';
import type { Location } from './span.ts';
import type { BlockNode, ImportNode, StringLiteral } from './tree.ts';

/** The file that a path leads to, or why there is none. */
export type Found =
  | { readonly target: string; readonly missing?: never }
  | { readonly target?: never; readonly missing: 'outside' | 'not-found' | Unread };

/** One `import`, and the file it leads to when there is one. */
export type ImportLink = Found & { readonly node: ImportNode };

export interface LoadedFile {
  readonly source: SourceFile;
  readonly names: FileNames;
  readonly imports: readonly ImportLink[];
  readonly isCatalog: boolean;
  /** What is wrong with the imports themselves. */
  readonly problems: readonly Problem[];
}

export interface Loaded {
  readonly root: LoadedFile;
  /** Every file that the root reaches, the catalogue included, by URI. */
  readonly files: ReadonlyMap<string, LoadedFile>;
  readonly catalog: readonly LoadedFile[];
}

/** Reads the root, what it imports directly and indirectly, and the catalogue. Each file is read and parsed once. */
export function load(rootUri: string, sources: Sources, cache: Cache): Loaded {
  const files = new Map<string, LoadedFile>();
  const catalogUris = sources.catalog();
  const isCatalog = new Set(catalogUris);
  const waiting = [...catalogUris, rootUri];
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    if (files.has(uri)) continue;
    const text = sources.read(uri) ?? '';
    const file = loadFile(cache.source(uri, text), isCatalog.has(uri), sources, cache);
    files.set(uri, file);
    for (const link of file.imports) if (link.target !== undefined) waiting.push(link.target);
  }
  const catalog = catalogUris.flatMap((uri) => files.get(uri) ?? []);
  const root = files.get(rootUri) ?? loadFile(cache.source(rootUri, ''), false, sources, cache);
  return { root, files, catalog };
}

function loadFile(source: SourceFile, isCatalog: boolean, sources: Sources, cache: Cache): LoadedFile {
  const problems: Problem[] = [];
  const imports: ImportLink[] = [];
  for (const node of source.tree.items) {
    if (node.kind !== 'import') continue;
    imports.push({ node, ...resolvePath(source.uri, node.path, node, sources, problems) });
  }
  return { source, names: cache.names(source), imports, isCatalog, problems };
}

/** Absolute paths, drive letters and URLs: an import must lead from the file that holds it. */
const ABSOLUTE = /^(?:[\\/]|[A-Za-z][A-Za-z0-9+.-]*:)/;

/** The file that a path in quotes leads to; else a problem is added. An empty path or a text still being typed is not found. */
export function resolvePath(
  uri: string,
  path: StringLiteral,
  node: ImportNode | BlockNode,
  sources: Pick<Sources, 'read' | 'unread' | 'resolve'>,
  problems: Problem[],
): Found {
  const resolved = ABSOLUTE.test(path.text) ? ({ outside: true } as const) : sources.resolve(uri, path.text);
  if ('outside' in resolved) {
    problems.push({ kind: 'import-outside-workspace', path });
    return { missing: 'outside' };
  }
  const wrongKind = node.kind === 'import' && /\.json$/i.test(path.text);
  if ('nowhere' in resolved || path.text === '' || wrongKind) {
    problems.push({ kind: 'import-not-found', path, node });
    return { missing: 'not-found' };
  }
  if (sources.read(resolved.uri) !== undefined) return { target: resolved.uri };
  const unread = sources.unread(resolved.uri);
  problems.push(unread ? { kind: 'file-not-read', path, unread } : { kind: 'import-not-found', path, node });
  return { missing: unread ?? 'not-found' };
}

/** The imports of a file that lead back to it, each with the whole way round. */
export function importCycles(file: LoadedFile, files: ReadonlyMap<string, LoadedFile>): Problem[] {
  const problems: Problem[] = [];
  const closed = new Set<string>();
  for (const link of file.imports) {
    if (link.target === undefined || closed.has(link.target)) continue;
    const path = wayBack(file, link, files);
    if (!path) continue;
    closed.add(link.target);
    problems.push({ kind: 'import-cycle', node: link.node, path });
  }
  return problems;
}

/** Breadth first, so that the path shown is a shortest one. */
function wayBack(file: LoadedFile, start: ImportLink, files: ReadonlyMap<string, LoadedFile>): Location[] | undefined {
  const from = new Map<string, { readonly previous: string | undefined; readonly location: Location }>();
  const home = file.source.uri;
  if (start.target === undefined) return undefined;
  from.set(start.target, { previous: undefined, location: { uri: home, span: start.node.path.span } });
  const waiting = [start.target];
  for (const uri of waiting) {
    if (uri === home) return unwind(home, from);
    for (const link of files.get(uri)?.imports ?? []) {
      if (link.target === undefined || from.has(link.target)) continue;
      from.set(link.target, { previous: uri, location: { uri, span: link.node.path.span } });
      waiting.push(link.target);
    }
  }
  return undefined;
}

function unwind(
  home: string,
  from: ReadonlyMap<string, { readonly previous: string | undefined; readonly location: Location }>,
): Location[] {
  const path: Location[] = [];
  for (let step = from.get(home); step; step = step.previous === undefined ? undefined : from.get(step.previous)) {
    path.unshift(step.location);
  }
  return path;
}

/** The files whose text can change what this file means: itself and all it reaches, in a fixed order. */
export function closure(file: LoadedFile, loaded: Loaded): LoadedFile[] {
  const reached = new Set<LoadedFile>([file, ...loaded.catalog]);
  for (const next of reached) {
    for (const link of next.imports) {
      const target = link.target === undefined ? undefined : loaded.files.get(link.target);
      if (target) reached.add(target);
    }
  }
  return [...reached];
}
