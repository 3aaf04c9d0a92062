import type { Sources } from '../language/source.ts';
import type { FilesBelow } from './filesBelow.ts';
import type { Reading } from './knownTexts.ts';

/** The file access that the language server needs from its host. Files change, and some have to be fetched first. */
export interface HostSources extends Sources {
  /** Sets the URIs of the folders that files may be read from. Without any, a document reads from its own folder. */
  setRoots(uris: readonly string[]): void;
  /** Forgets what was read of a file that changed, appeared or went away. */
  invalidate(uri: string): void;
  /** Files with an extension below folders. A list that only the editor has becomes wanted first. */
  filesBelow(uris: readonly string[], extension: string): FilesBelow;
  /** Requests the lists that only the editor has, so that they are there when they are needed. */
  wantLists(extensions: readonly string[]): void;
  /** Files came or went, so lists of the editor must be fetched again. */
  forgetLists(): void;
  /** Takes what was asked for and only the editor has. Each file is named only once until it is invalidated. */
  takeWanted(): Wanted;
  /** Calls the listener whenever something new is wanted. */
  whenWanted(listener: () => void): void;
  /** Takes the editor's answer about a wanted file. */
  provide(uri: string, reading: Reading): void;
  /** Takes the editor's answer: the files of the workspace with an extension. */
  provideList(extension: string, files: FilesBelow): void;
}

/** Files and lists that only the editor can read. */
export interface Wanted {
  /** URIs of files whose text is wanted. */
  readonly texts: readonly string[];
  /** Extensions of files, with the dot, whose URIs are wanted. */
  readonly lists: readonly string[];
}

/** The text of a document that an editor holds. */
export type OpenText = (uri: string) => string | undefined;

/** In bytes. Larger files are no plans or model configs, and reading one would only stall the editor. */
export const LARGEST_FILE: number = 8 * 2 ** 20;

/** In bytes. The index of a checkpoint names each of some hundred thousand tensors. */
const LARGEST_INDEX: number = 64 * 2 ** 20;

/** The size in bytes up to which a file is read. */
export function largestOf(path: string): number {
  return path.endsWith('.safetensors.index.json') ? LARGEST_INDEX : LARGEST_FILE;
}

/** What the starter of a language server provides: Node beside its files, or a worker in a browser. */
export interface Host {
  sources(openText: OpenText): HostSources;
  /** The page of a rule as a URI; undefined if there are no pages. */
  pageOf(rule: string): string | undefined;
}
