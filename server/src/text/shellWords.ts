import { calculate, closing } from './shellArithmetic.ts';

/** A word of a command after quotes and variables, and where it stands. */
export interface ShellWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Names of variables in it that have no value here. */
  readonly unset: readonly string[];
}

/** A piece of a word. Only what an unquoted variable holds is split at blanks. */
interface Piece {
  readonly text: string;
  readonly splits: boolean;
}

/** A word before it is split: several ones where an array stands in it. */
export interface RawWord {
  readonly pieces: Piece[];
  readonly start: number;
  end: number;
  readonly unset: string[];
  isQuoted: boolean;
  /** Words of an array that stands alone in the word. */
  array?: readonly ShellWord[];
}

const MOST_EXPANDED = 1 << 20;

/** Values in braces that stand in each other. */
const MOST_NESTED = 16;

/** Reads words of a shell, from `at` on. */
export class ShellWords {
  protected readonly text: string;
  protected readonly variables: Map<string, string>;
  protected readonly arrays = new Map<string, readonly ShellWord[]>();
  protected at = 0;
  private expanded = 0;
  private readonly depth: number;

  constructor(text: string, environment: ReadonlyMap<string, string>, depth = 0) {
    this.text = text;
    this.variables = new Map(environment);
    this.depth = depth;
  }

  /** Passes over blanks, comments and lines that go on. */
  protected blanks(): void {
    for (;;) {
      const character = this.text[this.at];
      if (character === ' ' || character === '\t' || character === '\r') this.at++;
      else if (character === '\\' && /^\\\r?\n/.test(this.text.slice(this.at, this.at + 3)))
        this.at = this.text.indexOf('\n', this.at) + 1;
      else if (character === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  /** A text as it would be in double quotes. */
  protected expandedText(line: string): string {
    if (this.depth >= MOST_NESTED) return line;
    const inner = new ShellWords(`"${line.replace(/"/g, '\\"')}"`, this.variables, this.depth + 1);
    return inner
      .word()
      .pieces.map(({ text }) => text)
      .join('');
  }

  /** Reads one word, with its quotes and variables. Empty where none stands here. */
  word(): RawWord {
    const word: RawWord = { pieces: [], start: this.at, end: this.at, unset: [], isQuoted: false };
    while (this.at < this.text.length && this.part(word, /[\s;|&<>()]/));
    // What is not closed ends with the text.
    this.at = Math.min(this.at, this.text.length);
    word.end = this.at;
    return word;
  }

  /** Reads a part of a word. False where the word ends, which is at one of the characters. */
  private part(word: RawWord, ends: RegExp): boolean {
    const character = this.text[this.at] ?? '';
    switch (character) {
      case "'":
        this.quoted(word);
        return true;
      case '"':
        word.isQuoted = true;
        this.at++;
        while (this.at < this.text.length && this.text[this.at] !== '"') this.inDoubleQuotes(word);
        this.at++;
        return true;
      case '\\': {
        const next = this.text[this.at + 1] ?? '';
        this.at += 2;
        if (next === '\r' && this.text[this.at] === '\n') this.at++;
        else if (next !== '\n') word.pieces.push({ text: next, splits: false });
        return true;
      }
      case '$':
        this.variable(word, true);
        return true;
      case '`':
        this.program(word, '`');
        return true;
      default: {
        if (ends.test(character)) return false;
        const [run = character] = /^[^\s'"\\$`;|&<>()]+/.exec(this.text.slice(this.at)) ?? [];
        word.pieces.push({ text: run, splits: false });
        this.at += run.length;
        return true;
      }
    }
  }

  private quoted(word: RawWord): void {
    const end = this.text.indexOf("'", this.at + 1);
    const stop = end < 0 ? this.text.length : end;
    word.pieces.push({ text: this.text.slice(this.at + 1, stop), splits: false });
    word.isQuoted = true;
    this.at = stop + 1;
  }

  private inDoubleQuotes(word: RawWord): void {
    const character = this.text[this.at] ?? '';
    if (character === '$') this.variable(word, false);
    else if (character === '`') this.program(word, '`');
    else if (character === '\\' && /[$`"\\\n]/.test(this.text[this.at + 1] ?? '')) {
      const next = this.text[this.at + 1] ?? '';
      if (next !== '\n') word.pieces.push({ text: next, splits: false });
      this.at += 2;
    } else {
      const [run = character] = /^[^"$`\\]+/.exec(this.text.slice(this.at)) ?? [];
      word.pieces.push({ text: run, splits: false });
      this.at += run.length;
    }
  }

  /** What a program prints is not known. */
  private program(word: RawWord, end: string): void {
    const stop = this.text.indexOf(end, this.at + 1);
    word.unset.push(this.text.slice(this.at, stop < 0 ? this.text.length : stop + 1));
    this.at = stop < 0 ? this.text.length : stop + 1;
  }

  /** Reads `$NAME`, `${NAME...}`, `$((...))` or `$(...)`. */
  private variable(word: RawWord, splits: boolean): void {
    const rest = this.text.slice(this.at, this.at + 3);
    if (rest.startsWith('$((')) this.arithmetic(word);
    else if (rest.startsWith('${')) this.braced(word, splits);
    else if (rest.startsWith('$(')) {
      const end = closing(this.text, this.at + 1);
      word.unset.push(this.text.slice(this.at, end));
      this.at = end;
    } else {
      const [whole = '$', name] = /^\$(\w+|[@*#?$!-])/.exec(this.text.slice(this.at, this.at + 200)) ?? [];
      this.at += whole.length;
      if (name === undefined) word.pieces.push({ text: whole, splits: false });
      else this.add(word, name, this.variables.get(name), splits);
    }
  }

  private braced(word: RawWord, splits: boolean): void {
    const end = closing(this.text, this.at + 1);
    const inside = this.text.slice(this.at + 2, end - 1);
    this.at = end;
    const array = /^(\w+)\[[@*]\]$/.exec(inside)?.[1];
    if (array !== undefined) {
      const items = this.arrays.get(array);
      if (items) word.array = items;
      else word.unset.push(array);
      return;
    }
    const [, name = '', operator = '', other = ''] = /^(\w+)(?:(:?[-=+?]|%%?|##?|\/\/?)([\s\S]*))?$/.exec(inside) ?? [];
    const value = this.variables.get(name);
    const isAbsent = value === undefined || (operator.startsWith(':') && value === '');
    if (/^:?[-=]$/.test(operator) && isAbsent) this.add(word, name, this.expandedText(other), splits);
    else if (/^:?\+$/.test(operator)) this.add(word, name, isAbsent ? '' : this.expandedText(other), splits);
    else this.add(word, name === '' ? inside : name, value, splits);
  }

  private arithmetic(word: RawWord): void {
    const end = closing(this.text, this.at + 1);
    const inside = this.text.slice(this.at + 3, end - 2);
    this.at = end;
    const result = calculate(inside, (name) => this.variables.get(name));
    if ('unset' in result) word.unset.push(...result.unset);
    else word.pieces.push({ text: String(result.value), splits: false });
  }

  private add(word: RawWord, name: string, value: string | undefined, splits: boolean): void {
    this.expanded += value?.length ?? 0;
    // Variables that hold each other twice would double with every line.
    if (value === undefined || this.expanded > MOST_EXPANDED) word.unset.push(name);
    else word.pieces.push({ text: value, splits });
  }

  /** Splits unquoted variables at blanks, as a shell does. */
  protected split({ pieces, start, end, unset, isQuoted, array }: RawWord): readonly ShellWord[] {
    if (array) return array;
    const words: string[] = [];
    let open: string | undefined;
    for (const { text, splits } of pieces) {
      const parts = splits ? text.split(/\s+/) : [text];
      for (const [index, part] of parts.entries()) {
        if (index > 0) {
          if (open) words.push(open);
          open = undefined;
        }
        if (part !== '' || !splits) open = (open ?? '') + part;
      }
    }
    if (open !== undefined) words.push(open);
    if (words.length === 0 && (isQuoted || unset.length > 0)) words.push('');
    return words.map((text) => ({ text, start, end, unset }));
  }
}
