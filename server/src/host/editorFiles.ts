import { Utils } from 'vscode-uri';
import type { Resolution, Unread } from '../language/source.ts';
import type { FilesBelow } from './filesBelow.ts';
import type { HostSources, OpenText, Wanted } from './host.ts';
import { KnownTexts, type Reading } from './knownTexts.ts';
import { EDITOR_LIMITS, tooMany } from './limits.ts';
import { isWellFormed, parseUri } from './uris.ts';

/**
 * Files that only the editor can read: those of a virtual workspace, and all files in a browser. Reading is synchronous but the
 * editor is not. So a file is absent and wanted at first; the host fetches it and analyses again.
 */
export class EditorFiles implements HostSources {
  private readonly catalogTexts: ReadonlyMap<string, string>;
  private readonly openText: OpenText;
  private readonly texts = new KnownTexts();
  private readonly lists = new Map<string, FilesBelow>();
  private readonly wantedTexts = new Set<string>();
  private readonly wantedLists = new Set<string>();
  private listener: () => void = () => undefined;
  private roots: readonly string[] = [];

  /** `catalogTexts` are the catalogue's files by URI. */
  constructor(catalogTexts: ReadonlyMap<string, string>, openText: OpenText) {
    this.catalogTexts = catalogTexts;
    this.openText = openText;
  }

  setRoots(uris: readonly string[]): void {
    this.roots = uris.map(normal);
    this.texts.clear();
    this.lists.clear();
    this.wantedTexts.clear();
    this.wantedLists.clear();
  }

  invalidate(uri: string): void {
    this.texts.delete(uri);
  }

  wantLists(extensions: readonly string[]): void {
    for (const extension of extensions) {
      if (this.roots.length === 0 || this.lists.has(extension)) continue;
      this.lists.set(extension, NOTHING);
      this.wantedLists.add(extension);
      this.listener();
    }
  }

  forgetLists(): void {
    this.lists.clear();
  }

  takeWanted(): Wanted {
    const wanted = { texts: [...this.wantedTexts], lists: [...this.wantedLists] };
    this.wantedTexts.clear();
    this.wantedLists.clear();
    return wanted;
  }

  whenWanted(listener: () => void): void {
    this.listener = listener;
  }

  provide(uri: string, reading: Reading): void {
    this.texts.set(uri, reading);
  }

  provideList(extension: string, { uris, left }: FilesBelow): void {
    const { mostFiles } = EDITOR_LIMITS;
    const leftOut = uris.length > mostFiles ? [tooMany('files', mostFiles, this.roots)] : [];
    this.lists.set(extension, { uris: uris.slice(0, mostFiles).map(normal).sort(), left: [...left, ...leftOut] });
  }

  filesBelow(uris: readonly string[], extension: string): FilesBelow {
    if (uris.length === 0) return NOTHING;
    this.wantLists([extension]);
    const { uris: listedUris, left } = this.lists.get(extension) ?? NOTHING;
    const folders = uris.map((uri) => normal(uri).replace(/\/?$/, '/'));
    return { uris: listedUris.filter((uri) => folders.some((folder) => uri.startsWith(folder))), left };
  }

  catalog(): readonly string[] {
    return [...this.catalogTexts.keys()];
  }

  read(uri: string): string | undefined {
    const textAtHand = this.openText(uri) ?? this.catalogTexts.get(uri);
    if (textAtHand !== undefined) return textAtHand;
    // An unsaved document has no file that could be fetched.
    if (!this.texts.has(uri) && !uri.startsWith('untitled:')) {
      this.texts.set(uri, undefined);
      this.wantedTexts.add(uri);
      this.listener();
    }
    return this.texts.get(uri);
  }

  unread(uri: string): Unread | undefined {
    return this.read(uri) === undefined ? this.texts.unread(uri) : undefined;
  }

  resolve(fromUri: string, path: string): Resolution {
    const from = parseUri(fromUri);
    if (!from?.path.startsWith('/')) return { outside: true };
    if (!isWellFormed(path)) return { nowhere: true };
    const folder = Utils.dirname(from);
    const uri = Utils.joinPath(folder, path).toString();
    const roots = this.roots.length > 0 ? this.roots : [folder.toString()];
    return roots.some((root) => uri.startsWith(root.endsWith('/') ? root : `${root}/`)) ? { uri } : { outside: true };
  }
}

const NOTHING: FilesBelow = { uris: [], left: [] };

/** URIs are compared as text, so all of them are written in the same way. */
function normal(uri: string): string {
  return parseUri(uri)?.toString() ?? uri;
}
