import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSkipped, type Limits, OWN_LIMITS, tooMany } from './limits.ts';
import { codeOf } from './readFile.ts';

/** Links that editors create beside a file that is being edited. They lead nowhere on purpose. */
const EDITOR_LOCK = /^\.#/;

/** Files that were found, and what was not searched. */
export interface FilesBelow {
  /** In the order of their URIs. */
  readonly uris: readonly string[];
  /** Sentences that say what was left out, and why. */
  readonly left: readonly string[];
}

/** How a search for files below folders is done. */
export interface Looking {
  readonly followLinks: boolean;
  readonly limits: Limits;
}

/** A workspace is whatever folder was opened. Links may lead out of what may be read, and there may be any number of files. */
export const IN_WORKSPACE: Looking = { followLinks: false, limits: OWN_LIMITS };

/** If someone names a folder, all of it is meant. */
export const NAMED_FOLDER: Looking = {
  followLinks: true,
  limits: { ...OWN_LIMITS, mostFiles: Number.POSITIVE_INFINITY },
};

/** Files with an extension below folders. No folder is entered twice, so links in a circle end. */
export function filesBelow(
  folders: readonly string[],
  extension: string,
  { followLinks, limits: { mostFiles, mostFolders, skipped } }: Looking,
): FilesBelow {
  const files = new Set<string>();
  const leftOut: string[] = [];
  const entered = new Set<string>();
  const links: string[] = [];
  const waiting = [...folders];
  // Links come last, so that a file has a path without a link if there is one.
  for (let folder = waiting.shift() ?? links.shift(); folder !== undefined; folder = waiting.shift() ?? links.shift()) {
    if (isKnown(folder, entered)) continue;
    if (entered.size > mostFolders) {
      leftOut.push(tooMany('folders', mostFolders, folders));
      break;
    }
    for (const entry of entriesOf(folder, leftOut)) {
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink()
        ? followLinks
          ? kindBehind(path, extension, leftOut)
          : 'passed'
        : kindOf(entry);
      if (kind === 'folder' && !isSkipped(entry.name, skipped)) (entry.isSymbolicLink() ? links : waiting).push(path);
      else if (kind === 'file' && entry.name.endsWith(extension)) files.add(path);
      else if (kind === 'other' && entry.name.endsWith(extension))
        leftOut.push(`${path} is a pipe or a device; name it to read it`);
    }
    if (files.size > mostFiles) {
      leftOut.push(tooMany('files', mostFiles, folders));
      break;
    }
  }
  return { uris: [...files].map((path) => pathToFileURL(path).href).sort(), left: leftOut };
}

/** Whether a folder was entered before, by whatever path. It counts as entered from now on. */
function isKnown(folder: string, entered: Set<string>): boolean {
  const sizeBefore = entered.size;
  entered.add(realFolder(folder));
  return entered.size === sizeBefore;
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // If the folder cannot be read, that is reported where its entries are read.
    return path;
  }
}

/** `other` is a pipe or a device. `passed` is an entry that needs no report or already has one. */
type Kind = 'file' | 'folder' | 'other' | 'passed';

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): Kind {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
}

/** What a link leads to. A link that leads nowhere and has the extension that is searched for is reported. */
function kindBehind(path: string, extension: string, leftOut: string[]): Kind {
  try {
    return kindOf(statSync(path));
  } catch (error) {
    if (path.endsWith(extension) && !EDITOR_LOCK.test(basename(path)))
      leftOut.push(`${path} is a link that ${codeOf(error) === 'ELOOP' ? 'leads back to itself' : 'leads nowhere'}`);
    return 'passed';
  }
}

function entriesOf(folder: string, leftOut: string[]): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((first, second) => (first.name < second.name ? -1 : 1));
  } catch (error) {
    // A folder that no longer exists holds nothing.
    if (codeOf(error) !== 'ENOENT') {
      const denied = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';
      leftOut.push(`the folder ${folder} was not read: ${denied ? 'access is denied' : 'reading it failed'}`);
    }
    return [];
  }
}
