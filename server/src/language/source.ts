import { type Token, tokenize } from './lexer.ts';
import { createLineIndex, type LineIndex } from './lineIndex.ts';
import { type Parsed, parseText } from './parser.ts';
import { reparse } from './reparse.ts';

/** One text with everything that depends on nothing but itself. */
export interface SourceFile extends Parsed {
  readonly uri: string;
  /** Comments and line breaks included; made when first asked for. */
  readonly tokens: readonly Token[];
  readonly lineIndex: LineIndex;
}

/** Why a file that is there has no text: it is too large, a folder, a pipe or device, not ours to read, or reading failed. */
export const UNREAD = ['too-large', 'folder', 'no-regular-file', 'denied', 'failed'] as const;

export type Unread = (typeof UNREAD)[number];

/** Where a path leads: to a file that may be there, out of what may be read, or to what no file can be called. */
export type Resolution = { readonly uri: string } | { readonly outside: true } | { readonly nowhere: true };

/**
 * The language's only way to files. It is synchronous: hosts load what they need before they ask. Nothing here throws,
 * whatever a path or a URI holds.
 */
export interface Sources {
  /** The text of a file, or nothing when there is none or it is not read. */
  read(uri: string): string | undefined;
  /** Why a file that is there was not read; nothing where it was, or where there is none. */
  unread(uri: string): Unread | undefined;
  /** Where a relative path written in `fromUri` leads. */
  resolve(fromUri: string, path: string): Resolution;
  /** The files of the catalogue, visible everywhere. */
  catalog(): readonly string[];
}

/** With the same file before an edit only what the edit touches is read; the result is the same. */
export function parseSource(uri: string, text: string, before?: SourceFile): SourceFile {
  let tokens: readonly Token[] | undefined;
  const { tree, errorsBefore } = before ? reparse(before, text) : parseText(text);
  return {
    uri,
    text,
    get tokens() {
      tokens ??= tokenize(text);
      return tokens;
    },
    tree,
    errorsBefore,
    lineIndex: createLineIndex(text),
  };
}
