import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EditorFiles } from './editorFiles.ts';
import { filesBelow } from './filesBelow.ts';
import { type HostSources, LARGEST_FILE, type OpenText, type Wanted } from './host.ts';
import { KnownTexts } from './knownTexts.ts';

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
    this.roots = uris.filter(isFile).map((uri) => realFolder(fileURLToPath(uri)));
    this.elsewhere.setRoots(uris.filter((uri) => !isFile(uri)));
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

  provide(uri: string, text: string | undefined): void {
    this.elsewhere.provide(uri, text);
  }

  provideList(extension: string, uris: readonly string[]): void {
    this.elsewhere.provideList(extension, uris);
  }

  filesBelow(uris: readonly string[], extension: string): readonly string[] {
    const folders = uris.filter(isFile).map((uri) => fileURLToPath(uri));
    const elsewhere = uris.filter((uri) => !isFile(uri));
    return [...filesBelow(folders, extension), ...this.elsewhere.filesBelow(elsewhere, extension)];
  }

  catalog(): readonly string[] {
    return this.catalogUris;
  }

  read(uri: string): string | undefined {
    const known = this.openText(uri) ?? this.catalogTexts.get(uri);
    if (known !== undefined) return known;
    if (!isFile(uri)) return this.elsewhere.read(uri);
    // A keystroke must not touch the disk: what was read once is kept until the host hears of a change.
    if (!this.texts.has(uri)) this.texts.set(uri, this.readFile(uri));
    return this.texts.get(uri);
  }

  resolve(fromUri: string, path: string): { readonly uri: string } | { readonly outside: true } {
    if (!isFile(fromUri)) return this.elsewhere.resolve(fromUri, path);
    const target = parse(path.split('/').map(encodeURIComponent).join('/'), fromUri);
    if (target?.protocol !== 'file:') return { outside: true };
    return this.isInside(fileURLToPath(target), dirname(fileURLToPath(fromUri)))
      ? { uri: target.href }
      : { outside: true };
  }

  private isInside(path: string, folderOfImporter: string): boolean {
    const roots = this.roots.length > 0 ? this.roots : [realFolder(folderOfImporter)];
    // A link inside the workspace must not lead out of it, so the real place counts where the file exists.
    const real = realFile(path);
    return roots.some((root) => {
      const way = relative(root, real);
      return way !== '' && !way.startsWith(`..${sep}`) && way !== '..' && !isAbsolute(way);
    });
  }

  private readFile(uri: string): string | undefined {
    try {
      const path = fileURLToPath(uri);
      const stats = statSync(path);
      return stats.isFile() && stats.size <= LARGEST_FILE ? readFileSync(path, 'utf8') : undefined;
    } catch {
      // Absent or unreadable are one to the language: the import is reported as not found.
      return undefined;
    }
  }
}

function isFile(uri: string): boolean {
  return uri.startsWith('file:');
}

function parse(path: string, base: string): URL | undefined {
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
