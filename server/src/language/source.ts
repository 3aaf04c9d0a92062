import { type Token, tokenize } from './lexer.ts';
import { createLineIndex, type LineIndex } from './lineIndex.ts';
import { parseTokens } from './parser.ts';
import type { Tree } from './tree.ts';

/** One text with everything that depends on nothing but itself. */
export interface SourceFile {
  readonly uri: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly tree: Tree;
  readonly lineIndex: LineIndex;
}

/** The language's only way to files. It is synchronous: hosts load what they need before they ask. */
export interface Sources {
  /** The text of a file, or nothing when there is no such file. */
  read(uri: string): string | undefined;
  /** Where a relative path written in `fromUri` leads. */
  resolve(fromUri: string, path: string): { readonly uri: string } | { readonly outside: true };
  /** The files of the catalogue, visible everywhere. */
  catalog(): readonly string[];
}

export function parseSource(uri: string, text: string): SourceFile {
  const tokens = tokenize(text);
  return { uri, text, tokens, tree: parseTokens(text, tokens), lineIndex: createLineIndex(text) };
}
