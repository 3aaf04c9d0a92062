import type { Entity, TextFile } from './entity.ts';
import { type Token, tokenize } from './lexer.ts';
import { createLineIndex, type LineIndex } from './lineIndex.ts';
import { type Parsed, parseText } from './parser.ts';
import { reparse } from './reparse.ts';

/** One text with everything that depends on it alone. */
export interface SourceFile extends Parsed {
  readonly uri: string;
  /** Tokens include comments and line breaks. They are made when they are first needed. */
  readonly tokens: readonly Token[];
  readonly lineIndex: LineIndex;
}

/** Why an existing file has no text: it is too large, a folder, a pipe or device, its reading is denied, or reading failed. */
export const UNREAD = ['too-large', 'folder', 'no-regular-file', 'denied', 'failed'] as const;

export type Unread = (typeof UNREAD)[number];

/** Where a path leads: to a file that may exist, to a place that must not be read, or to what cannot be the name of a file. */
export type Resolution = { readonly uri: string } | { readonly outside: true } | { readonly nowhere: true };

/**
 * The language's only access to files. It is synchronous, so hosts load what they need before they ask. Nothing here throws,
 * whatever a path or a URI holds.
 */
export interface Sources {
  /** The text of a file; undefined if there is none or it was not read. */
  read(uri: string): string | undefined;
  /** Why an existing file was not read; undefined if it was read or does not exist. */
  unread(uri: string): Unread | undefined;
  /** Where a relative path written in `fromUri` leads. */
  resolve(fromUri: string, path: string): Resolution;
  /** The files of the catalogue, visible everywhere. */
  catalog(): readonly string[];
  /**
   * The deployment that a file launches: that of the name where it launches several, or else its first one. Undefined where it
   * launches nothing. `read` reads files that the launch names.
   */
  launched?(file: TextFile, name: string | undefined, read: (uri: string) => string | undefined): Launched | undefined;
}

/** A launch as a deployment that others take over. */
export interface Launched {
  readonly deployment: Entity;
  /** What the launch says that was not understood, in a sentence each. */
  readonly untold: readonly string[];
}

/** Parses a text. With the same file before an edit, only what the edit touches is read; the result is the same. */
export function parseSource(uri: string, text: string, before?: SourceFile): SourceFile {
  return new ParsedSource(uri, before ? reparse(before, text) : parseText(text));
}

class ParsedSource implements SourceFile {
  readonly uri: string;
  readonly text: string;
  readonly tree: SourceFile['tree'];
  readonly errorsBefore: SourceFile['errorsBefore'];
  readonly lineIndex: LineIndex;
  private tokenized: readonly Token[] | undefined;

  constructor(uri: string, { text, tree, errorsBefore }: Parsed) {
    this.uri = uri;
    this.text = text;
    this.tree = tree;
    this.errorsBefore = errorsBefore;
    this.lineIndex = createLineIndex(text);
  }

  get tokens(): readonly Token[] {
    this.tokenized ??= tokenize(this.text);
    return this.tokenized;
  }
}
