import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** More plans than this in one workspace are not looked at unless they are opened. */
const MOST_PLANS = 2_000;
/** Folders looked into before giving up: a workspace may be a whole disk. */
const MOST_FOLDERS = 20_000;

/** Folders in which nobody keeps plans of their own. */
const SKIPPED = /^(?:\..*|node_modules|out|dist|build|__pycache__)$/;

/** The `.moeplan` files below folders, as URIs. Links are not followed: they may lead out of the workspace or in circles. */
export function plansBelow(folders: readonly string[]): readonly string[] {
  const plans = new Set<string>();
  const waiting = [...folders];
  for (let looked = 0; looked < MOST_FOLDERS && plans.size < MOST_PLANS; looked++) {
    const folder = waiting.shift();
    if (folder === undefined) break;
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && !SKIPPED.test(entry.name)) waiting.push(join(folder, entry.name));
      else if (entry.isFile() && entry.name.endsWith('.moeplan'))
        plans.add(pathToFileURL(join(folder, entry.name)).href);
    }
  }
  return [...plans].sort();
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Absent or not ours to read: there are no plans in it.
    return [];
  }
}
