import { Memo } from '../language/memo.ts';
import type { Location } from '../language/span.ts';
import type { PoolRole } from '../plan/deployment.ts';
import type { Argument, ArgumentTable } from './argument.ts';
import { DYNAMO_ARGUMENTS } from './dynamoArguments.ts';
import type { LaunchHost, LaunchWriting, Mapping, Start, WritePlace, WrittenArgument } from './launchWriting.ts';
import type { SettingName } from './rule.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An argument as a launch gives it, and where. */
export interface Given {
  /** As written, without leading dashes. */
  readonly name: string;
  readonly value: Json;
  readonly place: Location;
}

/** What a plan writes for a setting: a number in the setting's base unit, true or false, a word, or a text. */
export type PlanValue = number | boolean | string;

/** Something that a launch says of a plan. */
export interface Statement {
  readonly setting: SettingName;
  readonly value: PlanValue;
  /** The arguments that say it. None for what is assumed. */
  readonly from: readonly Location[];
  /** Why, where the launch does not say it in so many words. */
  readonly because?: string;
  /** Set where nothing in the launch says it, and the user has to decide. */
  readonly isAssumed?: true;
}

/** Something that a reader of the plan should know of the launch. */
export interface LaunchNote {
  readonly kind: 'rewritten' | 'beyond' | 'unknown' | 'not-understood';
  readonly message: string;
  readonly place: Location;
}

/** What the arguments alone do not say. */
export interface LaunchPlace {
  /** GPUs of one instance, where the launch's machines say it. */
  readonly gpus: number | undefined;
  /** What the machines' part says of it. */
  readonly role: PoolRole | undefined;
  readonly model: LaunchedModel | undefined;
  /** Variables of the environment. */
  readonly environment: ReadonlyMap<string, Given>;
}

/** What is known of a model before there is a plan. */
export interface LaunchedModel {
  /** Its name in the catalogue. */
  readonly name: string;
  /** Experts in a layer; undefined for a dense model. */
  readonly experts: number | undefined;
  /** Number types that the model itself has: `fp8-block`. */
  readonly weights: string | undefined;
}

export interface LaunchReading {
  readonly statements: readonly Statement[];
  readonly notes: readonly LaunchNote[];
  /** GPUs that one instance takes. */
  readonly gpus: number;
  /** Instances that one launch starts. */
  readonly replicas: number;
}

/** How an engine is started: the arguments of its parsers, and what they say of a plan. */
export interface EngineLaunch {
  readonly table: ArgumentTable;
  /** Arguments that name the model, the likeliest first. */
  readonly modelNames: readonly string[];
  /** How commands that start it begin: a pattern for each word. */
  readonly starters: readonly (readonly RegExp[])[];
  /** Whether the word behind such a command is the model. */
  readonly namesModelFirst: boolean;
  /** Names of images whose entry point is its server. */
  readonly image?: RegExp;
  /**
   * What recipes of srt-slurm call it: the key of its settings, and its name among frameworks. `write` makes the settings of one part.
   */
  readonly recipe?: {
    readonly key: string;
    readonly framework: string;
    readonly write: (written: readonly WrittenArgument[]) => Mapping;
  };
  /** The public image of a release that serves; the newest one's where no release is named. */
  readonly container?: (version: string | undefined) => string;
  /** How Dynamo starts it: its module and runtime image, and the words behind the module. */
  readonly dynamo?: {
    readonly module: string;
    readonly image: string;
    readonly words: (model: string, written: LaunchWriting, role: PoolRole) => Pick<Start, 'words' | 'file'>;
  };
  /** Keys of which a YAML file of its arguments has one at least. */
  readonly configKeys?: RegExp;
  readonly read: (given: Arguments, place: LaunchPlace) => LaunchReading;
  /** The arguments of one instance, by the same rows. Degrees are as the engine counts them. */
  readonly write: (place: WritePlace) => LaunchWriting;
  /** The command that starts an instance with these arguments on one of its machines. */
  readonly start: (model: string, written: LaunchWriting, host: LaunchHost) => Start;
  /** Settings that its arguments count for a whole server; all others are those of an attention rank. */
  readonly ofServer: readonly SettingName[];
}

/** `python -m NAME`, by whatever name Python goes. */
export function pythonModule(name: RegExp): readonly RegExp[] {
  return [/(?:^|\/)python[\d.]*$/, /^-m$/, name];
}

/** The arguments of a launch by the names of the engine's table. The last of several counts, as parsers have it. */
export class Arguments {
  readonly all: readonly Given[];
  private readonly byName = new Map<string, Given>();
  private readonly table: ArgumentTable;
  private readonly asked = new Set<string>();

  constructor(table: ArgumentTable, all: readonly Given[]) {
    this.all = all;
    this.table = table;
    for (const given of all) {
      const { isNegated } = this.argumentOf(given.name);
      const value = isNegated ? given.value === false || given.value === 'false' : given.value;
      this.byName.set(this.keyOf(given.name), { ...given, value });
    }
  }

  /** The row of the table that a written name means. `no-` before a switch turns it off. */
  argumentOf(name: string): { readonly argument: Argument | undefined; readonly isNegated: boolean } {
    const folded = foldedName(name);
    const own = rowOf(this.table, folded);
    if (own) return { argument: own, isNegated: false };
    const positive = folded.startsWith('no-') ? rowOf(this.table, folded.slice(3)) : undefined;
    return { argument: positive, isNegated: positive !== undefined };
  }

  /** Whether somebody has asked for an argument, so that what it says is in the plan. */
  wasAsked(name: string): boolean {
    return this.asked.has(this.keyOf(name));
  }

  /** Rows that end in `*` stand for many arguments, which keep their own names. */
  private keyOf(name: string): string {
    const { argument } = this.argumentOf(name);
    return foldedName(argument && !argument.name.endsWith('*') ? argument.name : name);
  }

  /** An argument by any of its names. */
  get(name: string): Given | undefined {
    const key = this.keyOf(name);
    this.asked.add(key);
    return this.byName.get(key);
  }

  /** A whole number, with vLLM's letters: `10k` is 10,000 and `10K` 10,240. */
  count(name: string): number | undefined {
    return countOf(this.get(name)?.value);
  }

  text(name: string): string | undefined {
    const value = this.get(name)?.value;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }

  /** Whether a switch is on, and undefined where it is not given. */
  flag(name: string): boolean | undefined {
    return flagOf(this.get(name)?.value);
  }

  /** Where these arguments stand, those that are given. */
  places(...names: readonly string[]): readonly Location[] {
    return names.flatMap((name) => this.get(name)?.place ?? []);
  }
}

/** The rows of a table by folded name, and those that stand for all names that begin alike, the longest first. */
interface Lookup {
  readonly byName: ReadonlyMap<string, Argument>;
  readonly byBeginning: readonly (readonly [beginning: string, argument: Argument])[];
}

const lookups = new Memo<ArgumentTable, Lookup>();

function lookupOf(table: ArgumentTable): Lookup {
  const kept = lookups.get(table);
  if (kept) return kept;
  // An argument's own name comes before another one's alias.
  const byName = new Map<string, Argument>();
  for (const argument of table.arguments) for (const alias of argument.aliases) byName.set(foldedName(alias), argument);
  for (const argument of table.arguments) byName.set(foldedName(argument.name), argument);
  const byBeginning = table.arguments
    .filter(({ name }) => name.endsWith('*'))
    .map((argument) => [foldedName(argument.name.slice(0, -1)), argument] as const)
    .sort(([left], [right]) => right.length - left.length);
  const lookup = { byName, byBeginning };
  lookups.set(table, lookup);
  return lookup;
}

/** The row that a folded name means. Dynamo starts the servers of engines with options of its own beside theirs. */
function rowOf(table: ArgumentTable, folded: string): Argument | undefined {
  const rows = [lookupOf(table), lookupOf(DYNAMO_ARGUMENTS)];
  for (const { byName, byBeginning } of rows) {
    const row = byName.get(folded) ?? byBeginning.find(([beginning]) => folded.startsWith(beginning))?.[1];
    if (row) return row;
  }
  return undefined;
}

/** A name as names are compared: dashes before it, and whether words are joined by `_` or `-`, never count. */
export function foldedName(name: string): string {
  return name.replace(/^-+/, '').replace(/_/g, '-');
}

const THOUSANDS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

export function countOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const [, digits, letter] = /^\s*([+-]?\d+(?:\.\d+)?)\s*([kKmMgG])?\s*$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits) * (letter === undefined ? 1 : (THOUSANDS[letter] ?? 1));
  return Number.isInteger(count) ? count : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function flagOf(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') return undefined;
  if (/^(?:true|yes|on|1)$/i.test(value)) return true;
  return /^(?:false|no|off|0)$/i.test(value) ? false : undefined;
}

/** How the value of an argument becomes that of a setting, and back. */
export interface Codec {
  /** Undefined for a value that leaves the setting to the engine. */
  readonly read: (value: Json) => PlanValue | undefined;
  readonly write: (value: PlanValue) => Json | undefined;
}

const same = (value: PlanValue): Json => value;

/** Positive whole numbers. 0 and -1 leave the setting to the engine. */
export const count: Codec = {
  read: (value) => {
    const number = countOf(value);
    return number !== undefined && number > 0 ? number : undefined;
  },
  write: same,
};
export const amount: Codec = { read: numberOf, write: same };
export const yes: Codec = { read: flagOf, write: same };
export const not: Codec = {
  read: (value) => {
    const flag = flagOf(value);
    return flag === undefined ? undefined : !flag;
  },
  write: (value) => !value,
};

/** Words of the engine for those of a plan. The first word for a value is the one that is written. */
export function words(table: Readonly<Record<string, PlanValue>>): Codec {
  const entries = Object.entries(table);
  return {
    read: (value) => entries.find(([word]) => word === String(value).toLowerCase())?.[1],
    write: (value) => entries.find(([, planned]) => planned === value)?.[0],
  };
}

/** An argument that says one setting and nothing else. */
export interface DirectRow {
  readonly argument: string;
  readonly setting: SettingName;
  readonly codec: Codec;
}

export function direct(argument: string, setting: SettingName, codec: Codec = count): DirectRow {
  return { argument, setting, codec };
}

/** What rows of one argument each say. A value that is not understood is a note. */
export function readDirect(
  rows: readonly DirectRow[],
  given: Arguments,
): { readonly statements: readonly Statement[]; readonly notes: readonly LaunchNote[] } {
  const statements: Statement[] = [];
  const notes: LaunchNote[] = [];
  for (const { argument, setting, codec } of rows) {
    const found = given.get(argument);
    // An empty value is what a variable left that nobody set.
    if (!found || found.value === null || found.value === 'auto' || found.value === '') continue;
    const value = codec.read(found.value);
    if (value !== undefined) statements.push({ setting, value, from: [found.place] });
    else if (!isLeft(found.value))
      notes.push({
        kind: 'not-understood',
        message: `\`${found.name}\` is \`${String(found.value)}\`, which no plan says of \`${setting.split('.')[1]}\``,
        place: found.place,
      });
  }
  return { statements, notes };
}

/** Numbers by which an argument leaves the setting to the engine. */
function isLeft(value: Json): boolean {
  const number = numberOf(value);
  return number !== undefined && number <= 0;
}
