import type { Unread } from '../language/source.ts';

/** How many missing paths are remembered. While a path is typed, each letter makes another one. */
const MOST_MISSING = 1_000;

/** The result of reading a file: its text, or why there is none, or undefined where there is no such file. */
export type Reading = { readonly text: string } | { readonly unread: Unread } | undefined;

/**
 * The text of a file as editors show and count it, without the mark (U+FEFF) that may stand first. With the mark, every position
 * would be one too far for an editor.
 */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Texts of files, and which files are missing or were not read. The latter are forgotten again, the oldest first. */
export class KnownTexts {
  private readonly texts = new Map<string, string>();
  private readonly missing = new Map<string, Unread | undefined>();

  has(uri: string): boolean {
    return this.texts.has(uri) || this.missing.has(uri);
  }

  get(uri: string): string | undefined {
    return this.texts.get(uri);
  }

  /** Why an existing file has no text. */
  unread(uri: string): Unread | undefined {
    return this.missing.get(uri);
  }

  set(uri: string, reading: Reading): void {
    this.delete(uri);
    if (reading && 'text' in reading) {
      this.texts.set(uri, withoutMark(reading.text));
      return;
    }
    this.missing.set(uri, reading?.unread);
    const [oldest] = this.missing.keys();
    if (this.missing.size > MOST_MISSING && oldest !== undefined) this.missing.delete(oldest);
  }

  delete(uri: string): void {
    this.texts.delete(uri);
    this.missing.delete(uri);
  }

  clear(): void {
    this.texts.clear();
    this.missing.clear();
  }

  get size(): number {
    return this.texts.size + this.missing.size;
  }
}
