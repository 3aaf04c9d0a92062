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
 * The language's access to the file system of Node. Open documents come first, then files below the workspace's roots. URIs with
 * another scheme than `file` are left to the editor.
 */
export class NodeSources implements HostSources {
  private readonly catalogUris: readonly string[];
  private readonly catalogTexts = new Map<string, string>();
  private readonly texts = new KnownTexts();
  /** Where paths lead that led to a text which is kept, by the file that holds the path and the path. */
  private readonly resolved = new Map<string, string>();
  private readonly openText: OpenText;
  private readonly editorFiles: EditorFiles;
  private roots: readonly string[] = [];

  /** `openText` returns the text of a document that an editor holds. */
  constructor(catalogFolder: string, openText: OpenText = () => undefined) {
    this.openText = openText;
    for (const name of readdirSync(catalogFolder)
      .filter((file) => file.endsWith('.moeplan'))
      .sort()) {
      const path = join(catalogFolder, name);
      this.catalogTexts.set(pathToFileURL(path).href, readFileSync(path, 'utf8'));
    }
    this.catalogUris = [...this.catalogTexts.keys()];
    this.editorFiles = new EditorFiles(this.catalogTexts, openText);
  }

  setRoots(uris: readonly string[]): void {
    this.roots = uris.flatMap((uri) => pathOf(uri) ?? []).map(realFolder);
    this.editorFiles.setRoots(uris.filter((uri) => pathOf(uri) === undefined));
    this.texts.clear();
    this.resolved.clear();
  }

  invalidate(uri: string): void {
    if (this.texts.has(uri)) this.resolved.clear();
    this.texts.delete(uri);
    this.editorFiles.invalidate(uri);
  }

  wantLists(extensions: readonly string[]): void {
    this.editorFiles.wantLists(extensions);
  }

  forgetLists(): void {
    this.editorFiles.forgetLists();
  }

  takeWanted(): Wanted {
    return this.editorFiles.takeWanted();
  }

  whenWanted(listener: () => void): void {
    this.editorFiles.whenWanted(listener);
  }

  provide(uri: string, reading: Reading): void {
    this.editorFiles.provide(uri, reading);
  }

  provideList(extension: string, files: FilesBelow): void {
    this.editorFiles.provideList(extension, files);
  }

  filesBelow(uris: readonly string[], extension: string): FilesBelow {
    const inFileSystem = filesBelow(
      uris.flatMap((uri) => pathOf(uri) ?? []),
      extension,
      IN_WORKSPACE,
    );
    const inEditor = this.editorFiles.filesBelow(
      uris.filter((uri) => pathOf(uri) === undefined),
      extension,
    );
    return { uris: [...inFileSystem.uris, ...inEditor.uris], left: [...inFileSystem.left, ...inEditor.left] };
  }

  catalog(): readonly string[] {
    return this.catalogUris;
  }

  read(uri: string): string | undefined {
    const textAtHand = this.openText(uri) ?? this.catalogTexts.get(uri);
    if (textAtHand !== undefined) return textAtHand;
    const path = pathOf(uri);
    if (path === undefined) return this.editorFiles.read(uri);
    // A keystroke must not touch the disk, so a text is kept until the host hears of a change.
    if (!this.texts.has(uri)) this.texts.set(uri, readRegularFile(path));
    return this.texts.get(uri);
  }

  unread(uri: string): Unread | undefined {
    if (this.read(uri) !== undefined) return undefined;
    return pathOf(uri) === undefined ? this.editorFiles.unread(uri) : this.texts.unread(uri);
  }

  resolve(fromUri: string, path: string): Resolution {
    // A keystroke must not touch the disk, as where a text is kept.
    const key = `${fromUri}\n${path}`;
    const cachedUri = this.resolved.get(key);
    if (cachedUri !== undefined) return { uri: cachedUri };
    const from = pathOf(fromUri);
    if (from === undefined) return this.editorFiles.resolve(fromUri, path);
    if (!isWellFormed(path)) return { nowhere: true };
    const target = parse(path.split('/').map(encodeURIComponent).join('/'), fromUri);
    // `//server/a` is a path on another machine, and looking it up would already send a request to that machine.
    if (target?.protocol !== 'file:' || target.host !== parse(fromUri)?.host) return { outside: true };
    const real = pathOf(target.href);
    if (real === undefined || !this.isOurs(real, dirname(from))) return { outside: true };
    if (this.texts.get(target.href) !== undefined) this.resolved.set(key, target.href);
    return { uri: target.href };
  }

  private isOurs(path: string, folderOfImporter: string): boolean {
    const roots = this.roots.length > 0 ? this.roots : [realFolder(folderOfImporter)];
    // A link inside the workspace must not lead out of it, so the real place counts if the file exists.
    const real = realFile(path);
    return roots.some((root) => isInside(root, real));
  }
}

/**
 * The path that a URI names on this machine; undefined where the scheme is another one or no path is named (`file://server/a`).
 */
function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    // The URI has a host or an encoded slash, or is no URI at all. There is no such place here, but the editor may know it.
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
