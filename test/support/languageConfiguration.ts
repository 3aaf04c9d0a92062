import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

type Json = { readonly [key: string]: unknown };

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

/** What stands at a path of keys and indexes in a JSON value. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((from, key) => (isObject(from) ? from[key] : undefined), value);
}

/** A pattern as VS Code compiles it: of a text without any flags, of an object with the flags that it states. */
export function compile(pattern: unknown): RegExp {
  if (typeof pattern === 'string') return new RegExp(pattern);
  const [source, flags] = [at(pattern, 'pattern'), at(pattern, 'flags')];
  if (typeof source !== 'string') throw new Error(`no pattern: ${JSON.stringify(pattern)}`);
  return new RegExp(source, typeof flags === 'string' ? flags : '');
}

const configuration = read('syntaxes/language-configuration.json');

/** A regular expression of the language configuration, by where it stands. */
export function configured(...path: readonly (string | number)[]): RegExp {
  return compile(at(configuration, ...path));
}

/** Words of a line as VS Code finds them: it adds `g`, and keeps `u` where it is stated. */
export function wordsIn(line: string): readonly { readonly word: string; readonly start: number }[] {
  const { source, flags } = configured('wordPattern');
  return [...line.matchAll(new RegExp(source, `g${flags.replace('g', '')}`))].map((match) => ({
    word: match[0],
    start: match.index,
  }));
}

/** What double clicks and steps by words stop at. */
export function editorDefault(name: string): unknown {
  return at(read('package.json'), 'contributes', 'configurationDefaults', '[moeplan]', name);
}
