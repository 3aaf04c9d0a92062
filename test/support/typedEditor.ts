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
  /** The list that it is in is asked for again with each letter of a word. */
  readonly asksAgain: boolean;
}

/** Items for a text and an offset; `trigger` is the character that opened the list, nothing where letters did. */
export type Provider = (text: string, offset: number, trigger: string | undefined) => readonly Offered[];

const PAIRS: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
  ['"', '"'],
]);

/** A list that is shown. */
interface List {
  readonly items: readonly Offered[];
  /** Where the word began in which it was asked for, or last filtered. */
  wordStart: number;
  /** The rows that match, as they were when the list was last filtered. */
  rows: readonly Offered[];
  /** Whether the row that has the focus changes the text, judged at the same time. */
  changes: boolean;
}

export interface TypedEditorOptions {
  /** Characters that open the list by themselves. */
  readonly triggers: readonly string[];
  /** How many keys are pressed before an answer arrives; meanwhile a list that is open stays as it is. */
  readonly late?: number;
}

/**
 * A person who types into VS Code, with its list of suggestions: when it opens by itself, what of it matches, when it is
 * not up to date, and what Enter does (SuggestModel and SuggestController of VS Code 1.139). Where VS Code ranks matches,
 * this takes any that is not what was typed, so it never sees less harm.
 */
export class TypedEditor {
  text: string;
  offset: number;
  private list: List | undefined;
  private asked: { readonly items: readonly Offered[]; readonly wordStart: number; keys: number } | undefined;
  private readonly provider: Provider;
  private readonly triggers: readonly string[];
  private readonly late: number;

  constructor(marked: string, provider: Provider, { triggers, late = 0 }: TypedEditorOptions) {
    this.offset = marked.indexOf('$0');
    this.text = marked.replace('$0', '');
    this.provider = provider;
    this.triggers = triggers;
    this.late = late;
  }

  type(characters: string): void {
    for (const character of characters) this.press(character);
  }

  /** What Enter does: the focused row is accepted where it changes the text, else the line is broken. */
  enter(): void {
    const { list } = this;
    this.list = undefined;
    this.asked = undefined;
    const focused = list && this.focusOf(list.rows);
    if (!focused || !list.changes) {
      this.insert('\n');
      return;
    }
    this.text = this.text.slice(0, focused.start) + plain(focused.insert) + this.text.slice(this.offset);
    this.offset = focused.start + plain(focused.insert).length;
  }

  /** Labels of the rows that are shown. */
  shown(): readonly string[] {
    return (this.list?.rows ?? []).map(({ label }) => label);
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
    if (this.asked) this.asked.keys++;
    if (this.triggers.includes(character)) this.ask(character);
    else if (!this.asked && this.list) {
      this.filter(this.list);
      // Until the answer is there, the list stays as it is.
      if (this.list?.items.some(({ asksAgain }) => asksAgain) && this.wordStart() !== undefined) this.ask(undefined);
    } else if (!this.asked && this.opensByItself()) this.ask(undefined);
    if (this.asked && this.asked.keys >= this.late) {
      const { items, wordStart } = this.asked;
      this.asked = undefined;
      this.list = { items, wordStart, rows: [], changes: false };
      this.filter(this.list);
    }
  }

  private insert(text: string): void {
    this.text = this.text.slice(0, this.offset) + text + this.text.slice(this.offset);
    this.offset += text.length;
  }

  private ask(trigger: string | undefined): void {
    const items = this.provider(this.text, this.offset, trigger);
    this.asked = { items, wordStart: this.wordStart() ?? this.offset, keys: 0 };
  }

  /** What matches what is typed by now. A number that is begun behind a list's own place leaves that as it was. */
  private filter(list: List): void {
    const start = this.wordStart();
    if (start !== undefined && start > list.wordStart) {
      if (!this.opensByItself()) return;
      list.wordStart = start;
    }
    list.rows = list.items.filter(({ filter, start: from }) => isMatch(this.text.slice(from, this.offset), filter));
    if (list.rows.length === 0) this.list = undefined;
    const focused = this.focusOf(list.rows);
    list.changes = focused !== undefined && this.wouldChange(focused);
  }

  /** The list opens at a word that is no number, outside of comments. */
  private opensByItself(): boolean {
    const { line, column, start } = this.line();
    if (/\/\//.test(line.slice(0, column))) return false;
    const word = wordsIn(line).find((each) => each.start < column && column <= each.start + each.word.length);
    if (!word || start < 0) return false;
    const isAtEnd = word.start + word.word.length === column || word.start + 1 === column;
    return isAtEnd && Number.isNaN(Number(word.word));
  }

  /** Where the word that ends at the cursor begins. */
  private wordStart(): number | undefined {
    const { line, column, start } = this.line();
    const word = wordsIn(line).find((each) => each.start < column && column <= each.start + each.word.length);
    return word && start + word.start;
  }

  private line(): { readonly line: string; readonly start: number; readonly column: number } {
    const start = this.text.lastIndexOf('\n', this.offset - 1) + 1;
    return { line: /^[^\n]*/.exec(this.text.slice(start))?.[0] ?? '', start, column: this.offset - start };
  }

  private quotesBefore(): number {
    const { line, column } = this.line();
    return line.slice(0, column).split('"').length - 1;
  }

  private focusOf(rows: readonly Offered[]): Offered | undefined {
    const sorted = rows.toSorted((left, right) => left.order - right.order || (left.label < right.label ? -1 : 1));
    // What was typed in full scores above all else.
    return sorted.find(({ filter, start }) => filter === this.text.slice(start, this.offset).trimStart()) ?? sorted[0];
  }

  private wouldChange({ insert, isSnippet, start }: Offered): boolean {
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
