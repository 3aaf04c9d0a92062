import type { Unread } from '../language/source.ts';

/** Paths that lead nowhere and are remembered: while one is typed, each of its letters makes another. */
const MOST_MISSING = 1_000;

/** What reading a file gave: its text, why there is none, or nothing where there is no such file. */
export type Reading = { readonly text: string } | { readonly unread: Unread } | undefined;

/**
 * The text of a file as editors show and count it: without the mark (U+FEFF) that may stand first in it. A position behind
 * the mark would be one too far for an editor that is told it.
 */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Texts of files, and which files are not there or not read. The latter are forgotten again, the oldest first. */
export class KnownTexts {
  private readonly texts = new Map<string, string>();
  private readonly missing = new Map<string, Unread | undefined>();

  has(uri: string): boolean {
    return this.texts.has(uri) || this.missing.has(uri);
  }

  get(uri: string): string | undefined {
    return this.texts.get(uri);
  }

  /** Why a file that is there has no text. */
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
