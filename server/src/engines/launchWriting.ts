import type { Deployment, Pool } from '../plan/deployment.ts';
import { ENGINE_FLAGS, ENGINE_NUMBERS, TENSORS } from '../plan/fields.ts';
import { FLAGS, LAYER_COUNTS } from '../plan/parallel.ts';
import type { PoolSpec } from '../plan/spec.ts';
import type { DirectRow, Json, PlanValue } from './launch.ts';
import type { SettingName } from './rule.ts';

/** What is said of a pool, setting by setting. Degrees are not among it: those of the completed pool are written. */
export type Settings = ReadonlyMap<SettingName, PlanValue>;

/** A pool whose launch is written. */
export interface WritePlace {
  readonly pool: Pool;
  readonly deployment: Deployment;
  readonly said: PoolSpec;
  /** What the plan says, and limits that were derived where it does not. */
  readonly settings: Settings;
}

/** An argument by the name of its row in the engine's table. A mapping is one value. */
export interface WrittenArgument {
  readonly name: string;
  readonly value: Json;
}

/** How one instance of a pool is started. */
export interface LaunchWriting {
  readonly arguments: readonly WrittenArgument[];
  readonly environment: ReadonlyMap<string, string>;
  /** Instances that one launch starts. */
  readonly replicas?: number;
}

/** Gathers arguments while an engine writes a pool. */
export class LaunchWriter {
  readonly arguments: WrittenArgument[] = [];
  readonly environment = new Map<string, string>();
  readonly place: WritePlace;

  constructor(place: WritePlace) {
    this.place = place;
  }

  give(name: string, value: Json): void {
    this.arguments.push({ name, value });
  }

  /** Degrees that are more than 1. Those that are 1 are every engine's default. */
  degrees(degrees: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(degrees)) if (value > 1) this.give(name, value);
  }

  set(variable: string, value: PlanValue): void {
    this.environment.set(variable, String(value));
  }

  setting(name: SettingName): PlanValue | undefined {
    return this.place.settings.get(name);
  }

  number(name: SettingName): number | undefined {
    const value = this.setting(name);
    return typeof value === 'number' ? value : undefined;
  }

  /** The rows by which arguments are read, the other way. What no word of the engine says is left out. */
  direct(rows: readonly DirectRow[]): void {
    for (const { argument, setting, codec } of rows) {
      const value = this.setting(setting);
      const written = value === undefined ? undefined : codec.write(value);
      if (written !== undefined) this.give(argument, written);
    }
  }
}

/** What a pool says of itself besides its degrees. */
export function settingsOf({ engine, parallel, types, balance, redundant }: PoolSpec): Map<SettingName, PlanValue> {
  const settings = new Map<SettingName, PlanValue>();
  const add = (setting: SettingName, value: PlanValue | undefined) => {
    if (value !== undefined) settings.set(setting, value);
  };
  for (const [name, field] of Object.entries({ ...ENGINE_NUMBERS, ...ENGINE_FLAGS }))
    add(`engine.${name}`, engine[field]);
  add('engine.all-to-all', engine.allToAll);
  add('engine.moe-backend', engine.moeBackend);
  for (const [name, field] of Object.entries({ ...LAYER_COUNTS, ...FLAGS })) add(`parallel.${name}`, parallel[field]);
  add('parallel.layout', parallel.layout);
  add('parallel.schedule', parallel.schedule);
  add('parallel.zero', parallel.zero);
  add('parallel.vpp', parallel.vpp);
  add('parallel.micro-batches', parallel.microBatches);
  add('parallel.shards', parallel.shards);
  if (parallel.offload) add('parallel.offload', listText(parallel.offload));
  if (parallel.recompute.length > 0) add('parallel.recompute', listText(parallel.recompute));
  for (const [name, field] of Object.entries(TENSORS)) add(`types.${name}`, types?.[field]);
  if (balance !== 'none') add('pool.balance', balance);
  if (redundant > 0) add('pool.redundant-experts', redundant);
  return settings;
}

/** Words as a plan lists them. */
export function listText(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `[${words.join(', ')}]`;
}

/** Whether no request shares a beginning with another one, so that the cache of prefixes is of no use. */
export function sharesNoPrefix({ workload }: Deployment): boolean {
  return workload.kind === 'serving' && workload.prefixShare === 0;
}

/** One of the machines on which an instance runs. */
export interface LaunchHost {
  /** What the instance is called, for files beside its command. */
  readonly name: string;
  /** Its place among them, from 0. */
  readonly node: number;
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** GPUs of the instance. */
  readonly gpus: number;
  /** Degrees that a machine must hold whole, or that it shares. */
  readonly parallel: Pool['parallel'];
}

/** What starts an instance on one machine. */
export interface Start {
  readonly words: readonly string[];
  /** Overrides of a recipe, in place of a command. */
  readonly overrides?: readonly string[];
  /** A YAML file that the words name. */
  readonly file?: { readonly name: string; readonly content: Mapping };
}

/** Where the first machine is reached: the user sets it. */
export const LEADER = '$LEADER';

/** Flags with their values; how a switch is turned off is the engine's. */
export function flagWords(
  written: readonly WrittenArgument[],
  off: (name: string) => readonly string[],
): readonly string[] {
  return written.flatMap(({ name, value }) => {
    if (value === true) return [`--${name}`];
    if (value === false) return off(name);
    if (Array.isArray(value)) return [`--${name}`, ...value.map(String)];
    return [`--${name}`, typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
}

/** A mapping of a file of arguments. */
export type Mapping = Readonly<Record<string, Json>>;

/** Arguments with dotted names as the mappings of a file. */
export function nested(written: readonly WrittenArgument[]): Mapping {
  const root: Record<string, Json> = {};
  for (const { name, value } of written) {
    const [first = '', ...rest] = name.split('.');
    const inner = rest.join('.');
    if (inner === '') root[first] = value;
    else root[first] = { ...asMapping(root[first]), ...nested([{ name: inner, value }]) };
  }
  return root;
}

/** Arguments as the mapping of a recipe, in which those that are off are left out or named as `off` says. */
export function flagMapping(written: readonly WrittenArgument[], off: (name: string) => string | undefined): Mapping {
  const mapping: Record<string, Json> = {};
  for (const { name, value } of written) {
    const negated = value === false ? off(name) : undefined;
    if (negated !== undefined) mapping[negated] = true;
    else if (value !== false)
      mapping[name] = typeof value === 'object' && value !== null && !isList(value) ? JSON.stringify(value) : value;
  }
  return mapping;
}

function asMapping(value: Json | undefined): Mapping {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
