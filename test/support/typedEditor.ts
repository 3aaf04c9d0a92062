import { editorDefault, wordsIn } from './languageConfiguration.ts';

/** A row of the list, as an editor gets it. */
export interface Offered {
  readonly label: string;
  /** What the typed text is matched against. */
  readonly filter: string;
  readonly order: number;
  readonly insert: string;
  readonly isSnippet: boolean;
  /** Where the text that it replaces begins. */
  readonly start: number;
}

/** Items for a text and an offset; `trigger` is the character that opened the list, nothing where letters did. */
export type Provider = (text: string, offset: number, trigger: string | undefined) => readonly Offered[];

const PAIRS: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
  ['"', '"'],
]);

/**
 * A person who types into VS Code, with its list of suggestions: when it opens by itself, what of it matches, and what
 * Enter does. Where VS Code ranks matches, this takes any that is not what was typed, so it never sees less harm.
 */
export class TypedEditor {
  text: string;
  offset: number;
  private list: readonly Offered[] | undefined;
  private readonly provider: Provider;
  private readonly triggers: readonly string[];

  constructor(marked: string, provider: Provider, triggers: readonly string[]) {
    this.offset = marked.indexOf('$0');
    this.text = marked.replace('$0', '');
    this.provider = provider;
    this.triggers = triggers;
  }

  type(characters: string): void {
    for (const character of characters) this.press(character);
  }

  /** What Enter does: the focused row is accepted where it changes the text, else the line is broken. */
  enter(): void {
    const focused = this.focused();
    this.list = undefined;
    if (!focused || !this.changes(focused)) {
      this.insert('\n');
      return;
    }
    this.text = this.text.slice(0, focused.start) + plain(focused.insert) + this.text.slice(this.offset);
    this.offset = focused.start + plain(focused.insert).length;
  }

  /** Labels of the rows that are shown. */
  shown(): readonly string[] {
    return this.matches().map(({ label }) => label);
  }

  private press(character: string): void {
    const next = this.text[this.offset] ?? '';
    if ('])}"'.includes(character) && next === character) this.offset++;
    else {
      this.insert(character);
      const closing = PAIRS.get(character);
      // Quotes inside of a text close it and open none.
      if (closing && /^[\s\]})]?$/.test(next) && !(character === '"' && this.quotesBefore() % 2 === 0))
        this.text = this.text.slice(0, this.offset) + closing + this.text.slice(this.offset);
    }
    if (this.triggers.includes(character)) this.ask(character);
    else if (!this.list) this.askForWord();
    else if (this.matches().length === 0) this.list = undefined;
  }

  private insert(text: string): void {
    this.text = this.text.slice(0, this.offset) + text + this.text.slice(this.offset);
    this.offset += text.length;
  }

  private ask(trigger: string | undefined): void {
    const found = this.provider(this.text, this.offset, trigger);
    this.list = found.length > 0 ? found : undefined;
  }

  /** The list opens while a word is typed that is no number, outside of comments. */
  private askForWord(): void {
    const lineStart = this.text.lastIndexOf('\n', this.offset - 1) + 1;
    const line = this.text.slice(lineStart, this.offset);
    if (/\/\//.test(line)) return;
    const rest = /^[^\n]*/.exec(this.text.slice(lineStart))?.[0] ?? '';
    const column = line.length;
    const word = wordsIn(rest).find(({ word: text, start }) => start < column && column <= start + text.length);
    if (!word || (word.start + word.word.length !== column && word.start + 1 !== column)) return;
    if (Number.isNaN(Number(word.word))) this.ask(undefined);
  }

  private quotesBefore(): number {
    const lineStart = this.text.lastIndexOf('\n', this.offset - 1) + 1;
    return this.text.slice(lineStart, this.offset).split('"').length - 1;
  }

  private matches(): readonly Offered[] {
    return (this.list ?? []).filter(({ filter, start }) => isMatch(this.text.slice(start, this.offset), filter));
  }

  private focused(): Offered | undefined {
    const found = this.matches().toSorted(
      (left, right) => left.order - right.order || (left.label < right.label ? -1 : 1),
    );
    // What was typed in full scores above all else.
    return found.find(({ filter, start }) => filter === this.text.slice(start, this.offset)) ?? found[0];
  }

  private changes({ insert, isSnippet, start }: Offered): boolean {
    const isSmart = editorDefault('editor.acceptSuggestionOnEnter') === 'smart';
    return !isSmart || isSnippet || insert !== this.text.slice(start, this.offset);
  }
}

/** Letters in their order, whatever lies between; two that were swapped are forgiven in longer words. */
function isMatch(typed: string, filter: string): boolean {
  const word = typed.replace(/^[ \t]+/, '').toLowerCase();
  const variants = [word];
  if (word.length >= 3)
    for (let at = 0; at + 1 < Math.min(word.length, 8); at++)
      variants.push(word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2));
  return variants.some((variant) => isSubsequence(variant, filter.toLowerCase()));
}

function isSubsequence(part: string, whole: string): boolean {
  let from = 0;
  for (const letter of part) {
    const found = whole.indexOf(letter, from);
    if (found < 0) return false;
    from = found + 1;
  }
  return true;
}

/** A snippet with its placeholders as they are inserted. */
function plain(snippet: string): string {
  return snippet
    .replace(/\$\{\d+\|([^,|]*)[^}]*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replace(/\\([$}\\])/g, '$1');
}
