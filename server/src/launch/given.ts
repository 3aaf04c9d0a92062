import type { Argument } from '../engines/argument.ts';
import type { Arguments, Given, Json } from '../engines/launch.ts';
import { foldedName } from '../engines/launch.ts';
import type { Location } from '../language/span.ts';
import type { ShellWord } from '../text/shell.ts';
import { entriesOf, plainOf, type Tree } from './yaml.ts';

/** Arguments in a mapping of YAML, those in mappings of it by dotted names too. */
export function givenInTree(tree: Tree | undefined, uri: string, before = ''): readonly Given[] {
  return entriesOf(tree).flatMap(({ key, keySpan, value }): readonly Given[] => {
    const name = before + key;
    const place = { uri, span: { start: keySpan.start, end: Math.max(keySpan.end, value.span.end) } };
    const plain = plainOf(value);
    const given = { name, value: plain, place };
    if (value.kind === 'map') return [given, ...givenInTree(value, uri, `${name}.`)];
    return [{ ...given, value: parsed(plain) }, ...flattened(name, parsed(plain), place)];
  });
}

/** A value as Python, YAML or a shell writes it: numbers, `True`, quoted texts and lists. */
export function parsedValue(written: string): Json {
  const text = written.replace(/^(["'])([\s\S]*)\1$/, '$2');
  if (text !== written) return text;
  if (/^(?:True|true)$/.test(text)) return true;
  if (/^(?:False|false)$/.test(text)) return false;
  if (/^(?:None|null)$/.test(text)) return null;
  if (/^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text.replace(/_/g, ''));
  return parsed(text);
}

/** JSON in a text, as `--speculative-config` has it; the text itself where it is no JSON. */
function parsed(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    const json: Json = JSON.parse(value);
    return json;
  } catch {
    return value;
  }
}

/** What lies in a JSON object, by dotted names. */
function flattened(name: string, value: Json, place: Location): readonly Given[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    { name: `${name}.${key}`, value: inner, place },
    ...flattened(`${name}.${key}`, inner, place),
  ]);
}

/** Arguments of a command line, what is no flag among them, and what has no value here. */
export interface CommandLine {
  readonly given: readonly Given[];
  readonly positional: readonly Given[];
  /** Names of flags whose values hold variables that nothing sets. */
  readonly unset: readonly { readonly given: Given; readonly variables: readonly string[] }[];
}

/**
 * Reads the words behind a command. `argumentOf` knows which flags take no value; a flag that nobody knows takes the words behind
 * it up to the next flag.
 */
export function givenInWords(
  words: readonly ShellWord[],
  argumentOf: Arguments['argumentOf'],
  placeOf: (first: ShellWord, last: ShellWord) => Location,
): CommandLine {
  const given: Given[] = [];
  const positional: Given[] = [];
  const unset: { given: Given; variables: readonly string[] }[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word) break;
    if (!isFlag(word.text)) {
      const given = { name: 'model', value: word.text, place: placeOf(word, word) };
      if (word.unset.length > 0 && positional.length === 0) unset.push({ given, variables: word.unset });
      positional.push(given);
      continue;
    }
    const [, name = '', attached] = /^(--?[^=\s]+)(?:=([\s\S]*))?$/.exec(word.text) ?? [word.text, word.text];
    const values = attached === undefined ? valuesBehind(words, index, argumentOf(name).argument) : [];
    index += values.length;
    const place = placeOf(word, values.at(-1) ?? word);
    const value = attached ?? (values.length > 1 ? values.map(({ text }) => text) : (values[0]?.text ?? true));
    const json = parsed(value);
    const variables = [word, ...values].flatMap((part) => part.unset);
    const read = { name: name.replace(/^-+/, ''), value: json, place };
    if (variables.length > 0) unset.push({ given: read, variables });
    else given.push(read, ...flattened(read.name, json, place));
  }
  return { given, positional, unset };
}

/** A negative number is a value: `--chunked-prefill-size -1`. */
function isFlag(text: string): boolean {
  return /^--?[A-Za-z]/.test(text);
}

function valuesBehind(
  words: readonly ShellWord[],
  index: number,
  argument: Argument | undefined,
): readonly ShellWord[] {
  const values: ShellWord[] = [];
  for (let next = index + 1; next < words.length; next++) {
    const word = words[next];
    if (!word || isFlag(word.text)) break;
    if (argument?.kind === 'switch' && !/^(?:true|false)$/i.test(word.text)) break;
    values.push(word);
    if (argument && argument.kind !== 'text' && argument.kind !== 'integer') break;
  }
  return values;
}

/** Whether two names are the same argument's, whatever joins their words. */
export function isNamed(given: Given, name: string): boolean {
  return foldedName(given.name) === foldedName(name);
}
