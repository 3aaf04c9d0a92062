import type { Span } from '../../language/span.ts';
import type { Text } from '../../text/markdown.ts';

export interface CompletionItem {
  readonly label: string;
  readonly kind: 'keyword' | 'property' | 'value' | 'name' | 'unit' | 'snippet' | 'file';
  readonly detail: string;
  readonly doc?: Text;
  /** Text to insert; with `$1`, `$0` where `isSnippet`. */
  readonly insert: string;
  readonly isSnippet?: boolean;
  /** Smaller comes first. */
  readonly order: number;
  /** What typed text is matched against, where that is not the label. */
  readonly filter?: string;
  /** One of many that may be written: it stands for no text that is typed, so that Enter never puts it in place of that. */
  readonly isExample?: boolean;
  /** It ends where a value begins: the list of values is opened. */
  readonly opensList?: boolean;
  /** It goes where the word is typed in full, which no editor sees: the list is asked for again with each letter. */
  readonly asksAgain?: boolean;
  /** What is replaced: the part of a word, number or path in front of the cursor, and of a path what follows too. */
  readonly replace?: Span;
  /** A detail that needs an evaluation: whoever shows the item computes it when nothing else waits. */
  readonly computed?: () => string | undefined;
}

/** Files of the workspace that paths may lead to, by URI. */
export interface KnownFiles {
  /** `extension` with its dot. */
  filesWith(extension: '.moeplan' | '.json' | '.csv'): readonly string[];
}

export function snippet(label: string, insert: string, detail: string, order = 300): CompletionItem {
  return { label, kind: 'snippet', detail, insert, isSnippet: true, order };
}

/**
 * What an item is matched against where it answers to several words. A colon stands between them and no blank: one that is
 * typed behind a word closes the list, and editors count what follows a colon as the beginning of a word.
 */
export function anyOf(words: readonly string[]): string {
  return words.join(':');
}

/** Text that a snippet inserts as it stands. */
export function escapeSnippet(text: string): string {
  return text.replace(/[$}\\]/g, '\\$&');
}
