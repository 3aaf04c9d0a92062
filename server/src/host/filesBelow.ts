import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** More files than this in one workspace are not looked at unless they are opened. */
const MOST_FILES = 2_000;
/** Folders looked into before giving up: a workspace may be a whole disk. */
const MOST_FOLDERS = 20_000;

/** Folders in which nobody keeps plans of their own. */
const SKIPPED = /^(?:\..*|node_modules|out|dist|build|__pycache__)$/;

/** Files with an extension below folders, as URIs. Links are not followed: they may lead out of the workspace or in circles. */
export function filesBelow(folders: readonly string[], extension: string): readonly string[] {
  const files = new Set<string>();
  const waiting = [...folders];
  for (let looked = 0; looked < MOST_FOLDERS && files.size < MOST_FILES; looked++) {
    const folder = waiting.shift();
    if (folder === undefined) break;
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) waiting.push(join(folder, entry.name));
      else if (entry.isFile() && entry.name.endsWith(extension))
        files.add(pathToFileURL(join(folder, entry.name)).href);
    }
  }
  return [...files].sort();
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Absent or not ours to read: there is nothing in it for us.
    return [];
  }
}
