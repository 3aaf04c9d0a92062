import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Sources } from '../language/source.ts';
import { filesBelow } from './filesBelow.ts';

/** Files beyond this are no plans or model configs; reading one would only stall the editor. */
const LARGEST_FILE = 8 * 2 ** 20;

/** The language's window on the file system of Node: open documents first, then files below the workspace's roots. */
export class NodeSources implements Sources {
  private readonly catalogUris: readonly string[];
  private readonly catalogTexts = new Map<string, string>();
  private readonly texts = new Map<string, string | undefined>();
  private readonly openText: (uri: string) => string | undefined;
  private roots: readonly string[] = [];

  /** `openText` answers with the text of a document that an editor holds. */
  constructor(catalogFolder: string, openText: (uri: string) => string | undefined = () => undefined) {
    this.openText = openText;
    for (const name of readdirSync(catalogFolder)
      .filter((file) => file.endsWith('.moeplan'))
      .sort()) {
      const path = join(catalogFolder, name);
      this.catalogTexts.set(pathToFileURL(path).href, readFileSync(path, 'utf8'));
    }
    this.catalogUris = [...this.catalogTexts.keys()];
  }

  /** The folders that files may be read from. */
  setRoots(folders: readonly string[]): void {
    this.roots = folders.map(realFolder);
    this.texts.clear();
  }

  /** Forgets what was read of a file that changed, appeared or went away. */
  invalidate(uri: string): void {
    this.texts.delete(uri);
  }

  /** Files with an extension below folders, as URIs. */
  filesBelow(folders: readonly string[], extension: string): readonly string[] {
    return filesBelow(folders, extension);
  }

  catalog(): readonly string[] {
    return this.catalogUris;
  }

  read(uri: string): string | undefined {
    const known = this.openText(uri) ?? this.catalogTexts.get(uri);
    if (known !== undefined) return known;
    // A keystroke must not touch the disk: what was read once is kept until the host hears of a change.
    if (!this.texts.has(uri)) this.texts.set(uri, this.readFile(uri));
    return this.texts.get(uri);
  }

  resolve(fromUri: string, path: string): { readonly uri: string } | { readonly outside: true } {
    if (!fromUri.startsWith('file:')) {
      // A virtual or unsaved document: relative to itself, and only other open documents can be read.
      const target = parse(path, fromUri);
      return target ? { uri: target.href } : { outside: true };
    }
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
      return way !== '' && !way.startsWith(`..${sep}`) && way !== '..' && !way.includes(':');
    });
  }

  private readFile(uri: string): string | undefined {
    if (!uri.startsWith('file:')) return undefined;
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
