import { Arguments, type EngineLaunch, type Given, type LaunchNote } from '../engines/launch.ts';
import type { Location } from '../language/span.ts';
import type { EngineName } from '../language/vocabulary/engine.ts';
import type { PoolRole } from '../plan/deployment.ts';
import { readShell, type ShellCommand } from '../text/shell.ts';
import { givenInTree, givenInWords } from './given.ts';
import type { LaunchFile, Locate, ReadBeside, Worker } from './launch.ts';
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
  readonly extent: Location;
  /** What the command's own words or wrapper say of its part in a disaggregated deployment. */
  readonly role: PoolRole | undefined;
}

/** A script, and the file in which it stands whole or in a part. */
export interface Script {
  readonly text: string;
  readonly locate: Locate;
  readonly file: LaunchFile;
  /** How many more scripts may be read that are called, by all that take part. */
  readonly calls?: { left: number };
}

/** Scripts that are read because one calls them. */
const MOST_CALLED = 20;

/** All commands of a script that start an engine, in their order. */
export function engineCommands(
  script: Script,
  beside: ReadBeside,
  variables: ReadonlyMap<string, string> = new Map(),
  depth = 0,
): readonly EngineCommand[] {
  const { commands, files } = readShell(script.text, variables, (path) => beside(path)?.text);
  const read: ReadBeside = (path) => {
    const name = path.replace(/^\.\//, '');
    const written = files.get(path) ?? files.get(name);
    if (written === undefined) return beside(path);
    const { file } = script;
    const whole = { uri: file.uri, span: { start: 0, end: file.text.length } };
    return { uri: file.uri, text: written, locate: finding(written, whole, file) };
  };
  const calls = script.calls ?? { left: MOST_CALLED };
  return commands.flatMap((command) => commandOf(command, { ...script, calls }, read, depth));
}

function commandOf(command: ShellCommand, script: Script, beside: ReadBeside, depth: number): readonly EngineCommand[] {
  const { words } = command;
  const { locate, file, calls } = script;
  const shell = words.findIndex(({ text }) => SHELL.test(text));
  const inner = shell >= 0 && /^-\w*c$/.test(words[shell + 1]?.text ?? '') ? words[shell + 2] : undefined;
  if (inner && depth < 4) {
    const within = {
      text: inner.text,
      locate: finding(inner.text, locate(inner.start, inner.end), file),
      file,
      ...(calls && { calls }),
    };
    return engineCommands(within, beside, new Map(), depth + 1);
  }
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
    if (image > 0 && ARGUMENT_OF_IMAGE.test(words[image + 1]?.text ?? ''))
      return read({ engine, launch, first: image, behind: image + 1 }, command, locate, beside);
  }
  return calledCommands(command, script, beside, depth);
}

/** A model as an image's own start takes it: `vllm/vllm-openai:v0.22.0 deepseek-ai/DeepSeek-R1`. */
const ARGUMENT_OF_IMAGE = /^-|^[\w.-]+\/[\w.-]+$/;

/** Commands of another script that a command calls, with its arguments and variables. They stand where it is called. */
function calledCommands(
  { words, environment }: ShellCommand,
  { locate, file, calls = { left: MOST_CALLED } }: Script,
  beside: ReadBeside,
  depth: number,
): readonly EngineCommand[] {
  const at = words.findIndex(
    ({ text }, index) => SCRIPT.test(text) && (index === 0 || SHELL.test(words[index - 1]?.text ?? '')),
  );
  const name = words[at];
  const called = name && name.unset.length === 0 && depth < 4 && calls.left > 0 ? beside(name.text) : undefined;
  if (!name || !called) return [];
  calls.left--;
  const place = locate(words[0]?.start ?? 0, words.at(-1)?.end ?? 0);
  const given = words.slice(at + 1).map(({ text }, index) => [String(index + 1), text] as const);
  const variables = new Map([...[...environment].map(([key, word]) => [key, word.text] as const), ...given]);
  return engineCommands({ text: called.text, locate: () => place, file, calls }, beside, variables, depth + 1);
}

const SHELL = /(?:^|\/)(?:ba|z|da)?sh$/;
const SCRIPT = /[\w-]\.(?:ba)?sh$/;

/**
 * Where stretches of a script stand of which only the region is known, since quotes and indents of its file change lengths: where
 * the region has the same words, or at its first word alone, or else everywhere in it.
 */
export function finding(script: string, region: Location, { text }: LaunchFile): Locate {
  const placed = (words: string): Location | undefined => {
    const { start, end } = region.span;
    for (let at = text.indexOf(words, start); at >= 0 && at + words.length <= end; at = text.indexOf(words, at + 1))
      if (!/^[\w-]/.test(text.slice(at + words.length, at + words.length + 1)))
        return { uri: region.uri, span: { start: at, end: at + words.length } };
    return undefined;
  };
  return (start, end) => {
    const words = script.slice(start, end);
    const first = words.split(/\s/, 1)[0] ?? '';
    return (words.trim() && placed(words)) || (first && placed(first)) || region;
  };
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
      extent: locate(start, words.at(-1)?.end ?? end),
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
    const { locate } = file;
    const within = givenInTree(tree, file.uri).map(
      (one): Given => (locate ? { ...one, place: locate(one.place.span.start, one.place.span.end) } : one),
    );
    (found.wins ? after : before).push(...within);
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
export function workerOf({ engine, version, given, models, environment, place, extent, role }: EngineCommand): Worker {
  return {
    engine,
    ...(version !== undefined && { version }),
    role: role ?? 'both',
    given,
    environment,
    models,
    count: 1,
    place,
    extent,
  };
}
