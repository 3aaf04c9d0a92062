import { ShellConditions } from './shellConditions.ts';
import { type ShellWord, ShellWords } from './shellWords.ts';

export type { ShellWord };

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** Variables set for this command alone or exported before it. */
  readonly environment: ReadonlyMap<string, ShellWord>;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** Files that the script writes from here-documents (`cat > FILE <<EOF`) or by `echo`, by the name written. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads a file that a script takes in by `source`. Undefined where it is not there. */
export type Sourced = (path: string) => string | undefined;

/**
 * Reads a script of a POSIX shell with bash's arrays, and runs nothing. Commands stand in their order; those behind a condition that
 * is known not to hold are left out. Variables have the values that the script, what it sources or `environment` gives them; those of programs (`$(...)`)
 * have none.
 */
export function readShell(
  text: string,
  environment: ReadonlyMap<string, string> = new Map(),
  sourced: Sourced = () => undefined,
): ShellScript {
  return new ShellReader(text, environment, sourced).read();
}

/** Files that a script takes in, those that they take in included. */
const MOST_SOURCED = 20;

/** Words that begin or end a compound command. The command follows them. */
const KEYWORDS: ReadonlySet<string> = new Set(['if', 'then', 'else', 'elif', 'do', 'while', 'until', '{', '!', '(']);
const ENDS: ReadonlySet<string> = new Set(['fi', 'done', '}', ')', 'esac', ';;']);

interface HereDocument {
  readonly end: string;
  readonly isLiteral: boolean;
  readonly stripsTabs: boolean;
  readonly file: string | undefined;
}

class ShellReader extends ShellWords {
  private readonly exported = new Map<string, ShellWord>();
  private readonly commands: ShellCommand[] = [];
  private readonly files = new Map<string, string>();
  private waiting: HereDocument[] = [];
  private readonly conditions = new ShellConditions();
  private readonly sourced: Sourced;
  /** How many more may be taken in, by all that take part. */
  private readonly left: { count: number };

  constructor(
    text: string,
    environment: ReadonlyMap<string, string>,
    sourced: Sourced,
    left: { count: number } = { count: MOST_SOURCED },
  ) {
    super(text, environment);
    this.sourced = sourced;
    this.left = left;
  }

  read(): ShellScript {
    while (this.at < this.text.length) this.command();
    return { commands: this.commands, files: this.files };
  }

  /** Reads up to the end of a command. */
  private command(): void {
    const words: ShellWord[] = [];
    const own = new Map(this.exported);
    let target: string | undefined;
    let separator = '';
    for (;;) {
      this.blanks();
      const character = this.text[this.at];
      if (character === undefined) break;
      if (character === '\n') {
        this.at++;
        this.hereDocuments();
        break;
      }
      if (/[;|&)]/.test(character) || (character === '(' && words.length === 0)) {
        // `&>` sends output away and ends nothing.
        if (character === '&' && this.text[this.at + 1] === '>') this.at++;
        else {
          separator = /^(?:&&|\|\||.)/.exec(this.text.slice(this.at, this.at + 2))?.[0] ?? '';
          this.at += separator.length;
          break;
        }
      }
      const redirection = /^(?:\d*)(<<-?|[<>]>?\|?&?)/.exec(this.text.slice(this.at, this.at + 8));
      if (redirection) {
        target = this.redirect(redirection[0], redirection[1] ?? '', target);
        continue;
      }
      if (words.length === 0 && this.assignment(own)) continue;
      const word = this.word();
      if (word.end === word.start) {
        this.at++;
        continue;
      }
      words.push(...this.split(word));
      const [first] = words;
      if (first && words.length === 1 && KEYWORDS.has(first.text) && !word.isQuoted) {
        this.conditions.keyword(first.text);
        words.length = 0;
      }
    }
    const isLeftOut = this.conditions.isLeftOut;
    if (words[0]?.text === 'fi') this.conditions.end();
    else if (!isLeftOut) this.finish(words, own, target);
    this.conditions.ended(words, isLeftOut, separator);
  }

  private finish(words: readonly ShellWord[], own: ReadonlyMap<string, ShellWord>, target: string | undefined): void {
    const [first] = words;
    if (!first || ENDS.has(first.text)) {
      // Variables that stand alone hold for what follows.
      for (const [name, word] of own) this.set(name, word);
      return;
    }
    if (/^(?:export|declare|local|readonly|typeset)$/.test(first.text)) {
      for (const word of words.slice(1)) {
        const [, name, value] = /^(\w+)=([\s\S]*)$/.exec(word.text) ?? [];
        if (name === undefined || value === undefined) {
          this.export(word);
          continue;
        }
        this.set(name, { ...word, text: value });
        this.exported.set(name, { ...word, text: value });
      }
      return;
    }
    if (/^(?:source|\.)$/.test(first.text)) this.takeIn(words);
    if (target !== undefined && /^(?:echo|printf)$/.test(first.text)) this.files.set(target, printed(words));
    this.commands.push({ words, environment: own });
  }

  /** `export NAME` of a variable that has its value already. */
  private export(word: ShellWord): void {
    const value = this.variables.get(word.text);
    if (value !== undefined) this.exported.set(word.text, { ...word, text: value });
  }

  /** What another script sets holds for this one, too. It stands where this one names it. */
  private takeIn([first, path]: readonly ShellWord[]): void {
    const text = path && path.unset.length === 0 && this.left.count > 0 ? this.sourced(path.text) : undefined;
    if (text === undefined || !first || !path) return;
    this.left.count--;
    const inner = new ShellReader(text, this.variables, this.sourced, this.left);
    inner.read();
    for (const [name, value] of inner.variables) this.variables.set(name, value);
    for (const [name, value] of inner.arrays) this.arrays.set(name, value);
    for (const [name, word] of inner.exported) this.exported.set(name, { ...word, start: first.start, end: path.end });
  }

  private set(name: string, word: ShellWord): void {
    if (this.conditions.isLeftOut) return;
    if (word.unset.length > 0) this.variables.delete(name);
    else this.variables.set(name, word.text);
  }

  /** Reads where output goes or input comes from. Returns the file that the command writes. */
  private redirect(whole: string, operator: string, target: string | undefined): string | undefined {
    this.at += whole.length;
    this.blanks();
    const word = this.word();
    const text = word.pieces.map((piece) => piece.text).join('');
    if (operator.startsWith('<<') && this.text[this.at] !== '<') {
      this.waiting.push({ end: text, isLiteral: word.isQuoted, stripsTabs: operator === '<<-', file: target });
      return target;
    }
    if (!operator.startsWith('>') || operator.endsWith('&')) return target;
    // The file may be named behind the here-document that it gets.
    this.waiting = this.waiting.map((document) => ({ ...document, file: document.file ?? text }));
    return text;
  }

  /** Reads the texts of here-documents that were named in the line above. */
  private hereDocuments(): void {
    for (const { end, isLiteral, stripsTabs, file } of this.waiting) {
      const lines: string[] = [];
      while (this.at < this.text.length) {
        const stop = this.text.indexOf('\n', this.at);
        const line = this.text.slice(this.at, stop < 0 ? this.text.length : stop).replace(/\r$/, '');
        this.at = stop < 0 ? this.text.length : stop + 1;
        const read = stripsTabs ? line.replace(/^\t+/, '') : line;
        if (read === end) break;
        lines.push(isLiteral ? read : this.expandedText(read));
      }
      if (file !== undefined && !this.conditions.isLeftOut) this.files.set(file, `${lines.join('\n')}\n`);
    }
    this.waiting = [];
  }

  /** Reads `NAME=value`, `NAME+=value` or an array. False where none stands here. */
  private assignment(own: Map<string, ShellWord>): boolean {
    const found = /^([A-Za-z_]\w*)(\+?=)/.exec(this.text.slice(this.at, this.at + 200));
    const [whole, name, operator] = found ?? [];
    if (whole === undefined || name === undefined) return false;
    const start = this.at;
    this.at += whole.length;
    if (this.text[this.at] === '(') {
      this.at++;
      const items = this.arrayItems();
      if (this.conditions.isLeftOut) return true;
      this.arrays.set(name, operator === '+=' ? [...(this.arrays.get(name) ?? []), ...items] : items);
      return true;
    }
    const word = this.word();
    const text = word.pieces.map((piece) => piece.text).join('');
    const before = operator === '+=' ? (this.variables.get(name) ?? '') : '';
    const value = { text: before + text, start, end: word.end, unset: word.unset };
    own.set(name, value);
    // Words behind it may name it: `TP=8 DP=$TP`.
    this.set(name, value);
    return true;
  }

  private arrayItems(): readonly ShellWord[] {
    const items: ShellWord[] = [];
    for (;;) {
      this.blanks();
      const character = this.text[this.at];
      if (character === undefined) return items;
      this.at += character === '\n' || character === ')' ? 1 : 0;
      if (character === ')') return items;
      if (character === '\n') continue;
      const before = this.at;
      items.push(...this.split(this.word()));
      if (this.at === before) this.at++;
    }
  }
}

/** What `echo` or `printf` writes. */
function printed(words: readonly ShellWord[]): string {
  const options = words.slice(1).findIndex(({ text }) => !/^-[neE]+$/.test(text));
  const [command] = words;
  const escapes = command?.text === 'printf' || words.slice(1).some(({ text }) => /^-n?e/.test(text));
  const text = words
    .slice(1 + Math.max(0, options))
    .map((word) => word.text)
    .join(' ');
  return `${escapes ? text.replace(/\\n/g, '\n').replace(/\\t/g, '\t') : text}\n`;
}
