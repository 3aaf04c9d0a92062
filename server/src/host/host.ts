import type { Sources } from '../language/source.ts';
import type { FilesBelow } from './filesBelow.ts';
import type { Reading } from './knownTexts.ts';

/** Files as the language server needs them of its host: they change, and some have to be fetched first. */
export interface HostSources extends Sources {
  /** URIs of the folders that files may be read from; without any, a document reads from its own folder. */
  setRoots(uris: readonly string[]): void;
  /** Forgets what was read of a file that changed, appeared or went away. */
  invalidate(uri: string): void;
  /** Files with an extension below folders; what only the editor can list is wanted first. */
  filesBelow(uris: readonly string[], extension: string): FilesBelow;
  /** Wants the lists that only the editor has, so that they are there when someone asks. */
  wantLists(extensions: readonly string[]): void;
  /** Files came or went: lists of the editor are wanted anew. */
  forgetLists(): void;
  /** What was asked for and only the editor has. Each is named once until it is invalidated. */
  takeWanted(): Wanted;
  /** Calls the listener whenever something is wanted that was not before. */
  whenWanted(listener: () => void): void;
  /** The editor's answer about a wanted file. */
  provide(uri: string, reading: Reading): void;
  /** The editor's answer: the files of the workspace with an extension. */
  provideList(extension: string, files: FilesBelow): void;
}

/** What only the editor can read or list. */
export interface Wanted {
  /** URIs of files whose text is wanted. */
  readonly texts: readonly string[];
  /** Extensions of files, with the dot, whose URIs are wanted. */
  readonly lists: readonly string[];
}

/** The text of a document that an editor holds. */
export type OpenText = (uri: string) => string | undefined;

/** Files beyond this are no plans or model configs; reading one would only stall the editor. In bytes. */
export const LARGEST_FILE: number = 8 * 2 ** 20;

/** What a language server is given by whoever starts it: Node beside its files, or a worker in a browser. */
export interface Host {
  sources(openText: OpenText): HostSources;
  /** The page of a rule as a URI, when pages are there. */
  pageOf(rule: string): string | undefined;
}
