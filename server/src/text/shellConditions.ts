import type { ShellWord } from './shellWords.ts';

/** Whether a command succeeds; undefined where only running it tells. */
export type Status = boolean | undefined;

/** A branch of `if`: whether one before it was taken for sure, and whether this one is left out for sure. */
interface Branch {
  isTaken: boolean;
  isLeftOut: boolean;
}

/**
 * Follows `if`, `elif`, `else`, `&&` and `||` through a script. A branch whose condition is known not to hold is left out; where a
 * condition is not known all branches count, in their order.
 */
export class ShellConditions {
  private readonly branches: Branch[] = [];
  private status: Status;
  private link: '&&' | '||' | undefined;

  /** Whether what stands here is not run for sure. */
  get isLeftOut(): boolean {
    return (
      this.branches.some(({ isLeftOut }) => isLeftOut) ||
      (this.link === '&&' && this.status === false) ||
      (this.link === '||' && this.status === true)
    );
  }

  /** A word of the shell that begins a part of a compound command. */
  keyword(word: string): void {
    const branch = this.branches.at(-1);
    switch (word) {
      case 'if':
        this.branches.push({ isTaken: false, isLeftOut: false });
        this.status = undefined;
        break;
      case 'then':
        if (!branch) break;
        branch.isLeftOut ||= this.status === false;
        branch.isTaken ||= this.status === true;
        break;
      case 'elif':
      case 'else':
        if (branch) branch.isLeftOut = branch.isTaken;
        this.status = undefined;
        break;
    }
    this.link = undefined;
  }

  /** The end of an `if`. What it comes to is not known. */
  end(): void {
    this.branches.pop();
    this.status = undefined;
  }

  /** A command has ended with a separator: `;`, `&&`, a new line. One that was left out leaves what was known. */
  ended(words: readonly ShellWord[], wasLeftOut: boolean, separator: string): void {
    if (!wasLeftOut) this.status = words.length === 0 ? this.status : statusOf(words);
    this.link = separator === '&&' || separator === '||' ? separator : undefined;
  }
}

const NUMBERS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '-eq': (left, right) => left === right,
  '-ne': (left, right) => left !== right,
  '-gt': (left, right) => left > right,
  '-ge': (left, right) => left >= right,
  '-lt': (left, right) => left < right,
  '-le': (left, right) => left <= right,
};

/** Whether `[ ... ]`, `[[ ... ]]` or `test ...` holds, where it compares texts and numbers that are known. */
export function statusOf(words: readonly ShellWord[]): Status {
  const [first, ...rest] = words;
  if (first?.text === 'true' && rest.length === 0) return true;
  if (first?.text === 'false' && rest.length === 0) return false;
  const end = { '[': ']', '[[': ']]', test: undefined }[first?.text ?? ''];
  if (first?.text !== 'test' && (end === undefined || rest.pop()?.text !== end)) return undefined;
  const isNegated = rest[0]?.text === '!';
  const compared = isNegated ? rest.slice(1) : rest;
  // What nothing here sets may be set outside.
  if (compared.some(({ unset }) => unset.length > 0)) return undefined;
  const holds = comparison(compared.map(({ text }) => text));
  return holds === undefined ? undefined : holds !== isNegated;
}

function comparison(texts: readonly string[]): Status {
  const [left = '', operator = '', right = ''] = texts;
  if (texts.length === 2) return left === '-z' ? operator === '' : left === '-n' ? operator !== '' : undefined;
  if (texts.length !== 3 || /[*?[\]]/.test(right)) return undefined;
  if (operator === '=' || operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const isNumber = /^-?\d+$/.test(left) && /^-?\d+$/.test(right);
  return isNumber ? NUMBERS[operator]?.(Number(left), Number(right)) : undefined;
}
