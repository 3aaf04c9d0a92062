export interface Entry<Place> {
  readonly name: string;
  readonly at: Place;
  readonly kind: 'file' | 'folder' | 'other';
}

/** A file system that lists one folder at a time. */
export interface Folders<Place> {
  list(folder: Place): Promise<readonly Entry<Place>[]>;
}

/** Files and folders looked at before giving up: a workspace may be a whole disk. */
const MOST_FILES = 2_000;
const MOST_FOLDERS = 1_000;

/** Folders in which nobody keeps plans of their own. */
const SKIPPED = /^(?:\..*|node_modules|out|dist|build|__pycache__)$/;

/** Files with an extension below folders, near ones first; what cannot be listed is passed over. */
export async function findBelow<Place>(
  folders: readonly Place[],
  extension: string,
  { list }: Folders<Place>,
): Promise<readonly Place[]> {
  const found: Place[] = [];
  const waiting = [...folders];
  for (let looked = 0; looked < MOST_FOLDERS && found.length < MOST_FILES; looked++) {
    const folder = waiting.shift();
    if (folder === undefined) break;
    let entries: readonly Entry<Place>[];
    try {
      entries = await list(folder);
    } catch {
      // Gone, or not ours to read: there is nothing in it for us.
      continue;
    }
    for (const { name, at, kind } of entries) {
      if (kind === 'folder' && !SKIPPED.test(name)) waiting.push(at);
      else if (kind === 'file' && name.endsWith(extension)) found.push(at);
    }
  }
  return found;
}
