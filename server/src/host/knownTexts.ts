/** Paths that lead nowhere and are remembered: while one is typed, each of its letters makes another. */
const MOST_MISSING = 1_000;

/** Texts of files, and which files are not there. The latter are forgotten again, the oldest first. */
export class KnownTexts {
  private readonly texts = new Map<string, string>();
  private readonly missing = new Set<string>();

  has(uri: string): boolean {
    return this.texts.has(uri) || this.missing.has(uri);
  }

  get(uri: string): string | undefined {
    return this.texts.get(uri);
  }

  set(uri: string, text: string | undefined): void {
    this.delete(uri);
    if (text !== undefined) {
      this.texts.set(uri, text);
      return;
    }
    this.missing.add(uri);
    const [oldest] = this.missing;
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
