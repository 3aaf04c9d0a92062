import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Resolution, Unread } from '../language/source.ts';
import { EditorFiles } from './editorFiles.ts';
import { type FilesBelow, filesBelow, IN_WORKSPACE } from './filesBelow.ts';
import type { HostSources, OpenText, Wanted } from './host.ts';
import { isInside } from './inside.ts';
import { KnownTexts, type Reading } from './knownTexts.ts';
import { readRegularFile } from './readFile.ts';
import { isWellFormed } from './uris.ts';

/**
 * The language's window on the file system of Node: open documents first, then files below the workspace's roots. What
 * has another scheme than `file` is left to the editor.
 */
export class NodeSources implements HostSources {
  private readonly catalogUris: readonly string[];
  private readonly catalogTexts = new Map<string, string>();
  private readonly texts = new KnownTexts();
  private readonly openText: OpenText;
  private readonly elsewhere: EditorFiles;
  private roots: readonly string[] = [];

  /** `openText` answers with the text of a document that an editor holds. */
  constructor(catalogFolder: string, openText: OpenText = () => undefined) {
    this.openText = openText;
    for (const name of readdirSync(catalogFolder)
      .filter((file) => file.endsWith('.moeplan'))
      .sort()) {
      const path = join(catalogFolder, name);
      this.catalogTexts.set(pathToFileURL(path).href, readFileSync(path, 'utf8'));
    }
    this.catalogUris = [...this.catalogTexts.keys()];
    this.elsewhere = new EditorFiles(this.catalogTexts, openText);
  }

  setRoots(uris: readonly string[]): void {
    this.roots = uris.flatMap((uri) => pathOf(uri) ?? []).map(realFolder);
    this.elsewhere.setRoots(uris.filter((uri) => pathOf(uri) === undefined));
    this.texts.clear();
  }

  invalidate(uri: string): void {
    this.texts.delete(uri);
    this.elsewhere.invalidate(uri);
  }

  wantLists(extensions: readonly string[]): void {
    this.elsewhere.wantLists(extensions);
  }

  forgetLists(): void {
    this.elsewhere.forgetLists();
  }

  takeWanted(): Wanted {
    return this.elsewhere.takeWanted();
  }

  whenWanted(listener: () => void): void {
    this.elsewhere.whenWanted(listener);
  }

  provide(uri: string, reading: Reading): void {
    this.elsewhere.provide(uri, reading);
  }

  provideList(extension: string, files: FilesBelow): void {
    this.elsewhere.provideList(extension, files);
  }

  filesBelow(uris: readonly string[], extension: string): FilesBelow {
    const own = filesBelow(
      uris.flatMap((uri) => pathOf(uri) ?? []),
      extension,
      IN_WORKSPACE,
    );
    const elsewhere = this.elsewhere.filesBelow(
      uris.filter((uri) => pathOf(uri) === undefined),
      extension,
    );
    return { uris: [...own.uris, ...elsewhere.uris], left: [...own.left, ...elsewhere.left] };
  }

  catalog(): readonly string[] {
    return this.catalogUris;
  }

  read(uri: string): string | undefined {
    const known = this.openText(uri) ?? this.catalogTexts.get(uri);
    if (known !== undefined) return known;
    const path = pathOf(uri);
    if (path === undefined) return this.elsewhere.read(uri);
    // A keystroke must not touch the disk: what was read once is kept until the host hears of a change.
    if (!this.texts.has(uri)) this.texts.set(uri, readRegularFile(path));
    return this.texts.get(uri);
  }

  unread(uri: string): Unread | undefined {
    if (this.read(uri) !== undefined) return undefined;
    return pathOf(uri) === undefined ? this.elsewhere.unread(uri) : this.texts.unread(uri);
  }

  resolve(fromUri: string, path: string): Resolution {
    const from = pathOf(fromUri);
    if (from === undefined) return this.elsewhere.resolve(fromUri, path);
    if (!isWellFormed(path)) return { nowhere: true };
    const target = parse(path.split('/').map(encodeURIComponent).join('/'), fromUri);
    // `//server/a` is a path on another machine, and looking at it would already ask that machine.
    if (target?.protocol !== 'file:' || target.host !== parse(fromUri)?.host) return { outside: true };
    const real = pathOf(target.href);
    return real !== undefined && this.isOurs(real, dirname(from)) ? { uri: target.href } : { outside: true };
  }

  private isOurs(path: string, folderOfImporter: string): boolean {
    const roots = this.roots.length > 0 ? this.roots : [realFolder(folderOfImporter)];
    // A link inside the workspace must not lead out of it, so the real place counts where the file exists.
    const real = realFile(path);
    return roots.some((root) => isInside(root, real));
  }
}

/** The path that a URI names on this machine; nothing where it has another scheme, or names none (`file://server/a`). */
function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    // A host, an encoded slash, or no URI at all: there is no such place here, and the editor may know what is meant.
    return undefined;
  }
}

function parse(path: string, base?: string): URL | undefined {
  return URL.canParse(path, base) ? new URL(path, base) : undefined;
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realFolder(dirname(path)), path.slice(dirname(path).length + 1));
  }
}
