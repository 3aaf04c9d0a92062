import type { Span } from '../../language/span.ts';
import type { Text } from '../../text/markdown.ts';
import type { Outcome } from '../fit.ts';

export interface CompletionItem {
  readonly label: string;
  readonly kind: 'keyword' | 'property' | 'value' | 'name' | 'unit' | 'snippet' | 'file';
  readonly detail: string;
  readonly doc?: Text;
  /** Text to insert. With `isSnippet` it contains `$1` and `$0`. */
  readonly insert: string;
  readonly isSnippet?: boolean;
  /** Smaller numbers come first. */
  readonly order: number;
  /** What typed text is matched against, when it is not the label. */
  readonly filter?: string;
  /** Whether it is an example of many possible values. It matches no typed text, so Enter never replaces that with it. */
  readonly isExample?: boolean;
  /** Whether it ends where a value begins, so that the list of values opens next. */
  readonly opensList?: boolean;
  /**
   * Whether the list is asked for again with each letter. The item disappears when the word is typed in full, which editors
   * do not see.
   */
  readonly asksAgain?: boolean;
  /** What is replaced: the part of a word, number or path before the cursor, and for a path also what follows. */
  readonly replace?: Span;
  /** A detail that needs an evaluation. It is computed when the item is shown and nothing else waits. */
  readonly computed?: () => Outcome | undefined;
}

/** Files of the workspace, by URI, that paths may lead to. */
export interface KnownFiles {
  /** `extension` includes the dot. */
  filesWith(extension: '.moeplan' | '.json' | '.csv'): readonly string[];
}

export function snippet(label: string, insert: string, detail: string, order = 300): CompletionItem {
  return { label, kind: 'snippet', detail, insert, isSnippet: true, order };
}

/**
 * What an item with several words is matched against. A colon separates the words, because editors take what follows a
 * colon as the beginning of a word. A blank would not do: typing one after a word closes the list.
 */
export function anyOf(words: readonly string[]): string {
  return words.join(':');
}

/** Escapes text that a snippet inserts literally. */
export function escapeSnippet(text: string): string {
  return text.replace(/[$}\\]/g, '\\$&');
}
