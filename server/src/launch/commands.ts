import { Arguments, type EngineLaunch, type Given, type LaunchNote } from '../engines/launch.ts';
import type { Location } from '../language/span.ts';
import type { EngineName } from '../language/vocabulary/engine.ts';
import type { PoolRole } from '../plan/deployment.ts';
import { readShell, type ShellCommand, type ShellWord } from '../text/shell.ts';
import { givenInTree, givenInWords } from './given.ts';
import type { ReadBeside, Worker } from './launch.ts';
import { LAUNCHED } from './launched.ts';
import { readYaml } from './yaml.ts';

/** A command of an engine that was found in a script. */
export interface EngineCommand {
  readonly engine: EngineName;
  readonly launch: EngineLaunch;
  readonly version?: string;
  readonly given: readonly Given[];
  readonly models: readonly Given[];
  readonly environment: ReadonlyMap<string, Given>;
  readonly notes: readonly LaunchNote[];
  readonly place: Location;
  /** What the command's own words or wrapper say of its part in a disaggregated deployment. */
  readonly role: PoolRole | undefined;
}

/** Where a stretch of the script stands in its file. */
export type Locate = (start: number, end: number) => Location;

/** All commands of a script that start an engine, in their order. */
export function engineCommands(
  text: string,
  locate: Locate,
  beside: ReadBeside,
  variables: ReadonlyMap<string, string> = new Map(),
  depth = 0,
): readonly EngineCommand[] {
  const script = readShell(text, variables);
  const read: ReadBeside = (path) => {
    const name = path.replace(/^\.\//, '');
    const written = script.files.get(path) ?? script.files.get(name);
    return written === undefined ? beside(path) : { uri: locate(0, 0).uri, text: written };
  };
  return script.commands.flatMap((command) => commandOf(command, locate, read, depth));
}

function commandOf(command: ShellCommand, locate: Locate, beside: ReadBeside, depth: number): readonly EngineCommand[] {
  const { words } = command;
  const shell = words.findIndex(({ text }) => /(?:^|\/)(?:ba|z|da)?sh$/.test(text));
  const inner = shell >= 0 && /^-\w*c$/.test(words[shell + 1]?.text ?? '') ? words[shell + 2] : undefined;
  if (inner && depth < 4) return engineCommands(inner.text, within(inner, locate), beside, new Map(), depth + 1);
  // `echo` and `pgrep` name a command without starting it.
  if (/^(?:echo|printf|pgrep|pkill|grep|pip3?|which)$/.test(words[0]?.text ?? '')) return [];
  for (const [engine, launch] of LAUNCHED) {
    for (const start of launch.starters) {
      const first = words.findIndex((_, index) =>
        start.every((pattern, ahead) => pattern.test(words[index + ahead]?.text ?? '')),
      );
      if (first >= 0) return read({ engine, launch, first, behind: first + start.length }, command, locate, beside);
    }
    const image = words.findIndex(({ text }) => launch.image?.test(text));
    if (image > 0 && /^-/.test(words[image + 1]?.text ?? ''))
      return read({ engine, launch, first: image, behind: image + 1 }, command, locate, beside);
  }
  return [];
}

/** A script in quotes stands in the word that holds it. Where inside it is not kept, since quotes change lengths. */
function within(word: ShellWord, locate: Locate): Locate {
  return () => locate(word.start, word.end);
}

/** Where among the words of a command its start was found. */
interface Start {
  readonly engine: EngineName;
  readonly launch: EngineLaunch;
  readonly first: number;
  readonly behind: number;
}

function read(
  { engine, launch, first, behind }: Start,
  { words, environment }: ShellCommand,
  locate: Locate,
  beside: ReadBeside,
): readonly EngineCommand[] {
  const empty = new Arguments(launch.table, []);
  const line = givenInWords(
    words.slice(behind),
    (name) => empty.argumentOf(name),
    (from, to) => locate(from.start, to.end),
  );
  const version = versionOf(words.slice(0, behind).map(({ text }) => text));
  const unset = line.unset.filter(({ given }) => launch.namesModelFirst || !line.positional.includes(given));
  const notes = unset.map(
    ({ given, variables }): LaunchNote => ({
      kind: 'not-understood',
      message: `\`${given.name}\` depends on ${[...new Set(variables)].map((name) => `\`${name}\``).join(', ')}, which nothing here sets`,
      place: given.place,
    }),
  );
  const given = withFiles(line.given, beside, notes);
  const [start, end] = [words[first]?.start ?? 0, words[behind - 1]?.end ?? 0];
  return [
    {
      engine,
      launch,
      ...(version !== undefined && { version }),
      given,
      models: line.positional.slice(0, launch.namesModelFirst ? 1 : 0),
      environment: new Map(
        [...environment].map(([name, word]) => [name, { name, value: word.text, place: locate(word.start, word.end) }]),
      ),
      notes,
      place: locate(start, end),
      role: roleOf(given),
    },
  ];
}

/** Flags that name a file with further arguments. Those of the file come first or last, as the engine has it. */
const FILES: readonly { readonly flag: RegExp; readonly wins: boolean }[] = [
  { flag: /^config$/, wins: false },
  { flag: /^(?:extra[-_]llm[-_]api[-_]options|extra[-_]engine[-_]args|config[-_]file)$/, wins: true },
];

function withFiles(given: readonly Given[], beside: ReadBeside, notes: LaunchNote[]): readonly Given[] {
  const before: Given[] = [];
  const after: Given[] = [];
  for (const argument of given) {
    const found = FILES.find(({ flag }) => flag.test(argument.name));
    if (!found || typeof argument.value !== 'string') continue;
    const file = beside(argument.value);
    if (!file) {
      notes.push({
        kind: 'not-understood',
        message: `\`${argument.value}\` is not found, so that what it says is left out`,
        place: argument.place,
      });
      continue;
    }
    const [tree] = readYaml(file.text).documents;
    (found.wins ? after : before).push(...givenInTree(tree, file.uri));
  }
  return [...before, ...given, ...after];
}

/** Images of engines, whose tags are releases. Those of Dynamo have releases of its own. */
const IMAGE_OF_ENGINE =
  /(?:^|\/)(?:vllm-openai(?:-rocm)?|lmsysorg\/sglang|tensorrt-llm\/release):v?(\d+\.\d+(?:\.\d+)?(?:rc\d+|\.post\d+)?)/;

/** The release in the tag of an image: `vllm/vllm-openai:v0.22.0`. */
export function versionOf(words: readonly string[]): string | undefined {
  for (const word of words) {
    const tag = IMAGE_OF_ENGINE.exec(word)?.[1];
    if (tag !== undefined) return tag;
  }
  return undefined;
}

function roleOf(given: readonly Given[]): PoolRole | undefined {
  for (const { name, value } of given) {
    if (/^disaggregation[-_]mode$/.test(name) && (value === 'prefill' || value === 'decode')) return value;
    if (/^is[-_]prefill[-_]worker$/.test(name) && value !== false) return 'prefill';
    if (/^is[-_]decode[-_]worker$/.test(name) && value !== false) return 'decode';
  }
  return undefined;
}

/** A worker for a command that stands by itself. */
export function workerOf({ engine, version, given, models, environment, place, role }: EngineCommand): Worker {
  return {
    engine,
    ...(version !== undefined && { version }),
    role: role ?? 'both',
    given,
    environment,
    models,
    count: 1,
    place,
  };
}
