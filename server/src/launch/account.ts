import type { Argument } from '../engines/argument.ts';
import { ENVIRONMENT } from '../engines/environment.ts';
import { engineProfile } from '../engines/index.ts';
import type { Arguments, Given, LaunchNote } from '../engines/launch.ts';
import type { Worker } from './launch.ts';

/** How many arguments a launch gives, by what becomes of them. Each is counted once, whatever it holds. */
export interface Account {
  /** A plan says them. */
  readonly read: number;
  /** They change nothing in a plan. */
  readonly none: number;
  /** They change memory or time in a way that a plan does not say, and are named. */
  readonly beyond: number;
  /** Nobody knows them, and they are named. */
  readonly unknown: number;
}

/** What becomes of each argument of a worker, once its engine has read them. Nothing is left out: what is neither read nor without effect is a note. */
export function accountOf(
  { engine, given, environment }: Worker,
  args: Arguments,
): {
  readonly account: Account;
  readonly notes: readonly LaunchNote[];
} {
  const { title } = engineProfile(engine);
  const count = { read: 0, none: 0, beyond: 0, unknown: 0 };
  const notes: LaunchNote[] = [];
  const names = new Set(given.map(({ name }) => name));
  for (const { name, value, place } of given) {
    const { argument } = args.argumentOf(name);
    if (isJudgedByParts(name, value, names) || (!argument && isJudgedByWhole(name, names, args))) continue;
    switch (argument?.concern) {
      case 'plan':
        if (args.wasAsked(name)) count.read++;
        else {
          count.beyond++;
          notes.push({
            kind: 'beyond',
            message: `\`${name}\`: ${argument.note ?? 'a plan does not say it'}`,
            place,
          });
        }
        break;
      case 'none':
        count.none++;
        break;
      case 'beyond':
        count.beyond++;
        notes.push({
          kind: 'beyond',
          message: `\`${argument.name.replace(/\.\*$/, '')}\`: ${argument.note ?? 'has no word in a plan'}`,
          place,
        });
        break;
      case undefined:
        count.unknown++;
        notes.push({ kind: 'unknown', message: `\`${name}\` is no argument of ${title} that moeplan knows`, place });
    }
  }
  return { account: count, notes: [...notes, ...notesOfVariables(environment)] };
}

/** Variables of the user's own have names of any kind; those of engines and libraries begin like this. */
const OF_ENGINES = /^(?:VLLM|SGLANG|SGL|TRTLLM|TLLM|TRT_LLM|DYN)_/;

/** What variables of the environment change that a plan does not say. */
function notesOfVariables(environment: Worker['environment']): readonly LaunchNote[] {
  return [...environment.values()].flatMap(({ name, place }): readonly LaunchNote[] => {
    const variable = variableOf(name);
    if (variable?.concern === 'beyond')
      return [{ kind: 'beyond', message: `\`${name}\`: ${variable.note ?? 'has no word in a plan'}`, place }];
    if (variable || !OF_ENGINES.test(name)) return [];
    return [{ kind: 'unknown', message: `\`${name}\` is no variable of an engine that moeplan knows`, place }];
  });
}

/** The row of a variable; one that ends in `*` stands for all that begin like it. */
export function variableOf(name: string): Argument | undefined {
  const rows = ENVIRONMENT.arguments;
  const begins = ({ name: row }: Argument) => row.endsWith('*') && name.startsWith(row.slice(0, -1));
  return rows.find((row) => row.name === name || row.aliases.includes(name)) ?? rows.find(begins);
}

/** A mapping is judged by what it holds. */
function isJudgedByParts(name: string, value: Given['value'], names: ReadonlySet<string>): boolean {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping && Object.keys(value).some((key) => names.has(`${name}.${key}`));
}

/** A part that nobody knows is judged by the whole that it belongs to. */
function isJudgedByWhole(name: string, names: ReadonlySet<string>, args: Arguments): boolean {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const whole = name.slice(0, dot);
    if (names.has(whole) && args.argumentOf(whole).argument) return true;
  }
  return false;
}

/** Counts of two workers together. */
export function sumOf(left: Account, right: Account): Account {
  return {
    read: left.read + right.read,
    none: left.none + right.none,
    beyond: left.beyond + right.beyond,
    unknown: left.unknown + right.unknown,
  };
}
