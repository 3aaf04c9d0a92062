import { ErrorCodes, type Position, ResponseError } from 'vscode-languageserver';

/**
 * Reads the parameters of a request that is not the protocol's own. What is missing or of another kind ends the request
 * with `InvalidParams` and a sentence.
 */
export class Params {
  private readonly method: string;
  private readonly value: unknown;

  constructor(method: string, value: unknown) {
    this.method = method;
    this.value = value;
  }

  text(name: string): string {
    const value = fieldOf(this.value, name);
    return typeof value === 'string' ? value : this.refuse(name, 'a string');
  }

  optionalText(name: string): string | undefined {
    const value = fieldOf(this.value, name);
    return value === undefined || value === null ? undefined : this.text(name);
  }

  /** A list of strings; empty where it is left out. */
  texts(name: string): readonly string[] {
    const value = fieldOf(this.value, name) ?? [];
    return isTexts(value) ? value : this.refuse(name, 'a list of strings');
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = fieldOf(this.value, name);
    return (
      choices.find((choice) => choice === value) ??
      this.refuse(name, `one of ${choices.map((each) => `\`${each}\``).join(', ')}`)
    );
  }

  position(name: string): Position {
    const value = fieldOf(this.value, name);
    const [line, character] = [fieldOf(value, 'line'), fieldOf(value, 'character')];
    return isIndex(line) && isIndex(character)
      ? { line, character }
      : this.refuse(name, 'a position: `line` and `character`, both whole numbers from 0');
  }

  /** An object of finite numbers by name. */
  numbers(name: string): Readonly<Record<string, number>> {
    const value = fieldOf(this.value, name);
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
    if (!entries) return this.refuse(name, 'an object of numbers');
    return Object.fromEntries(
      entries.map(([key, each]: [string, unknown]) => [
        key,
        typeof each === 'number' && Number.isFinite(each) ? each : this.refuse(`${name}.${key}`, 'a number'),
      ]),
    );
  }

  /** An object of texts by name, null where there is no text; nothing where it is left out. */
  optionalTexts(name: string): ReadonlyMap<string, string | undefined> | undefined {
    const value = fieldOf(this.value, name);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object') return this.refuse(name, 'an object of texts');
    return new Map(
      Object.entries(value).map(([key, each]: [string, unknown]) => [
        key,
        each === null ? undefined : typeof each === 'string' ? each : this.refuse(`${name}.${key}`, 'a string or null'),
      ]),
    );
  }

  private refuse(name: string, expected: string): never {
    throw new ResponseError(ErrorCodes.InvalidParams, `${this.method}: \`${name}\` must be ${expected}`);
  }
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** A command of the editor as it tells of it; nothing for what is none. */
export function commandOf(value: unknown): { readonly command: string; readonly arguments?: unknown[] } | undefined {
  const [command, given] = [fieldOf(value, 'command'), fieldOf(value, 'arguments')];
  if (typeof command !== 'string') return undefined;
  return { command, ...(Array.isArray(given) && { arguments: given }) };
}

/** A field of any value at all; nothing where the value is no object or lacks it. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
