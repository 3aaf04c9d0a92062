import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isSkipped, type Limits, OWN_LIMITS, tooMany } from './limits.ts';
import { codeOf } from './readFile.ts';

/** Links that editors set beside a file that is being edited. They lead nowhere on purpose. */
const EDITOR_LOCK = /^\.#/;

/** Files that were found, and what was not looked at. */
export interface FilesBelow {
  /** In the order of their URIs. */
  readonly uris: readonly string[];
  /** Sentences: what was left out, and why. */
  readonly left: readonly string[];
}

/** How files are looked for below folders. */
export interface Looking {
  readonly followLinks: boolean;
  readonly limits: Limits;
}

/** A workspace is whatever folder was opened: links may lead out of what may be read, and there may be any number of files. */
export const IN_WORKSPACE: Looking = { followLinks: false, limits: OWN_LIMITS };

/** A folder that someone named is meant whole. */
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
  const left: string[] = [];
  const entered = new Set<string>();
  const links: string[] = [];
  const waiting = [...folders];
  // Links come last, so that a file goes by the path without one where it has such a path.
  for (let folder = waiting.shift() ?? links.shift(); folder !== undefined; folder = waiting.shift() ?? links.shift()) {
    if (isKnown(folder, entered)) continue;
    if (entered.size > mostFolders) {
      left.push(tooMany('folders', mostFolders, folders));
      break;
    }
    for (const entry of entriesOf(folder, left)) {
      const path = join(folder, entry.name);
      const kind = entry.isSymbolicLink()
        ? followLinks
          ? kindBehind(path, extension, left)
          : 'passed'
        : kindOf(entry);
      if (kind === 'folder' && !isSkipped(entry.name, skipped)) (entry.isSymbolicLink() ? links : waiting).push(path);
      else if (kind === 'file' && entry.name.endsWith(extension)) files.add(path);
      else if (kind === 'other' && entry.name.endsWith(extension))
        left.push(`${path} is a pipe or a device; name it to read it`);
    }
    if (files.size > mostFiles) {
      left.push(tooMany('files', mostFiles, folders));
      break;
    }
  }
  return { uris: [...files].map((path) => pathToFileURL(path).href).sort(), left };
}

/** Whether a folder was entered, by whatever path. */
function isKnown(folder: string, entered: Set<string>): boolean {
  const before = entered.size;
  entered.add(realFolder(folder));
  return entered.size === before;
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // That it cannot be read is told where its entries are asked for.
    return path;
  }
}

/** `other`: a pipe or a device. `passed`: nothing is to be said of it, or it was said. */
type Kind = 'file' | 'folder' | 'other' | 'passed';

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): Kind {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
}

/** What a link leads to. One that leads nowhere and is called like a file that is looked for is told. */
function kindBehind(path: string, extension: string, left: string[]): Kind {
  try {
    return kindOf(statSync(path));
  } catch (error) {
    if (path.endsWith(extension) && !EDITOR_LOCK.test(basename(path)))
      left.push(`${path} is a link that ${codeOf(error) === 'ELOOP' ? 'leads back to itself' : 'leads nowhere'}`);
    return 'passed';
  }
}

function entriesOf(folder: string, left: string[]): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    // One that is gone by now holds nothing.
    if (codeOf(error) !== 'ENOENT') {
      const denied = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';
      left.push(`the folder ${folder} was not read: ${denied ? 'access is denied' : 'reading it failed'}`);
    }
    return [];
  }
}
