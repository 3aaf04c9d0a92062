import type { Cache } from './cache.ts';
import type { FileNames } from './names.ts';
import type { Problem } from './problems.ts';
import type { SourceFile, Sources, Unread } from './source.ts';
import type { Location } from './span.ts';
import type { BlockNode, ImportNode, StringLiteral } from './tree.ts';

/** The file that a path leads to, or why there is none. */
export type ImportTarget =
  | { readonly target: string; readonly missing?: never }
  | { readonly target?: never; readonly missing: 'outside' | 'not-found' | 'too-many' | Unread };

/** One `import`, and the file it leads to when there is one. */
export type ImportLink = ImportTarget & { readonly node: ImportNode };

export interface LoadedFile {
  readonly source: SourceFile;
  readonly names: FileNames;
  readonly imports: readonly ImportLink[];
  /** Where the imports lead, or why nowhere, as one text, because all imports are compared in files that import each other. */
  readonly targets: string;
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

/** No plan imports more files than this. The root and the catalogue do not count. Each of the files may import all others. */
const MOST_FILES = 1_000;

/** Reads the root, what it imports directly and indirectly, and the catalogue. Each file is read and parsed once. */
export function load(rootUri: string, sources: Sources, cache: Cache): Loaded {
  const files = new Map<string, LoadedFile>();
  const catalogUris = sources.catalog();
  const isCatalog = new Set(catalogUris);
  const leftOut = new Set<string>();
  const waiting = [...catalogUris, rootUri];
  let imported = 0;
  for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
    if (files.has(uri)) continue;
    if (uri !== rootUri && !isCatalog.has(uri)) {
      if (imported >= MOST_FILES) {
        leftOut.add(uri);
        continue;
      }
      imported++;
    }
    const text = sources.read(uri) ?? '';
    const file = loadFile(cache.source(uri, text), isCatalog.has(uri), sources, cache);
    files.set(uri, file);
    for (const link of file.imports) if (link.target !== undefined) waiting.push(link.target);
  }
  if (leftOut.size > 0) for (const [uri, file] of files) files.set(uri, cutShort(file, leftOut, uri === rootUri));
  const catalog = catalogUris.flatMap((uri) => files.get(uri) ?? []);
  const root = files.get(rootUri) ?? loadFile(cache.source(rootUri, ''), false, sources, cache);
  return { root, files, catalog };
}

/** A file with imports of files that are no longer read. They lead nowhere, and that is told once, in the root. */
function cutShort(file: LoadedFile, leftOut: ReadonlySet<string>, isRoot: boolean): LoadedFile {
  const imports = file.imports.map(
    (link): ImportLink =>
      link.target !== undefined && leftOut.has(link.target) ? { node: link.node, missing: 'too-many' } : link,
  );
  const [first] = imports;
  const tooManyFiles: readonly Problem[] =
    isRoot && first ? [{ kind: 'too-many-files', path: first.node.path, most: MOST_FILES }] : [];
  return { ...file, imports, targets: targetsOf(imports), problems: [...file.problems, ...tooManyFiles] };
}

function targetsOf(imports: readonly ImportLink[]): string {
  return imports.map(({ target, missing }) => target ?? missing).join('\n');
}

function loadFile(source: SourceFile, isCatalog: boolean, sources: Sources, cache: Cache): LoadedFile {
  const problems: Problem[] = [];
  const imports: ImportLink[] = [];
  for (const node of source.tree.items) {
    if (node.kind !== 'import') continue;
    imports.push({ node, ...resolvePath(source.uri, node.path, node, sources, problems) });
  }
  return { source, names: cache.names(source), imports, targets: targetsOf(imports), isCatalog, problems };
}

/** Absolute paths, drive letters and URLs. They are refused, because an import must start from the file that holds it. */
const ABSOLUTE = /^(?:[\\/]|[A-Za-z][A-Za-z0-9+.-]*:)/;

/**
 * The file that a path in quotes leads to; otherwise a problem is added. An empty path and a text that is still being typed are
 * not found.
 */
export function resolvePath(
  uri: string,
  path: StringLiteral,
  node: ImportNode | BlockNode,
  sources: Pick<Sources, 'read' | 'unread' | 'resolve'>,
  problems: Problem[],
  { named, within }: Meant = {},
): ImportTarget {
  const resolved = ABSOLUTE.test(path.text) ? ({ outside: true } as const) : sources.resolve(uri, path.text);
  if ('outside' in resolved) {
    problems.push({ kind: 'import-outside-workspace', path });
    return { missing: 'outside' };
  }
  const wrongKind = node.kind === 'import' && /\.json$/i.test(path.text);
  const isNowhere = 'nowhere' in resolved || path.text === '' || wrongKind;
  if (!isNowhere && sources.read(resolved.uri) !== undefined) return { target: resolved.uri };
  const unread = isNowhere ? undefined : sources.unread(resolved.uri);
  if (unread === 'folder' && within !== undefined) return resolveWithin(uri, path, within, sources, problems);
  if (unread) {
    problems.push({ kind: 'file-not-read', path, unread });
    return { missing: unread };
  }
  const meant = named?.(path.text);
  problems.push({ kind: 'import-not-found', path, node, ...(meant !== undefined && { meant }) });
  return { missing: 'not-found' };
}

/** What a path may mean that names no file. */
interface Meant {
  /** Finds the model whose name a path is that leads nowhere. */
  readonly named?: ((path: string) => string | undefined) | undefined;
  /** The file that stands for the folder in which it lies. */
  readonly within?: string | undefined;
}

/** The file within a folder that a path names. */
function resolveWithin(
  uri: string,
  path: StringLiteral,
  within: string,
  sources: Pick<Sources, 'read' | 'unread' | 'resolve'>,
  problems: Problem[],
): ImportTarget {
  const resolved = sources.resolve(uri, `${path.text.replace(/\/+$/, '')}/${within}`);
  if ('outside' in resolved) {
    problems.push({ kind: 'import-outside-workspace', path });
    return { missing: 'outside' };
  }
  if ('uri' in resolved && sources.read(resolved.uri) !== undefined) return { target: resolved.uri };
  const unread = 'uri' in resolved ? sources.unread(resolved.uri) : undefined;
  problems.push(
    unread ? { kind: 'file-not-read', path, unread, file: within } : { kind: 'folder-without-config', path },
  );
  return { missing: unread ?? 'not-found' };
}

/** The imports of a file that lead back to it, each with the whole cycle. */
export function importCycles(file: LoadedFile, files: ReadonlyMap<string, LoadedFile>): Problem[] {
  const home = file.source.uri;
  const steps = file.imports.some(({ target }) => target !== undefined)
    ? stepsTo(home, files)
    : new Map<string, Step>();
  const problems: Problem[] = [];
  const closed = new Set<string>();
  for (const { node, target } of file.imports) {
    if (target === undefined || closed.has(target) || (target !== home && !steps.has(target))) continue;
    closed.add(target);
    const path: Location[] = [{ uri: home, span: node.path.span }];
    for (let at = target; at !== home; ) {
      const step = steps.get(at);
      if (!step) break;
      path.push(step.location);
      at = step.next;
    }
    problems.push({ kind: 'import-cycle', node, path });
  }
  return problems;
}

/** The import by which a file comes nearer to another one. */
interface Step {
  readonly next: string;
  readonly location: Location;
}

/** For every file that leads to `home`, the first step of a shortest path. The search is breadth first, against the imports. */
function stepsTo(home: string, files: ReadonlyMap<string, LoadedFile>): ReadonlyMap<string, Step> {
  const importers = new Map<string, { readonly uri: string; readonly location: Location }[]>();
  for (const [uri, { imports }] of files) {
    for (const { node, target } of imports) {
      if (target === undefined) continue;
      const importersOfTarget = importers.get(target) ?? [];
      importers.set(target, importersOfTarget);
      importersOfTarget.push({ uri, location: { uri, span: node.path.span } });
    }
  }
  const steps = new Map<string, Step>();
  const waiting = [home];
  for (const next of waiting) {
    for (const { uri, location } of importers.get(next) ?? []) {
      if (uri === home || steps.has(uri)) continue;
      steps.set(uri, { next, location });
      waiting.push(uri);
    }
  }
  return steps;
}

/** The files whose text can change what this file means: itself and all it reaches, in a fixed order. */
export function closure(file: LoadedFile, loaded: Loaded): LoadedFile[] {
  const reached = new Set<LoadedFile>([file, ...loaded.catalog]);
  for (const next of reached) {
    // Where all files import each other, the first of them reaches all: nothing is left to be found.
    if (reached.size === loaded.files.size) break;
    for (const link of next.imports) {
      const target = link.target === undefined ? undefined : loaded.files.get(link.target);
      if (target) reached.add(target);
    }
  }
  return [...reached];
}
