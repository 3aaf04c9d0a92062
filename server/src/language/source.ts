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

/** The language's only way to files. It is synchronous: hosts load what they need before they ask. */
export interface Sources {
  /** The text of a file, or nothing when there is no such file. */
  read(uri: string): string | undefined;
  /** Where a relative path written in `fromUri` leads. */
  resolve(fromUri: string, path: string): { readonly uri: string } | { readonly outside: true };
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
