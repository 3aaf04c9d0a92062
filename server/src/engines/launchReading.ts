import type { Location } from '../language/span.ts';
import {
  type Arguments,
  type DirectRow,
  type LaunchNote,
  type PlanValue,
  readDirect,
  type Statement,
} from './launch.ts';
import type { SettingName } from './rule.ts';

/** Gathers what a launch says while an engine reads its arguments. */
export class LaunchReader {
  readonly statements: Statement[] = [];
  readonly notes: LaunchNote[] = [];
  readonly given: Arguments;

  constructor(given: Arguments) {
    this.given = given;
  }

  direct(rows: readonly DirectRow[]): void {
    const { statements, notes } = readDirect(rows, this.given);
    this.statements.push(...statements);
    this.notes.push(...notes);
  }

  /** Says a setting by the arguments of these names. */
  say(setting: SettingName, value: PlanValue, names: readonly string[], because?: string): void {
    this.sayFrom(setting, value, this.given.places(...names), because);
  }

  sayFrom(setting: SettingName, value: PlanValue, from: readonly Location[], because?: string): void {
    this.statements.push({ setting, value, from, ...(because !== undefined && { because }) });
  }

  /** Says what nothing in the launch says, for the user to decide. */
  assume(setting: SettingName, value: PlanValue, because: string, from: readonly Location[] = []): void {
    this.statements.push({ setting, value, from, because, isAssumed: true });
  }

  /** Takes note of arguments whose values say what the plan says anyway, by its pools or its defaults. */
  agree(...names: readonly string[]): void {
    for (const name of names) this.given.get(name);
  }

  /** Prefixes that are kept between requests. Off is what a plan says that says nothing; on, only measuring tells the share. */
  prefixes(name: string, isOn: boolean | undefined): void {
    this.agree(name);
    if (isOn === true)
      this.note('beyond', `\`${name}\`: the share of prompts that it finds is \`prefix-share\` of the workload`, name);
  }

  note(kind: LaunchNote['kind'], message: string, name: string): void {
    const place = this.given.get(name)?.place;
    if (place) this.notes.push({ kind, message, place });
  }

  /** Says degrees that are more than 1. Those that are 1 are every engine's default. */
  degrees(degrees: Readonly<Record<string, readonly [value: number, ...names: string[]]>>): void {
    for (const [degree, [value, ...names]] of Object.entries(degrees))
      if (value > 1) this.say(`parallel.${degree}`, value, names);
  }

  /**
   * Says how many tokens are drafted. `length` is how many tokens a step gives where the launch simulates that, the first of which
   * is not drafted; otherwise nothing in a launch tells how many drafts are accepted.
   */
  speculation(
    tokens: number,
    names: readonly string[],
    length?: { readonly value: number; readonly from: Location },
  ): void {
    if (tokens < 1) return;
    this.say('engine.speculative-tokens', tokens, names);
    const share = length && (length.value - 1) / tokens;
    if (length && share !== undefined && share >= 0 && share <= 1)
      this.sayFrom(
        'engine.acceptance',
        roundedShare(share),
        [length.from],
        `steps of ${length.value} tokens are simulated`,
      );
    else
      this.assume(
        'engine.acceptance',
        ASSUMED_ACCEPTANCE,
        'a launch does not say how many drafted tokens are accepted',
      );
  }
}

/** What is put in place of the share of drafts that are accepted, for the user to replace by a measured one. */
const ASSUMED_ACCEPTANCE = 0.7;

function roundedShare(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

/** The largest of a list of whole numbers, as a list of captured batch sizes has it. */
export function largest(value: unknown): number | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map(Number).filter((number) => Number.isInteger(number) && number > 0);
  return numbers.length > 0 ? numbers.reduce((most, number) => Math.max(most, number), 0) : undefined;
}
