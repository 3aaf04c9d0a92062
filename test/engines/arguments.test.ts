import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Argument, ArgumentTable } from '../../server/src/engines/argument.ts';
import { DYNAMO_ARGUMENTS } from '../../server/src/engines/dynamoArguments.ts';
import { ENVIRONMENT } from '../../server/src/engines/environment.ts';
import { MEGATRON_ARGUMENTS } from '../../server/src/engines/megatron/arguments.ts';
import { BRIDGE_ARGUMENTS } from '../../server/src/engines/megatron/bridgeArguments.ts';
import { SGLANG_ARGUMENTS } from '../../server/src/engines/sglang/arguments.ts';
import { TRT_LLM_ARGUMENTS } from '../../server/src/engines/trt-llm/arguments.ts';
import { VLLM_ARGUMENTS } from '../../server/src/engines/vllm/arguments.ts';

/** Tables of arguments as data: what the engines' parsers declare, and that names of real launches are in them. */

const TABLES: Readonly<Record<string, readonly ArgumentTable[]>> = {
  vllm: [VLLM_ARGUMENTS],
  sglang: [SGLANG_ARGUMENTS],
  'trt-llm': [TRT_LLM_ARGUMENTS],
  megatron: [MEGATRON_ARGUMENTS],
  'megatron-bridge': [BRIDGE_ARGUMENTS],
  dynamo: [DYNAMO_ARGUMENTS],
  environment: [ENVIRONMENT],
};

/** Names of arguments that public launches of each engine give, without their values. */
const USED: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('../fixtures/launch/flag-names.json', import.meta.url), 'utf8'),
);

/** The argument of a name; the longest row that ends in `*` where none has it. */
function argumentNamed(name: string, tables: readonly ArgumentTable[]): Argument | undefined {
  const rows = tables.flatMap((table) => table.arguments);
  const exact = rows.find((row) => row.name === name || row.aliases.includes(name));
  const covering = rows.filter((row) => row.name.endsWith('*') && name.startsWith(row.name.slice(0, -1)));
  return exact ?? covering.toSorted((a, b) => b.name.length - a.name.length)[0];
}

describe.each(Object.entries(TABLES))('the arguments of %s', (engine, tables) => {
  const rows = tables.flatMap((table) => table.arguments);

  test('have no name twice', () => {
    const names = rows.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  test('say what they do to memory or time where a plan has no word for it, and nowhere else', () => {
    expect(rows.filter(({ concern, note }) => (concern === 'beyond') !== (note !== undefined))).toEqual([]);
  });

  test('say where they were read', () => {
    for (const { source } of tables) expect(source).toMatch(/\d.*\.py|\.md/s);
  });

  test('are written as the engine writes them', () => {
    const names = rows.map(({ name }) => name);
    expect(names.filter((name) => !/^[\w.-]+\*?$/.test(name) || name.startsWith('-'))).toEqual([]);
    const short = rows.flatMap(({ aliases }) => aliases.filter((alias) => alias.startsWith('-')));
    expect(short.filter((alias) => !/^-[a-zA-Z][\w-]*$/.test(alias))).toEqual([]);
  });

  test('take text where they have choices, or whole numbers', () => {
    for (const { name, kind, choices } of rows) {
      if (choices === undefined) continue;
      expect(choices.length, name).toBeGreaterThan(0);
      expect(['text', 'integer'], name).toContain(kind);
      expect(new Set(choices).size, name).toBe(choices.length);
    }
  });

  test('are all that public launches give', () => {
    const names = USED[engine] ?? [];
    expect(names.length).toBeGreaterThan(10);
    const known = (name: string) => argumentNamed(name, tables) ?? negated(name, tables);
    expect(names.filter((name) => !known(name))).toEqual([]);
  });
});

/** `--no-enable-prefix-caching`: a switch turned off. */
function negated(name: string, tables: readonly ArgumentTable[]): Argument | undefined {
  if (!name.startsWith('no-')) return undefined;
  const row = argumentNamed(name.slice('no-'.length), tables);
  return row?.kind === 'switch' ? row : undefined;
}
