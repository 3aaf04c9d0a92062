export interface Entry<Place> {
  readonly name: string;
  readonly at: Place;
  readonly kind: 'file' | 'folder' | 'other';
}

/** A file system that lists one folder at a time. */
export interface Folders<Place> {
  /** What a folder holds, or why it was not read. A folder that does not exist holds nothing. */
  list(folder: Place): Promise<readonly Entry<Place>[] | { readonly unread: string }>;
  /** What a person calls a folder. */
  nameOf(folder: Place): string;
}

/** Where the search ends. The server names the limits, which are the same as its own. */
export interface Limits {
  readonly mostFiles: number;
  readonly mostFolders: number;
  /** Names of folders that are skipped. A name that ends with `*` stands for all names that begin with it. */
  readonly skipped: readonly string[];
}

/** Files that were found, and sentences about what was not searched. */
export interface SearchResult<Place> {
  readonly files: readonly Place[];
  readonly left: readonly string[];
}

/** Files with an extension below folders, near ones first. The search ends with the folder in which `mostFiles` is exceeded. */
export async function findBelow<Place>(
  folders: readonly Place[],
  extension: string,
  { mostFiles, mostFolders, skipped }: Limits,
  { list, nameOf }: Folders<Place>,
): Promise<SearchResult<Place>> {
  const files: Place[] = [];
  const leftOut: string[] = [];
  const waiting = [...folders];
  for (let looked = 0; files.length <= mostFiles; looked++) {
    const folder = waiting.shift();
    if (folder === undefined) break;
    if (looked === mostFolders) {
      const below = folders.map(nameOf).join(', ');
      leftOut.push(`more than ${mostFolders} folders lie below ${below}, and the rest was not looked into`);
      break;
    }
    const entries = await list(folder);
    if ('unread' in entries) {
      leftOut.push(`the folder ${nameOf(folder)} was not read: ${entries.unread}`);
      continue;
    }
    for (const { name, at, kind } of entries) {
      if (kind === 'folder' && !isSkipped(name, skipped)) waiting.push(at);
      else if (kind === 'file' && name.endsWith(extension)) files.push(at);
    }
  }
  return { files, left: leftOut };
}

function isSkipped(name: string, skipped: readonly string[]): boolean {
  return skipped.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
